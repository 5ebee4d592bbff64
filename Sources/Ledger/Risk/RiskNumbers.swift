/// What the caller knows a portfolio by; risk is judged without knowing its name.
public struct PortfolioNumber: Sendable, Hashable {
    public let raw: Int64

    public init(_ raw: Int64) { self.raw = raw }
}

/// What the caller knows a strategy by.
public struct StrategyNumber: Sendable, Hashable {
    public let raw: Int64

    public init(_ raw: Int64) { self.raw = raw }
}

/// What the caller knows an instrument by: equal numbers are the same instrument.
public struct InstrumentNumber: Sendable, Hashable {
    public let raw: Int64

    public init(_ raw: Int64) { self.raw = raw }
}

/// What the caller knows a policy by.
public struct PolicyNumber: Sendable, Hashable {
    public let raw: Int64

    public init(_ raw: Int64) { self.raw = raw }
}
