import Ledger
import Services
import Wire

extension Route {
    static let performance = Route(
        .get, "/v1/pnl", .positions,
        summary: "Realized P&L, fees and trades of a period, by instrument and by day",
        parameters: [
            .portfolio, .strategy,
            RouteParameter(
                "period", JSONSchema.string(pattern: periodPattern).withDefault("all"),
                "The calendar's to date, so many days ending today, or both days of a range",
                example: "2026-02-16..2026-02-19"),
            RouteParameter(
                "method", JSONSchema.words(of: CostMethod.self).withDefault("average"),
                "By which cost P&L is realized", example: "fifo"),
        ],
        answer: .json(.report, example: pnlExample), refusals: [.outOfRange],
        .authorized(.read) { call, authority in
            let query = try call.query()
            let service = call.services.performance
            let report = try await service.report(
                portfolio: query.text("portfolio"), strategy: query.strategy("strategy"),
                period: query.period("period", today: service.today),
                method: query.choice("method") ?? .average, for: authority)
            return Answer(report, as: .report)
        })
}

private let periodPattern =
    "^(day|week|month|quarter|ytd|year|all|"
    + "([1-9][0-9]{0,3}|[12][0-9]{4}|3[0-5][0-9]{3}|36[0-5][0-9]{2}|36600)d"
    + #"|\d{4}-\d{2}-\d{2}\.\.\d{4}-\d{2}-\d{2})$"#

extension AnswerFormat<PnLReport> {
    fileprivate static let report = AnswerFormat(
        "PnL",
        [
            .object("period", as: .period) { $0 },
            .word("method", "By which cost P&L was realized") { $0.method },
            .list("totals", "One of each currency", as: .total) { $0.totals },
            .list("by_instrument", as: .instrumentTotal) { $0.byInstrument },
            .list("daily", "One of each day and currency", as: .dailyPnL) { $0.daily },
            .objectOrNull(
                "converted", "All of it in the account's currency; null where a rate is missing",
                as: .converted
            ) { $0.converted.whole },
            .list("missing_rates", "The currencies that nothing converts") { report in
                report.converted.missing.map(\.currency)
            },
        ])

    private static let period = AnswerFormat(
        "PnLPeriod", "UTC days, both included",
        [.init("from") { $0.from }, .init("to") { $0.to }])
}

extension AnswerFormat<PnLReport.Total> {
    fileprivate static let total = AnswerFormat(
        "PnLTotal", AnswerMember.amounts({ $0.currency }, { $0.amounts }))
}

extension AnswerFormat<PnLReport.InstrumentTotal> {
    fileprivate static let instrumentTotal = AnswerFormat(
        "PnLOfInstrument",
        [
            .init("symbol") { $0.instrument.symbol },
            .init("exchange") { $0.instrument.exchange },
            .init("asset_type") { $0.instrument.assetType },
        ] + AnswerMember.amounts({ $0.currency }, { $0.amounts }))
}

extension AnswerFormat<PnLReport.DayTotal> {
    static let dailyPnL = AnswerFormat(
        "PnLOfDay",
        [.init("date") { $0.day }] + AnswerMember.amounts({ $0.currency }, { $0.amounts }))
}

extension AnswerMember {
    fileprivate static func amounts(
        _ currency: @escaping @Sendable (Value) -> Currency,
        _ amounts: @escaping @Sendable (Value) -> PnLReport.Amounts
    ) -> [AnswerMember] {
        [
            .init("currency") { currency($0) },
            .init("realized_pnl", "Before fees") { amounts($0).realizedPnL.shown },
            .init("fees") { amounts($0).fees },
            .init("net_pnl", "`realized_pnl` less `fees`") { amounts($0).netPnL.shown },
            .init("trades") { amounts($0).trades },
        ]
    }
}

/// What a report comes to in one currency.
private struct WholePnL {
    let total: ConvertedPnL
    let currency: Currency
    let rates: [ExchangeRate]
}

extension Converted<ConvertedPnL> {
    fileprivate var whole: WholePnL? {
        guard case .total(let total, let currency, let rates) = self else { return nil }
        return WholePnL(total: total, currency: currency, rates: rates)
    }

    fileprivate var missing: [MissingRate] {
        if case .lacking(let lacking, _) = self { lacking } else { [] }
    }
}

extension AnswerFormat<WholePnL> {
    fileprivate static let converted = AnswerFormat(
        [
            .init("currency") { $0.currency },
            .init("realized_pnl") { $0.total.realizedPnL },
            .init("fees") { $0.total.fees },
            .init("net_pnl") { $0.total.netPnL },
            .list("rates", "Those that it was converted by", as: .rate) { $0.rates },
        ])
}

private let pnlExample = """
    {"period":{"from":"2026-02-16","to":"2026-02-19"},"method":"average",\
    "totals":[{"currency":"USDT","realized_pnl":"120.5","fees":"1.3","net_pnl":"119.2",\
    "trades":4}],\
    "by_instrument":[{"symbol":"BTCUSDT","exchange":"BINANCE","asset_type":"CRYPTO",\
    "currency":"USDT","realized_pnl":"120.5","fees":"1.3","net_pnl":"119.2","trades":4}],\
    "daily":[{"date":"2026-02-19","currency":"USDT","realized_pnl":"120.5","fees":"1.3",\
    "net_pnl":"119.2","trades":4}],\
    "converted":{"currency":"USD","realized_pnl":"120.37","fees":"1.29","net_pnl":"119.08",\
    "rates":[{"base":"USDT","quote":"USD","day":"2026-02-19","rate":"0.999"}]},\
    "missing_rates":[]}
    """
