import Records
import Services

extension Command {
    static let broadcast = Command(
        "broadcast", "Say something to every member; asks first", arguments: "TEXT",
        example: "/broadcast The ledger is down for maintenance at 20:00 UTC",
        isPrivateOnly: true,
        body: .admin { request, _ in
            guard !request.arguments.isFromButton, !request.arguments.isEmpty else {
                throw CommandRefusal.misused("What is to be said?")
            }
            let text = try Broadcast.checked(request.arguments.text)
            let message = Broadcast(from: request.sender.username, text: text)
            try requireFits(message.screen)
            return try await request.proposal(
                of: .broadcast, BroadcastProposal(text: text).json,
                to: try request.adminCaller(),
                blocks: [.facts([Fact("Title", .text(message.screen.title))])]
                    + message.screen.blocks)
        })

    /// What makes characters visible may make the text longer than a message.
    private static func requireFits(_ screen: Screen) throws {
        do throws(ScreenError) {
            _ = try ClassicHTMLRenderer().render(screen)
            _ = try RichHTMLRenderer().render(screen)
        } catch {
            throw CommandRefusal.misused("That is too long for one message.")
        }
    }
}
