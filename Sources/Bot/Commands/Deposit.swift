import Services

extension Command {
    static let deposit = Command(
        "deposit", "Pay play money into a paper account; asks before it does",
        arguments: CashWords.usage, example: "/deposit 5000 USD paper note for the contest",
        // How much somebody has is not for a group to read.
        isPrivateOnly: true,
        body: .approved { try await $0.cash(.deposit, $1) })
}
