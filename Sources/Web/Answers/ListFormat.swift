import Ledger
public import Records
public import Services
import Wire

/// How the rows of a list are written, here and in a file: one way for all who read them.
public struct ListFormat<Row>: Sendable {
    /// The names of a row's members, in their order.
    public let fields: [String]
    private let write: @Sendable (Row, inout JSONObjectWriter) -> Void

    init(
        fields: String, _ write: @escaping @Sendable (Row, inout JSONObjectWriter) -> Void
    ) {
        self.fields = fields.split(separator: " ").map(String.init)
        self.write = write
    }

    /// The row as it stands in the list's answer.
    public func json(_ row: Row) -> [UInt8] {
        JSONWriter.object { write(row, &$0) }
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
    public static let trades = ListFormat(
        fields: """
            trade_uid portfolio strategy symbol exchange side quantity price notional fee \
            fee_currency realized_pnl exec_time broker_trade_id broker_order_id order_uid source \
            superseded_by action commission net_amount delta reason option
            """
    ) { TradesAnswer.write($0, to: &$1) }
}

extension ListFormat<PositionView> {
    public static let positions = ListFormat(
        fields: """
            portfolio symbol exchange asset_type currency strategy quantity avg_price \
            realized_pnl fees mark_price mark_time mark_is_stale unrealized_pnl opened_at \
            updated_at
            """
    ) { PositionsAnswer.write($0, to: &$1) }
}

extension ListFormat<CampaignListing> {
    public static let campaigns = ListFormat(
        fields: """
            uid portfolio symbol strategy direction status opened_at closed_at qty_opened \
            qty_closed max_qty avg_open_price avg_close_price realized_pnl return_pct \
            holding_period_sec num_fills cost_basis_method source legs_count exchange currency \
            r_multiple
            """
    ) { CampaignsAnswer.write($0, to: &$1) }
}

extension ListFormat<PnLReport.DayTotal> {
    /// The `daily` rows of `GET /v1/pnl`.
    public static let pnl = ListFormat(
        fields: "date currency realized_pnl fees net_pnl trades"
    ) { PerformanceAnswer.write($0, to: &$1) }
}
