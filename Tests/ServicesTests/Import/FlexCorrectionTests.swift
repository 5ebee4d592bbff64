import Ledger
import Records
import Services
import TestSupport
import Testing

/// What a Flex statement takes back, and books again.
struct FlexCorrectionTests {
    private func statement(_ rows: [String]) -> String {
        """
        <FlexQueryResponse><FlexStatements count="1"><FlexStatement accountId="U1"><Trades>
        \(rows.joined(separator: "\n"))
        </Trades></FlexStatement></FlexStatements></FlexQueryResponse>
        """
    }

    private func row(_ attributes: String) -> String {
        "<Trade assetCategory=\"STK\" symbol=\"ACME\" currency=\"USD\" tradePrice=\"20\""
            + " dateTime=\"20260717;120440\" \(attributes)/>"
    }

    // As Interactive Brokers writes them: the cancellation has no trade id of its own but names
    // the trade's, and what is booked again has the trade's id.
    private var original: String {
        row(
            "tradeID=\"178\" transactionID=\"107\" buySell=\"BUY\" quantity=\"2\""
                + " ibCommission=\"-1.5\" transactionType=\"ExchTrade\"")
    }
    private var cancellation: String {
        row(
            "tradeID=\"\" origTradeID=\"178\" transactionID=\"118\" buySell=\"BUY (Ca.)\""
                + " quantity=\"-2\" ibCommission=\"1.5\" transactionType=\"TradeCancel\""
                + " notes=\"Ca\"")
    }
    private var rebooked: String {
        row(
            "tradeID=\"178\" transactionID=\"119\" buySell=\"BUY\" quantity=\"1\""
                + " ibCommission=\"-0.5\" transactionType=\"ExchTrade\"")
    }
    private var correct: String {
        row(
            "tradeID=\"179\" origTradeID=\"178\" transactionID=\"120\" buySell=\"BUY\""
                + " quantity=\"1\" ibCommission=\"-0.5\" transactionType=\"TradeCorrect\""
                + " notes=\"P;Co\"")
    }

    private let first = "BUY 2 ACME @ 20 fee 1.5 USD at 2026-07-17T16:04:40"
    private let second = "BUY 1 ACME @ 20 fee 0.5 USD at 2026-07-17T16:04:40"

    private func quantity(_ bench: ImportBench) async throws -> Decimal? {
        try await bench.positions().first?.listing.position.quantity
    }

    @Test(arguments: TestBackend.allCases)
    func `a trade is cancelled and booked again in one file, as often as it is read`(
        _ backend: TestBackend
    ) async throws {
        try await ImportBench.run(on: backend) { (bench) async throws in
            let file = statement([original, cancellation, rebooked])
            #expect(
                try await bench.read(file, "ibkr-flex", isDryRun: true).counts
                    == [1, 0, 0, 2, 0])
            #expect(try await bench.read(file, "ibkr-flex").counts == [1, 0, 0, 2, 0])
            #expect(try await quantity(bench) == 1)
            #expect(try await bench.read(file, "ibkr-flex").counts == [0, 3, 0, 0, 0])
            #expect(
                try await bench.read(file, "ibkr-flex", isDryRun: true).counts
                    == [0, 3, 0, 0, 0])
            #expect(try await bench.trades() == ["(\(first))", second])
        }
    }

    /// Days later, in a statement of its own, and whichever of the two is read first.
    @Test(arguments: [false, true])
    func `a cancellation finds its trade in another file`(_ isLateFirst: Bool) async throws {
        try await ImportBench.run { (bench) async throws in
            let early = statement([original])
            let late = statement([cancellation, rebooked])
            if isLateFirst {
                #expect(try await bench.read(late, "ibkr-flex").counts == [0, 0, 0, 2, 0])
                #expect(try await bench.read(early, "ibkr-flex").counts == [0, 1, 0, 0, 0])
            } else {
                #expect(try await bench.read(early, "ibkr-flex").counts == [1, 0, 0, 0, 0])
                #expect(try await bench.read(late, "ibkr-flex").counts == [0, 0, 0, 2, 0])
            }
            #expect(try await quantity(bench) == 1)
            #expect(try await bench.read(late, "ibkr-flex").counts == [0, 2, 0, 0, 0])
            #expect(try await bench.read(early, "ibkr-flex").counts == [0, 1, 0, 0, 0])
            #expect(try await bench.trades() == ["(\(first))", second])
        }
    }

    @Test func `a correction without a cancellation replaces the trade it names`() async throws {
        try await ImportBench.run { bench in
            let file = statement([original, correct])
            #expect(try await bench.read(file, "ibkr-flex").counts == [1, 0, 0, 1, 0])
            #expect(try await bench.read(file, "ibkr-flex").counts == [0, 2, 0, 0, 0])
            #expect(try await bench.trades() == ["(\(first))", second])
            // And after a cancellation it books the trade again.
            let both = statement([original, cancellation, correct])
            let other = try await bench.world.member(1002)
            let report = try await bench.read(
                Array(both.utf8), "ibkr-flex", as: other)
            #expect(report.counts == [1, 0, 0, 2, 0])
            let held = try await bench.world.services.positions.snapshot(for: other)
            #expect(held.first?.listing.position.quantity == 1)
        }
    }

    @Test(arguments: TestBackend.allCases, [true, false])
    func `what is booked again on the other side is a fill of its own`(
        _ backend: TestBackend, isCancelled: Bool
    ) async throws {
        try await ImportBench.run(on: backend) { (bench) async throws in
            let sold = (isCancelled ? rebooked : correct)
                .replacing("buySell=\"BUY\"", with: "buySell=\"SELL\"")
                .replacing("quantity=\"1\"", with: "quantity=\"-1\"")
            let rows = isCancelled ? [original, cancellation, sold] : [original, sold]
            let file = statement(rows)
            let corrected = rows.count - 1
            #expect(try await bench.read(file, "ibkr-flex").counts == [1, 0, 0, corrected, 0])
            #expect(try await bench.read(file, "ibkr-flex").counts == [0, rows.count, 0, 0, 0])
            #expect(try await quantity(bench) == -1)
            #expect(
                try await bench.trades() == [
                    "(\(first))", "SELL 1 ACME @ 20 fee 0.5 USD at 2026-07-17T16:04:40",
                ])
        }
    }

    @Test func `what is booked again in another instrument is a fill of its own`() async throws {
        try await ImportBench.run { (bench) async throws in
            let other = rebooked.replacing("symbol=\"ACME\"", with: "symbol=\"ACMF\"")
            let file = statement([original, cancellation, other])
            #expect(try await bench.read(file, "ibkr-flex").counts == [1, 0, 0, 2, 0])
            #expect(try await bench.read(file, "ibkr-flex").counts == [0, 3, 0, 0, 0])
            #expect(try await bench.trades().last == second.replacing("ACME", with: "ACMF"))
        }
    }

    @Test func `what is booked again with a fee in another currency has that fee`() async throws {
        try await ImportBench.run { (bench) async throws in
            let other = rebooked.replacing(
                "transactionType", with: "ibCommissionCurrency=\"EUR\" transactionType")
            let file = statement([original, cancellation, other])
            #expect(try await bench.read(file, "ibkr-flex").counts == [1, 0, 0, 2, 0])
            #expect(try await bench.read(file, "ibkr-flex").counts == [0, 3, 0, 0, 0])
            #expect(try await bench.trades().last == second.replacing("USD", with: "EUR"))
        }
    }

    @Test func `a correction of a trade that is not known is kept, and found again`()
        async throws
    {
        try await ImportBench.run { (bench) async throws in
            let file = statement([correct])
            #expect(try await bench.read(file, "ibkr-flex").counts == [0, 0, 0, 1, 0])
            #expect(try await bench.read(file, "ibkr-flex").counts == [0, 1, 0, 0, 0])
            #expect(try await quantity(bench) == 1)
        }
    }

    @Test func `a cancellation that names no trade is rejected where trades have names`()
        async throws
    {
        try await ImportBench.run { bench in
            let nameless = cancellation.replacing("origTradeID=\"178\"", with: "")
            let report = try await bench.read(
                statement([original, nameless]), "ibkr-flex")
            #expect(report.counts == [1, 0, 1, 0, 0])
            #expect(report.reasons.first?.contains("add origTradeID to the Flex query") == true)
            #expect(report.rejections.first?.line == 3)
            #expect(try await quantity(bench) == 2)
        }
    }

    @Test func `a trade that was busted by hand is not busted again`() async throws {
        try await ImportBench.run { bench in
            try await bench.read(statement([original]), "ibkr-flex")
            _ = try await bench.world.services.corrections.post(
                CorrectionRequest(brokerTradeID: "178", correctionID: "mine", change: .bust),
                through: .cli, as: bench.trader)
            let report = try await bench.read(statement([cancellation]), "ibkr-flex")
            #expect(report.counts == [0, 0, 1, 0, 0])
            #expect(report.reasons.first?.contains("busted already") == true)
        }
    }

    @Test func `fills without ids are cancelled by what they say, each once`() async throws {
        try await ImportBench.run { (bench) async throws in
            func plain(_ text: String) -> String {
                text.replacing("tradeID=\"178\" ", with: "")
                    .replacing("transactionID=\"107\"", with: "")
                    .replacing("transactionID=\"118\"", with: "")
                    .replacing("origTradeID=\"178\"", with: "")
            }
            let file = statement([plain(original), plain(original), plain(cancellation)])
            #expect(try await bench.read(file, "ibkr-flex").counts == [2, 0, 0, 1, 0])
            #expect(try await bench.read(file, "ibkr-flex").counts == [0, 3, 0, 0, 0])
            #expect(try await quantity(bench) == 2)
        }
    }

    @Test(arguments: [
        ("<FlexQueryResponse><FlexStatements>", "line 1: no well-formed XML"),
        ("<html><body/></html>", "expected a Flex statement's <FlexQueryResponse>, found <html>"),
        ("<!DOCTYPE x><FlexQueryResponse/>", "document type declaration"),
        ("", "no well-formed XML"),
    ])
    func `what is no statement is refused`(_ text: String, _ word: String) async throws {
        try await ImportBench.run { bench in
            let refusal = try await bench.refusal(text, "ibkr-flex")
            #expect(refusal.contains(word), "\(refusal)")
        }
    }

    @Test func `of several accounts one has to be named, and only its rows are read`()
        async throws
    {
        try await ImportBench.run { bench in
            let two = statement([
                original.replacing("<Trade ", with: "<Trade accountId=\"U1\" "),
                original.replacing("178", with: "200")
                    .replacing("<Trade ", with: "<Trade accountId=\"U2\" "),
            ])
            let refusal = try await bench.refusal(two, "ibkr-flex")
            #expect(refusal.contains("several accounts, U1, U2"))
            #expect(try await bench.world.count(of: "trades") == 0)
            let report = try await bench.read(
                two, "ibkr-flex", options: ImportOptions(account: "U2"))
            #expect(report.counts == [1, 0, 0, 0, 0])
            #expect(report.notes.contains("1 rows of other accounts were passed over"))
            let unknown = try await bench.refusal(
                two, "ibkr-flex", options: ImportOptions(account: "U3"))
            #expect(unknown.contains("no rows of the account U3: the file has U1, U2"))
            let misplaced = try await bench.refusal(
                "x", "binance-csv", options: ImportOptions(account: "U3"))
            #expect(misplaced.contains("account: files of the format binance-csv take none"))
        }
    }
}
