import Services

extension Command {
    static let withdraw = Command(
        "withdraw", "Take play money out of a paper account; asks before it does",
        arguments: CashWords.usage, example: "/withdraw 5000", isPrivateOnly: true,
        body: .approved { try await $0.cash(.withdraw, $1) })
}
