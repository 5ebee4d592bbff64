/// The statements that a connection's server side has prepared, by their text; the one not used for
/// longest goes first.
struct StatementCache {
    struct Entry {
        let name: String
        /// Which parameters the server takes as booleans.
        let booleanParameters: [Bool]
        fileprivate var lastUse: Int
    }

    /// Bytewise: Swift's strings are equal too where only their Unicode composition differs.
    private struct Key: Hashable {
        private var text: String

        init(_ text: String) {
            self.text = text
            self.text.makeContiguousUTF8()
        }

        static func == (left: Key, right: Key) -> Bool {
            left.text.utf8.elementsEqual(right.text.utf8)
        }

        func hash(into hasher: inout Hasher) {
            text.utf8.withContiguousStorageIfAvailable {
                hasher.combine(bytes: UnsafeRawBufferPointer($0))
            }
        }
    }

    private let limit: Int
    private var entries: [Key: Entry] = [:]
    private var uses = 0
    private var namesGiven = 0

    init(limit: Int) {
        self.limit = max(1, limit)
    }

    mutating func find(_ text: String) -> Entry? {
        uses += 1
        let key = Key(text)
        entries[key]?.lastUse = uses
        return entries[key]
    }

    /// A name that no statement of this connection ever had.
    mutating func newName() -> String {
        namesGiven += 1
        return "s\(namesGiven)"
    }

    mutating func add(_ text: String, name: String, booleanParameters: [Bool]) {
        entries[Key(text)] = Entry(
            name: name, booleanParameters: booleanParameters, lastUse: uses)
    }

    /// Forgets what has to go before one more is added, and names it.
    mutating func removeOldestIfFull() -> String? {
        guard entries.count >= limit,
            let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse })
        else { return nil }
        entries[oldest.key] = nil
        return oldest.value.name
    }

    mutating func removeAll() {
        entries = [:]
    }
}
