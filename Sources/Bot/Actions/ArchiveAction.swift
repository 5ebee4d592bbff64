import Ledger
import Records
import Services
import Wire

extension ActionKind {
    /// A portfolio that is to be put away; its content is the portfolio's name.
    static let archivePortfolio = ActionKind(
        name: "portfolio",
        title: { "archive \(ArchiveProposal($0)?.portfolio.text ?? "a portfolio")" },
        perform: { action, services, caller in
            guard let proposal = ArchiveProposal(action) else { throw ServiceError.foreignAction }
            _ = try await services.portfolios.archive(proposal.portfolio, for: caller)
            return "{}"
        },
        facts: { action, _ in
            guard let name = ArchiveProposal(action)?.portfolio.text else { return [] }
            return [
                Fact("Archived", .text(name)),
                Fact("Back with", .code("/portfolio restore \(name)")),
            ]
        })
}

struct ArchiveProposal: Sendable {
    let portfolio: ExactText

    init(_ portfolio: Portfolio) { self.portfolio = portfolio.name }

    init?(_ action: PendingAction) {
        guard let content = try? JSONValue(parsing: action.contentJSON),
            let name = content["portfolio"]?.string
        else { return nil }
        portfolio = ExactText(name)
    }

    var json: String {
        String(decoding: JSONWriter.object { $0.write("portfolio", portfolio) }, as: UTF8.self)
    }
}
