import Ledger
public import Records
public import Services
import Wire

/// How the rows of a list are written, here and in a file: one way for all who read them.
public struct ListFormat<Row>: Sendable {
    private let format: AnswerFormat<Row>

    init(_ format: AnswerFormat<Row>) { self.format = format }

    /// The names of a row's members, in their order.
    public var fields: [String] { format.members.map(\.name) }

    /// The row as it stands in the list's answer.
    public func json(_ row: Row) -> [UInt8] {
        JSONWriter.object { format.write(row, to: &$0) }
    }

    /// The row's members as a record of a table: texts without quotes, nothing for null, what has
    /// members of its own as JSON.
    public func record(_ row: Row) -> [String] {
        let object = try? JSONValue(parsing: json(row))
        return fields.map { field in
            switch object?[field] {
            case nil, .null: ""
            case .string(let text): text.text
            case .some(let value): value.description
            }
        }
    }
}

extension ListFormat<TradeListing> {
    public static let trades = ListFormat(.trade)
}

extension ListFormat<PositionView> {
    public static let positions = ListFormat(.position)
}

extension ListFormat<CampaignListing> {
    public static let campaigns = ListFormat(.campaign)
}

extension ListFormat<PnLReport.DayTotal> {
    /// The `daily` rows of `GET /v1/pnl`.
    public static let pnl = ListFormat(.dailyPnL)
}
