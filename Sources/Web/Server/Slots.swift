import NIOConcurrencyHelpers

/// How many requests are being answered at once: a bounded number, half of them at most for one
/// user, so that one who leaves many open does not keep all others out.
final class Slots: Sendable {
    /// A request's place; it is free again once nobody holds this.
    final class Slot: Sendable {
        private let slots: Slots
        private let owner: String

        fileprivate init(of slots: Slots, _ owner: String) {
            self.slots = slots
            self.owner = owner
        }

        deinit { slots.giveBack(owner) }
    }

    /// All that there are are taken, or all that one user may have.
    enum Taken: Error {
        case all(Int)
        case ofOne(Int)
    }

    private struct State {
        var taken = 0
        var byOwner: [String: Int] = [:]
    }

    private let count: Int
    private let countOfOne: Int
    private let state = NIOLockedValueBox(State())

    init(count: Int) {
        self.count = count
        countOfOne = max(1, count / 2)
    }

    func take(for owner: String) throws(Taken) -> Slot {
        let refusal: Taken? = state.withLockedValue { state in
            guard state.taken < count else { return .all(count) }
            let own = state.byOwner[owner] ?? 0
            guard own < countOfOne else { return .ofOne(countOfOne) }
            state.taken += 1
            state.byOwner[owner] = own + 1
            return nil
        }
        if let refusal { throw refusal }
        return Slot(of: self, owner)
    }

    private func giveBack(_ owner: String) {
        state.withLockedValue { state in
            state.taken -= 1
            let left = (state.byOwner[owner] ?? 1) - 1
            state.byOwner[owner] = left > 0 ? left : nil
        }
    }
}
