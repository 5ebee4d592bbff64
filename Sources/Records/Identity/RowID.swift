/// The primary key of a row, told apart by what it is a key of.
public struct RowID<Entity>: Hashable, Sendable, CustomStringConvertible {
    public let raw: Int64

    public init(_ raw: Int64) { self.raw = raw }

    public var description: String { String(raw) }
}

public typealias UserID = RowID<User>
public typealias AccountID = RowID<Account>
public typealias PortfolioID = RowID<Portfolio>
public typealias StrategyID = RowID<Strategy>
public typealias InstrumentID = RowID<InstrumentRecord>
public typealias OrderID = RowID<OrderRecord>
public typealias TradeID = RowID<TradeRecord>
public typealias HookID = RowID<HookRecord>
public typealias HookDeliveryID = RowID<HookDelivery>
