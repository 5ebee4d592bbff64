import Ledger
import Records
import Services

extension Command {
    static let fx = Command(
        "fx", "Exchange rates: list them, look at a pair, store one",
        arguments: "[BASE QUOTE [RATE [YYYY-MM-DD]]]", example: "/fx USD EUR 0.92 2026-02-01",
        body: .approved { request, caller in
            let words = request.arguments.words
            switch words.count {
            case 0:
                return try await latest(request)
            case 2:
                return try await history(
                    request, try currency(words[0]), try currency(words[1]))
            case 3, 4:
                return try await store(request, try report(words), caller)
            default:
                throw CommandRefusal.misused(
                    "A pair is two currencies; a rate, and perhaps its day, stand behind them.")
            }
        })

    private static func latest(_ request: CommandRequest) async throws -> Screen {
        let rates = try await request.services.fx.latest()
        return try request.paged(
            "Exchange rates",
            table: Table(
                columns: [.init("Base"), .init("Rate", .right), .init("Quote"), .init("Day")],
                rows: rates.map { rate in
                    [
                        .text(rate.base.code), .decimal(rate.rate), .text(rate.quote.code),
                        "\(rate.day)",
                    ]
                }, whenEmpty: "No rates yet."),
            notes: [
                "One base is so much of the quote, from the day until the next rate; both ways.",
                "\(code: "/fx USD EUR 0.92") stores today's for everybody.",
            ])
    }

    private static func history(
        _ request: CommandRequest, _ base: Currency, _ quote: Currency
    ) async throws -> Screen {
        let rates = try await request.services.fx.history(base, quote)
        return try request.paged(
            "Rates of \(base) and \(quote)",
            table: Table(
                columns: [.init("Day"), .init("Rate")],
                rows: rates.map { ["\($0.day)", equation($0)] },
                whenEmpty: "No rate between them yet."),
            notes: rates.count == FXService.historyLimit
                ? ["The last \(FXService.historyLimit) are listed."] : [],
            arguments: "\(base) \(quote)")
    }

    private static func store(
        _ request: CommandRequest, _ report: RateReport, _ caller: Caller
    ) async throws -> Screen {
        let service = request.services.fx
        let rate = ExchangeRate(
            base: report.base, quote: report.quote, day: report.day ?? service.today,
            rate: report.rate)
        _ = try await service.post([.success(report)], for: caller, update: request.update)
        return Screen(
            title: "Rate stored",
            blocks: [
                .facts([Fact("Rate", equation(rate)), Fact("Day", "\(rate.day)")]),
                .note("It holds for everybody, from this day until the next rate."),
            ])
    }

    private static func equation(_ rate: ExchangeRate) -> Cell {
        "1 \(rate.base) = \(rate.rate) \(rate.quote)"
    }

    private static func report(_ words: [String]) throws -> RateReport {
        let (base, quote) = (try currency(words[0]), try currency(words[1]))
        guard let rate = try? Decimal(parsing: words[2]) else {
            throw CommandRefusal.misused(
                "“\(words[2].shortened)” is no rate: expected a number such as 0.92.")
        }
        var day: Day?
        if words.count > 3 {
            day = Day(canonical: words[3])
            guard day != nil else {
                throw CommandRefusal.misused(
                    "“\(words[3].shortened)” is no day: expected one such as 2026-02-01.")
            }
        }
        do {
            return try RateReport(base: base, quote: quote, rate: rate, day: day)
        } catch {
            let field = error.field.map { "\($0.prefix(1).uppercased())\($0.dropFirst()) " } ?? ""
            throw CommandRefusal.misused(.text("\(field)\(error.detail)".asSentence))
        }
    }

    /// In upper case, as currencies are written nearly everywhere.
    private static func currency(_ word: String) throws -> Currency {
        guard let currency = Currency(word.uppercased()) else {
            throw CommandRefusal.misused(
                "“\(word.shortened)” is no currency: expected a code such as USD.")
        }
        return currency
    }
}
