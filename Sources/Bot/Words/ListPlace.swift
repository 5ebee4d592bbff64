import Ledger
import Records

/// A place in a list that new rows do not move, short enough for a button: right behind the row
/// with this number.
struct ListPlace<Entity>: Hashable {
    private static var radix: Int { 36 }

    let id: RowID<Entity>

    init(_ id: RowID<Entity>) { self.id = id }

    /// Nil for the beginning, and for what no button of ours carries.
    init?(_ text: String) {
        guard let number = Int64(text, radix: Self.radix), number > 0 else { return nil }
        id = RowID(number)
    }

    var text: String { String(id.raw, radix: Self.radix) }
}

extension ListWords {
    /// For a title: what the list is narrowed to.
    var named: String {
        let places = [symbol?.text, portfolio?.text].compactMap(\.self)
        return (places.isEmpty ? "" : " in \(places.joined(separator: ", "))")
            + (strategy.map { " of \($0)" } ?? "") + (period.map { ": \($0.name)" } ?? "")
    }
}

extension Period {
    /// From the first instant, nil for all, to the first one after.
    var instants: (from: Timestamp?, until: Timestamp?) {
        (from?.start, to.adding(days: 1).start)
    }
}

extension CommandRequest {
    /// To the beginning of a list, further down, and the same anew.
    func turning<Entity>(
        isFirst: Bool, behind last: RowID<Entity>?, _ arguments: String
    ) throws(ScreenError) -> [Button] {
        var buttons: [Button] = []
        if !isFirst { buttons.append(try button("⇤ Newest", place: "", arguments: arguments)) }
        if let last {
            buttons.append(
                try button("Older ›", place: ListPlace(last).text, arguments: arguments))
        }
        return buttons + [try button("Refresh", place: place, arguments: arguments)]
    }
}
