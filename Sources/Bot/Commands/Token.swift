import Ledger
import Records
import Services
import World

extension Command {
    static let token = Command(
        "token", "API tokens: list them, make a new one, revoke one",
        example: "/token new my-strategy ingest,read main strategy momo for 90d",
        isPrivateOnly: true,
        branches: [
            Branch("new", "NAME [ingest,trade,read] [portfolio] [strategy NAME] [for 90d]") {
                try await new($0, $1, $2)
            },
            Branch("revoke", "NAME", example: "/token revoke my-strategy") {
                try await revoke($0, $1, $2)
            },
        ], show: { try await list($0, $1) })

    private static func list(_ request: CommandRequest, _ caller: Caller) async throws -> Screen {
        let tokens = try await request.services.tokens.live(for: caller)
        let now = request.services.work.world.now()
        return try request.paged(
            "API tokens",
            table: Table(
                columns: [
                    .init("Name"), .init("Scopes"), .init("Portfolio"), .init("Strategy"),
                    .init("Made"), .init("Ends"), .init("Last used"),
                ],
                rows: tokens.map { token in
                    [
                        .text(token.name.text), .text(token.scopes),
                        .text(token.portfolioName?.text ?? "all"),
                        .text(token.strategy?.text ?? "all"), .time(token.createdAt),
                        token.hasExpired(at: now)
                            ? "has ended" : token.expiresAt.map { .time($0) } ?? "never",
                        token.lastUsedAt.map { .time($0) } ?? "never",
                    ]
                }, whenEmpty: "No tokens."),
            notes: [
                "\(code: "/token new NAME") makes one that may ingest and read.",
                "\(code: "/token revoke NAME") ends one at once.",
            ])
    }

    private static func new(
        _ request: CommandRequest, _ arguments: Arguments, _ caller: Caller
    ) async throws -> Screen {
        let (name, rest) = arguments.firstAndRest
        guard !name.isEmpty else { throw CommandRefusal.misused("The token needs a name.") }
        let words = try TokenWords(rest.words)
        let portfolio = try await request.portfolio(
            Arguments(text: words.portfolio, isFromButton: false), of: caller)
        let token = try await request.services.tokens.create(
            name: name, permissions: words.permissions, portfolio: portfolio,
            strategy: words.strategy, lifetimeDays: words.lifetimeDays, for: caller,
            update: request.update)
        let shown = Authority.Permission.allCases.filter(words.permissions.contains)
        return Screen(
            title: "Your new token",
            blocks: [
                .note("\(code: token)"),
                .facts([
                    Fact("Name", .text(name)),
                    Fact("Scopes", .text(shown.map(\.rawValue).joined(separator: ", "))),
                    Fact("Portfolio", .text(portfolio?.text ?? "all of yours")),
                    Fact("Strategy", .text(words.strategy?.description ?? "all of yours")),
                    Fact("Ends", .text(words.lifetime ?? "never")),
                ]),
                .note("It is shown this once: keep it where your program finds it."),
                .note("Send it as “Authorization: Bearer …”."),
            ],
            buttons: [
                [try request.button("I have it: take it off the screen", arguments: "")]
            ])
    }

    private static func revoke(
        _ request: CommandRequest, _ name: Arguments, _ caller: Caller
    ) async throws -> Screen {
        guard !name.isEmpty else { throw CommandRefusal.misused("Which token?") }
        let live = try await request.services.tokens.live(for: caller)
        let meant = name.pick(from: live.map(\.name))
        guard let token = live.first(where: { $0.name == meant }) else {
            throw CommandRefusal.unknownName(
                name.text, kind: "token", known: live.map(\.name))
        }
        return try await request.proposal(
            of: .revokeToken, TokenRevocation(token).json, to: caller,
            blocks: [.note("A program that uses it gets no answer any more, at once.")])
    }
}
