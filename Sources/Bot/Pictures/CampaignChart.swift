import Charts
import Ledger
import Records
import Services

/// A campaign's fills with what was done at them, its average price and the present mark.
struct CampaignChart {
    let path: CampaignPath
    let now: Timestamp

    private var campaign: CampaignListing { path.campaign }
    private var currency: Currency { campaign.instrument.currency }

    /// Nil where there are no fills.
    var chart: Chart? {
        guard let first = path.points.first, let last = path.points.last else { return nil }
        let end = max(campaign.closedAt ?? now, last.time)
        let points = path.points.map { Chart.Point($0.time, $0.price) }
        var series: [Chart.Series] = [.path(points)]
        var average = path.points.compactMap { point in
            point.averagePrice.map { Chart.Point(point.time, $0) }
        }
        if let last = average.last {
            average.append(Chart.Point(end, last.value))
            series.insert(.steps(average, label: "average"), at: 0)
        }
        if let mark = path.markPrice { series.append(.level(mark, label: "mark \(mark)")) }
        series.append(.markers(path.points.compactMap(Self.marker)))
        return Chart(
            title: "\(campaign.direction.rawValue), \(campaign.status.rawValue)".capitalizedFirst,
            subject: HarmlessText(campaign.instrument.symbol.text).text,
            period: periodWords, headline: headline, tone: amount.tone,
            span: Self.padded(first.time, end),
            panels: [Chart.Panel("Price, \(currency)", includesZero: false, series: series)])
    }

    /// What was realized; for an open one with what it would realize at the mark, where it has one.
    private var amount: Decimal {
        guard let unrealized = path.unrealizedPnL else { return campaign.realizedPnL }
        return (try? campaign.realizedPnL + unrealized) ?? campaign.realizedPnL
    }

    private var headline: String { PlainText.of(.gain(amount, currency)) }

    private var periodWords: String {
        let from = PlainText.minute(campaign.openedAt, in: .utc)
        guard let closedAt = campaign.closedAt else { return "since \(from)" }
        return "\(from.dropLast(4)) to \(PlainText.minute(closedAt, in: .utc))"
    }

    private static func marker(_ point: CampaignPath.Point) -> Chart.Marker? {
        point.leg.map { kind in
            let shape: Chart.Marker.Kind =
                switch kind {
                case .open, .flipOpen: .open
                case .add: .add
                case .reduce: .reduce
                case .close, .flipClose: .close
                }
            return Chart.Marker(shape, Chart.Point(point.time, point.price))
        }
    }

    /// With some room beside the first fill and the last.
    private static func padded(_ from: Timestamp, _ to: Timestamp) -> ClosedRange<Timestamp> {
        let pad = max(60, to.wholeSeconds(since: from) / 30)
        return from.adding(seconds: -pad)...max(to, from).adding(seconds: pad)
    }
}

extension String {
    var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
