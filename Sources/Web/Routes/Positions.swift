import Ledger
import Records
import Services
import Wire

extension Route {
    static let positions = Route(
        .get, "/v1/positions", parameters: ["portfolio", "strategy", "include_closed"],
        summary: "What is held, at average cost",
        .authorized(.read) { call, authority in
            let query = try call.query()
            let positions = try await call.services.positions.snapshot(
                portfolio: query.text("portfolio"), strategy: query.strategy("strategy"),
                includeClosed: query.flag("include_closed"), for: authority)
            return Answer(PositionsAnswer(positions: positions))
        })
}

struct PositionsAnswer: JSONWritable {
    let positions: [PositionView]

    func writeJSON(to bytes: inout [UInt8]) {
        JSONWriter.object(to: &bytes) { answer in
            answer.array("positions") { list in
                for position in positions {
                    list.object { Self.write(position, to: &$0) }
                }
            }
        }
    }

    static func write(_ view: PositionView, to object: inout JSONObjectWriter) {
        let listing = view.listing
        let instrument = listing.instrument.instrument
        let position = listing.position
        object.write("portfolio", listing.portfolio)
        object.write("symbol", instrument.symbol)
        object.write("exchange", instrument.exchange)
        object.write("asset_type", instrument.assetType)
        object.write("currency", instrument.currency)
        object.write("strategy", listing.strategy)
        object.write("quantity", position.quantity)
        object.write("avg_price", listing.averagePrice)
        object.write("realized_pnl", position.realizedPnL.shown)
        object.object("fees") { fees in
            for (currency, fee) in position.fees.sorted(by: { $0.key < $1.key }) {
                fees.write(currency.code, fee)
            }
        }
        object.write("mark_price", view.markPrice)
        object.write("mark_time", view.markTime)
        object.write("mark_is_stale", view.isMarkStale)
        object.write("unrealized_pnl", view.unrealizedPnL?.shown)
        object.write("opened_at", position.openedAt)
        object.write("updated_at", position.lastFill?.time)
    }
}
