import NIOConcurrencyHelpers

/// How many requests are being answered at once: a bounded number.
final class Slots: Sendable {
    /// A request's place; it is free again once nobody holds this.
    final class Slot: Sendable {
        private let slots: Slots

        fileprivate init(of slots: Slots) { self.slots = slots }

        deinit { slots.free.withLockedValue { $0 += 1 } }
    }

    private let free: NIOLockedValueBox<Int>

    init(count: Int) { free = NIOLockedValueBox(count) }

    /// Nil where all are taken.
    func take() -> Slot? {
        let isTaken = free.withLockedValue { free in
            guard free > 0 else { return false }
            free -= 1
            return true
        }
        return isTaken ? Slot(of: self) : nil
    }
}
