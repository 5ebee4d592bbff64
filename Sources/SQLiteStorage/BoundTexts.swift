/// The texts that are bound to a statement, in one piece of memory that is used again for the next
/// row: SQLite would take and give back a piece for each of them.
///
/// What it gave stays where it is until `clear`.
final class BoundTexts {
    /// What a statement that rests may hold.
    private static let restingBytes = 16_384

    private var memory = UnsafeMutableBufferPointer<CChar>.allocate(capacity: 256)
    private var used = 0

    deinit { memory.deallocate() }

    /// Forgets all texts, and makes room for so many bytes of others.
    func clear(reserving needed: Int) {
        used = 0
        guard needed > memory.count else { return }
        memory.deallocate()
        memory = .allocate(capacity: max(needed, 2 * memory.count))
    }

    /// Gives back what a long text took.
    func release() {
        guard memory.count > Self.restingBytes else { return }
        memory.deallocate()
        memory = .allocate(capacity: 256)
    }

    /// The copy of a text for which there is room.
    func keep(_ text: String) -> UnsafeBufferPointer<CChar> {
        var text = text
        let place = text.withUTF8 { bytes in
            precondition(used + bytes.count <= memory.count, "no room was made for the text")
            let place = UnsafeMutableBufferPointer(rebasing: memory[used..<(used + bytes.count)])
            bytes.withMemoryRebound(to: CChar.self) { _ = place.update(fromContentsOf: $0) }
            return place
        }
        used += place.count
        return UnsafeBufferPointer(place)
    }
}
