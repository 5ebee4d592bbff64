import Charts
public import Ledger
public import Services
import World

/// A picture by what it is of: its figures are read when its turn has come, so that the text which
/// it follows need not wait for them.
public enum Picture: Sendable, Hashable {
    case pnl(of: ExactText?, Period, CostMethod, for: Authority)
    case campaign(CampaignReference, for: Authority)

    /// Nil where there is nothing to draw. Throws what the services throw.
    func chart(_ services: Services) async throws -> Chart? {
        switch self {
        case .pnl(let portfolio, let period, let method, let authority):
            let report = try await services.performance.report(
                portfolio: portfolio, period: period, method: method, for: authority)
            return report.chart(portfolio: portfolio)
        case .campaign(let reference, let authority):
            let path = try await services.campaigns.path(of: reference, for: authority)
            return CampaignChart(path: path, now: services.work.world.now()).chart
        }
    }
}

extension Attachment {
    /// With its figures read; nil where there is nothing to draw.
    package func ready(_ services: Services) async throws -> Attachment? {
        guard case .picture(let picture) = self else { return self }
        return try await picture.chart(services).map(Attachment.chart)
    }
}
