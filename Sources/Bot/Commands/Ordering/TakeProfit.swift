extension Command {
    static let takeProfit = Command(
        "tp", "Set, move or take off a position's take profit; asks before it does",
        arguments: "PRICE|off [symbol] [portfolio] [strategy]", example: "/tp 190 AAPL",
        body: .approved { try await exit(.profit, $0, $1) })
}
