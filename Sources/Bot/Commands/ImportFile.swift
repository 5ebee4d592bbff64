import Ledger
import Records
import Services

extension Command {
    static let importFile = Command(
        "import", "Fills from a file: send it as a document; with a caption, if you like",
        arguments: "[portfolio NAME] [account ID] [zone ZONE] [format NAME]",
        example: "/import portfolio ibkr account U1234567", isPrivateOnly: true,
        body: .approved { request, caller in
            if let file = request.file {
                return try await ImportProposal(request, caller).screen(for: file)
            }
            if request.arguments.isFromButton {
                return try await ImportProposal(request, caller).screen(
                    insteadOf: request.arguments.text, into: request.place)
            }
            return ImportProposal.invitation
        })
}

/// What importing a file would come to, and the buttons that do it.
private struct ImportProposal {
    let request: CommandRequest
    let caller: Caller

    /// More portfolios than these are chosen by the caption.
    private static let chooserLimit = 20

    init(_ request: CommandRequest, _ caller: Caller) {
        self.request = request
        self.caller = caller
    }

    static var invitation: Screen {
        Screen(
            title: "Send me the file",
            blocks: [
                .note("Send it here as a document: I find its format and ask before I store."),
                .facts(
                    ImportFormat.all.map { Fact($0.name, .text($0.summary.asSentence)) }),
                .note(
                    """
                    Write below it what it leaves open, such as \
                    \(.code("portfolio ibkr account U1234567 zone America/New_York")).
                    """),
            ])
    }

    func screen(for file: SentFile) async throws -> Screen {
        let words = try CaptionWords(request.arguments.words)
        let bytes = try await request.files.bytes(of: file)
        guard let format = try Self.format(of: file, bytes, named: words.format) else {
            let names = ImportFormat.all.map { Cell.text($0.name) }
            throw CommandRefusal(
                title: "Unknown format",
                reason: "What kind of file this is I can't tell. Say it in the caption.",
                facts: [Fact("There are", .joined(names))], showsUsage: true)
        }
        let portfolios = try await portfolios()
        let portfolio: ExactText
        if let name = words.portfolio {
            let typed = Arguments(text: name, isFromButton: false)
            guard let named = typed.pick(from: portfolios) else {
                throw CommandRefusal.unknownName(name, kind: "portfolio", known: portfolios)
            }
            portfolio = named
        } else {
            guard let first = portfolios.first else {
                throw CommandRefusal.misused("You have no portfolio to import into.")
            }
            portfolio = first
        }
        let proposal = FileImport(
            file: file, format: format, portfolio: portfolio,
            options: ImportOptions(timeZone: words.timeZone, account: words.account))
        return try await screen(proposal, bytes, portfolios)
    }

    /// The same file for another portfolio.
    func screen(insteadOf token: String, into digest: String) async throws -> Screen {
        let action = try await request.services.actions.proposed(token, for: caller)
        let portfolios = try await portfolios()
        let meant = portfolios.filter { Self.digest(of: $0) == digest }
        guard let proposal = FileImport(action), meant.count == 1, let portfolio = meant.first
        else {
            throw CommandRefusal(
                title: "Not found",
                reason: "What this button stood for is gone: send the file again.")
        }
        let bytes = try await request.files.bytes(of: proposal.file)
        return try await screen(proposal.into(portfolio), bytes, portfolios)
    }

    private static func format(
        of file: SentFile, _ bytes: [UInt8], named name: String?
    ) throws(CommandRefusal) -> ImportFormat? {
        if let name { return ImportFormat.named(name) }
        do throws(ImportError) {
            return try ImportFormat.detected(
                name: file.name, head: Array(bytes.prefix(ImportFormat.headBytes)))
        } catch {
            throw CommandRefusal(
                title: "Unknown format", reason: .text("\(error)".asSentence))
        }
    }

    private func screen(
        _ proposal: FileImport, _ bytes: [UInt8], _ portfolios: [ExactText]
    ) async throws -> Screen {
        let report = try await proposal.run(
            isDryRun: true, request.services, caller, request.files, bytes: bytes)
        let result = FileImport.json(report)
        let told: [Block] =
            [.facts(proposal.facts + FileImport.facts(ofResult: result, isDryRun: true))]
            + FileImport.blocks(ofResult: result)
        let isWorthIt = report.accepted + report.corrected > 0
        guard isWorthIt || portfolios.count > 1 else {
            return Screen(
                title: "Nothing to import",
                blocks: told + [.note("Nothing of this file is new and sound.")])
        }
        let action = try await request.services.actions.propose(
            kind: ActionKind.importFile.name, contentJSON: proposal.json, for: caller,
            update: request.update)
        // What was proposed: an update that is delivered again may find other portfolios by now.
        let proposed = FileImport(action) ?? proposal
        return Screen(
            title: isWorthIt ? "\(proposed.title.asSentence.dropLast())?" : "Nothing to import",
            blocks: told + (isWorthIt ? [.note(Confirmation.note)] : []),
            buttons: (isWorthIt ? try Confirmation.buttons(for: action) : [])
                + (try chooser(portfolios, except: proposed.portfolio, token: action.token)))
    }

    /// A button for each other portfolio, two in a row.
    private func chooser(
        _ portfolios: [ExactText], except chosen: ExactText, token: String
    ) throws(ScreenError) -> [[Button]] {
        let others = portfolios.filter { $0 != chosen }.prefix(Self.chooserLimit)
        var rows: [[Button]] = []
        for name in others {
            let button = try request.button(
                "into \(name)", place: Self.digest(of: name), arguments: token)
            if let row = rows.last, row.count < 2 {
                rows[rows.count - 1].append(button)
            } else {
                rows.append([button])
            }
        }
        return rows
    }

    /// Short enough to stand in a button beside a token.
    private static func digest(of name: ExactText) -> String {
        String(NameDigest.of(name).dropFirst().prefix(6))
    }

    /// The default one first.
    private func portfolios() async throws -> [ExactText] {
        let all = try await request.services.portfolios.all(for: caller)
        return all.filter(\.isDefault).map(\.name) + all.filter { !$0.isDefault }.map(\.name)
    }
}

/// What a file's caption says of it.
private struct CaptionWords {
    private(set) var portfolio: String?
    private(set) var account: String?
    private(set) var timeZone: String?
    private(set) var format: String?

    init(_ words: [String]) throws(CommandRefusal) {
        let keys = ["portfolio", "account", "zone", "format"]
        var rest = words[...]
        while let word = rest.popFirst() {
            // A portfolio's name may have several words.
            let values = rest.prefix { !keys.contains($0.lowercased()) }
            rest = rest.dropFirst(values.count)
            let value = values.joined(separator: " ")
            if value.isEmpty, keys.contains(word.lowercased()) {
                throw .misused("Something is missing behind “\(word.shortened)”.")
            }
            switch word.lowercased() {
            case "portfolio": portfolio = value
            case "account": account = value
            case "zone": timeZone = value
            case "format": format = value
            default: throw .misused("“\(word.shortened)” is not known in a caption.")
            }
        }
    }
}
