import Ledger

extension Command {
    static let sell = Command(
        "sell", "Sell by an order; a part such as 50% is of the position",
        arguments: orderArguments, example: "/sell 50% AAPL",
        body: .approved { try await order(.sell, $0, $1) })
}
