import Ledger
import Services
import Wire

extension Route {
    static let performance = Route(
        .get, "/v1/pnl", parameters: ["portfolio", "strategy", "period", "method"],
        summary: "Realized P&L, fees and trades of a period, by instrument and by day",
        .authorized(.read) { call, authority in
            let query = try call.query()
            let service = call.services.performance
            let report = try await service.report(
                portfolio: query.text("portfolio"), strategy: query.strategy("strategy"),
                period: query.period("period", today: service.today),
                method: query.choice("method") ?? .average, for: authority)
            return Answer(PerformanceAnswer(report: report))
        })
}

struct PerformanceAnswer: JSONWritable {
    let report: PnLReport

    func writeJSON(to bytes: inout [UInt8]) {
        JSONWriter.object(to: &bytes) { answer in
            answer.object("period") { period in
                period.write("from", report.from)
                period.write("to", report.to)
            }
            answer.write("method", report.method.rawValue)
            answer.array("totals") { totals in
                for total in report.totals {
                    totals.object { Self.write(total.currency, total.amounts, to: &$0) }
                }
            }
            answer.array("by_instrument") { rows in
                for row in report.byInstrument {
                    rows.object { object in
                        object.write("symbol", row.instrument.symbol)
                        object.write("exchange", row.instrument.exchange)
                        object.write("asset_type", row.instrument.assetType)
                        Self.write(row.currency, row.amounts, to: &object)
                    }
                }
            }
            answer.array("daily") { rows in
                for row in report.daily {
                    rows.object { Self.write(row, to: &$0) }
                }
            }
            write(report.converted, to: &answer)
        }
    }

    private func write(
        _ converted: Converted<ConvertedPnL>, to answer: inout JSONObjectWriter
    ) {
        if case .total(let total, let currency, let rates) = converted {
            answer.object("converted") { object in
                object.write("currency", currency)
                object.write("realized_pnl", total.realizedPnL)
                object.write("fees", total.fees)
                object.write("net_pnl", total.netPnL)
                object.write("rates", rates: rates)
            }
        } else {
            answer.write("converted", String?.none)
        }
        var missing: [MissingRate] = []
        if case .lacking(let lacking, _) = converted { missing = lacking }
        answer.array("missing_rates") { list in
            for rate in missing { list.write(rate.currency) }
        }
    }

    static func write(_ day: PnLReport.DayTotal, to object: inout JSONObjectWriter) {
        object.write("date", day.day)
        write(day.currency, day.amounts, to: &object)
    }

    private static func write(
        _ currency: Currency, _ amounts: PnLReport.Amounts, to object: inout JSONObjectWriter
    ) {
        object.write("currency", currency)
        object.write("realized_pnl", amounts.realizedPnL.shown)
        object.write("fees", amounts.fees)
        object.write("net_pnl", amounts.netPnL.shown)
        object.write("trades", amounts.trades)
    }
}
