import Ledger
import Records
import Services
import Wire

extension ActionKind {
    /// By which lots a portfolio is kept; all that follows from its trades is made anew.
    static let portfolioLots = ActionKind(
        name: "portfolio_lots",
        title: { LotsProposal($0)?.title ?? "keep a portfolio by other lots" },
        perform: { action, services, caller in
            guard let proposal = LotsProposal(action) else { throw ServiceError.foreignAction }
            let portfolio = try await services.portfolios.setRules(
                of: proposal.portfolio, lotMethod: proposal.method, legWindowSeconds: nil,
                for: caller)
            // Where it was interrupted it is still due.
            let holdings =
                portfolio.isRebuildDue
                ? try await RebuildService(services).rebuild(portfolio.id, for: caller) : 0
            let bytes = JSONWriter.object { $0.write("holdings", holdings) }
            return String(decoding: bytes, as: UTF8.self)
        },
        facts: { action, resultJSON in
            let result = try? JSONValue(parsing: resultJSON)
            return (LotsProposal(action)?.facts ?? [])
                + [Fact("Holdings rebuilt", "\(result?["holdings"]?.integer ?? 0)")]
        })
}

struct LotsProposal: Sendable {
    let portfolio: ExactText
    let method: LotMethod

    init(_ portfolio: ExactText, _ method: LotMethod) {
        self.portfolio = portfolio
        self.method = method
    }

    init?(_ action: PendingAction) {
        guard let content = try? JSONValue(parsing: action.contentJSON),
            let name = content["portfolio"]?.string,
            let method = content["lots"]?.string.flatMap(LotMethod.init(rawValue:))
        else { return nil }
        self.init(ExactText(name), method)
    }

    var json: String {
        let bytes = JSONWriter.object { content in
            content.write("portfolio", portfolio)
            content.write("lots", method.rawValue)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    var title: String { "keep \(portfolio) by \(method.rawValue.uppercased())" }

    var facts: [Fact] {
        [
            Fact("Portfolio", .text(portfolio.text)),
            Fact("Lots", .text(method.rawValue.uppercased())),
        ]
    }
}
