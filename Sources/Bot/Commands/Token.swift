import Ledger
import Records
import Services

extension Command {
    static let token = Command(
        "token", "API tokens: list them, make a new one, revoke one",
        arguments: "[new NAME [ingest,trade,read] [portfolio] | revoke NAME]",
        example: "/token new my-strategy ingest,read main", isPrivateOnly: true,
        body: .approved { request, caller in
            let (word, rest) = request.arguments.firstAndRest
            return switch word.lowercased() {
            case "": try await list(request, caller)
            case "new": try await new(request, rest, caller)
            case "revoke": try await revoke(request, rest, caller)
            default:
                throw CommandRefusal.misused("“\(word.shortened)” is neither new nor revoke.")
            }
        })

    private static func list(_ request: CommandRequest, _ caller: Caller) async throws -> Screen {
        let tokens = try await request.services.tokens.live(for: caller)
        return try request.paged(
            "API tokens",
            table: Table(
                columns: [
                    .init("Name"), .init("Scopes"), .init("Portfolio"), .init("Made"),
                ],
                rows: tokens.map { token in
                    [
                        .text(token.name.text), .text(token.scopes),
                        .text(token.portfolioName?.text ?? "all"), .time(token.createdAt),
                    ]
                }, whenEmpty: "No tokens."),
            notes: [
                "\(code: "/token new NAME") makes one that may ingest and read.",
                "\(code: "/token revoke NAME") ends one at once.",
            ])
    }

    /// What a token may do for which nothing is said.
    private static let standardScopes: Set<Authority.Permission> = [.ingest, .read]

    private static func new(
        _ request: CommandRequest, _ arguments: Arguments, _ caller: Caller
    ) async throws -> Screen {
        var (name, rest) = arguments.firstAndRest
        guard !name.isEmpty else { throw CommandRefusal.misused("The token needs a name.") }
        let (second, afterSecond) = rest.firstAndRest
        let scopes = permissions(second)
        if scopes != nil { rest = afterSecond }
        let portfolio = try await request.portfolio(rest, of: caller)
        let token = try await request.services.tokens.create(
            name: name, permissions: scopes ?? standardScopes, portfolio: portfolio,
            strategy: nil, for: caller, update: request.update)
        let shown = Authority.Permission.allCases.filter((scopes ?? standardScopes).contains)
        return Screen(
            title: "Your new token",
            blocks: [
                .note("\(code: token)"),
                .facts([
                    Fact("Name", .text(name)),
                    Fact("Scopes", .text(shown.map(\.rawValue).joined(separator: ", "))),
                    Fact("Portfolio", .text(portfolio?.text ?? "all of yours")),
                ]),
                .note("It is shown this once: keep it where your program finds it."),
                .note("Send it as “Authorization: Bearer …”. Then delete this message."),
            ])
    }

    /// Nil where the word is no list of scopes.
    private static func permissions(_ word: String) -> Set<Authority.Permission>? {
        let parts = word.lowercased().split(separator: ",", omittingEmptySubsequences: false)
        let permissions = parts.compactMap { Authority.Permission(rawValue: String($0)) }
        return permissions.count == parts.count ? Set(permissions) : nil
    }

    private static func revoke(
        _ request: CommandRequest, _ name: Arguments, _ caller: Caller
    ) async throws -> Screen {
        guard !name.isEmpty else { throw CommandRefusal.misused("Which token?") }
        // Its very name first: a repetition must reach the service, which knows this update.
        var chosen = ExactText(name.text)
        let names = try await request.services.tokens.live(for: caller).map(\.name)
        if !names.contains(chosen), let meant = name.pick(from: names) { chosen = meant }
        do {
            try await request.services.tokens.revoke(
                named: chosen, for: caller, update: request.update)
        } catch let error as ServiceError where error.kind == .notFound {
            throw CommandRefusal.unknownName(name.text, kind: "token", known: names)
        }
        return Screen(
            title: "Token revoked",
            blocks: [.note("“\(chosen.text.shortened)” does not work any more.")])
    }
}
