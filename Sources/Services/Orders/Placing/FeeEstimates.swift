public import Ledger

/// What brokers charge, as far as it is known before an order is filled.
public struct FeeEstimates: Sendable {
    /// In the instrument's currency; nil where it can't be told.
    public typealias Model =
        @Sendable (_ instrument: Instrument, _ quantity: Decimal, _ price: Decimal) -> Decimal?

    private let models: [String: Model]

    /// By the codes of brokers.
    public init(_ models: [String: Model] = [:]) { self.models = models }

    /// Of one fill of all of it; nil where nothing is known of what the broker charges.
    func fee(
        of instrument: Instrument, _ quantity: Decimal, at price: Decimal, by broker: String
    ) -> Decimal? {
        models[broker]?(instrument, quantity, price)
    }
}
