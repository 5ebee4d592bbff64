/// The keys that an object may have: the cases of an enum whose raw values are the keys.
public struct JSONKeys<Key>: Sendable
where Key: CaseIterable & RawRepresentable & Sendable, Key.RawValue == String {
    @usableFromInline let all: [Key]
    @usableFromInline let table: JSONKeyTable

    public init(_ type: Key.Type = Key.self) {
        all = Array(Key.allCases)
        table = JSONKeyTable(all.map { Array($0.rawValue.utf8) })
    }
}

/// A key that was met.
public enum JSONKey<Key: Sendable>: Sendable {
    case known(Key)
    case unknown(String)
}

/// Finds a key among few by its length, then by its bytes.
@usableFromInline
struct JSONKeyTable: Sendable {
    private let names: [[UInt8]]
    /// Places in `names` by length.
    private let places: [[Int]]

    init(_ names: [[UInt8]]) {
        self.names = names
        let longest = names.map(\.count).max() ?? 0
        var places: [[Int]] = Array(repeating: [], count: longest + 1)
        for (place, name) in names.enumerated() { places[name.count].append(place) }
        self.places = places
    }

    func place(of text: Span<UInt8>, _ range: Range<Int>) -> Int? {
        guard range.count < places.count else { return nil }
        let key = text.extracting(range)
        for place in places[range.count] {
            let name = names[place]
            if name.span.matches(key) { return place }
        }
        return nil
    }
}
