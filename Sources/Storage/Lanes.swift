/// How long a unit of work may be made to wait by others.
public enum Urgency: Sendable, Hashable {
    /// Somebody waits for it: it goes before all bulk.
    case prompt
    /// One of many from a program: it waits while anything prompt does.
    case bulk
}

/// What waits for a connection: in order of arrival, the prompt before the bulk; but after many in
/// a row of the prompt one of the bulk, which would starve else.
public struct Lanes<Element> {
    private static var promptInARow: Int { 32 }

    private var prompt: ArraySlice<Element> = []
    private var bulk: ArraySlice<Element> = []
    /// How many of the prompt were taken since one of the bulk was.
    private var overtaken = 0

    public init() {}

    public var count: Int { prompt.count + bulk.count }
    public var isEmpty: Bool { prompt.isEmpty && bulk.isEmpty }

    public func count(of urgency: Urgency) -> Int {
        urgency == .prompt ? prompt.count : bulk.count
    }

    public mutating func append(_ element: Element, _ urgency: Urgency) {
        switch urgency {
        case .prompt: prompt.append(element)
        case .bulk: bulk.append(element)
        }
    }

    /// Puts back what was taken, so that it is the next of its lane.
    public mutating func putBack(_ element: Element, _ urgency: Urgency) {
        switch urgency {
        case .prompt: prompt = [element] + prompt
        case .bulk: bulk = [element] + bulk
        }
    }

    /// Nil where nothing waits, or nothing but bulk that may not come now.
    public mutating func popFirst(bulkMayCome: Bool = true) -> Element? {
        let isBulkDue = prompt.isEmpty || overtaken >= Self.promptInARow
        if bulkMayCome, isBulkDue, let element = bulk.popFirst() {
            overtaken = 0
            // An empty slice may hold on to all that went through it.
            if bulk.isEmpty { bulk = [] }
            return element
        }
        guard let element = prompt.popFirst() else { return nil }
        overtaken = bulk.isEmpty ? 0 : overtaken + 1
        if prompt.isEmpty { prompt = [] }
        return element
    }

    /// All that waits, in the order in which it would have been taken.
    public mutating func removeAll() -> [Element] {
        defer { self = Lanes() }
        return Array(prompt + bulk)
    }
}

extension Lanes: Sendable where Element: Sendable {}
