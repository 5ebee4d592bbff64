extension Command {
    static let stopLoss = Command(
        "sl", "Set, move or take off a position's stop loss; asks before it does",
        arguments: "PRICE|trail…|off [symbol] [portfolio] [strategy]", example: "/sl trail 2% AAPL",
        body: .approved { try await exit(.stop, $0, $1) })
}
