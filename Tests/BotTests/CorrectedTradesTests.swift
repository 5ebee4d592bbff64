import Ledger
import Services
import TestSupport
import Testing
import World

/// What the chat shows of trades that were corrected, and of the rules they are kept by.
struct CorrectedTradesTests {
    @Test func `trades that are out of the ledger say so, and have realized nothing`() async throws
    {
        try await Desk.run { desk in
            let (console, authority) = try await desk.member()
            try await desk.world.post(
                fill("a", "BUY", "1", at: "100", time: "2026-01-01T10:00:00Z"),
                fill("b", "SELL", "1", at: "90", time: "2026-01-01T11:00:00Z"),
                fill("c", "BUY", "1", at: "80", time: "2026-01-01T12:00:00Z"), as: authority)
            let corrections = desk.world.services.corrections
            let corrected = CorrectionRequest(
                brokerTradeID: "b", correctionID: "1",
                change: .correct(CorrectedFigures(price: 95)))
            _ = try await corrections.post(corrected, through: .http, as: authority)
            let busted = CorrectionRequest(
                brokerTradeID: "c", correctionID: "2", change: .bust)
            _ = try await corrections.post(busted, through: .http, as: authority)
            let lines = try await console.says("/trades").split(separator: "\n")
            func line(_ parts: String...) -> Bool {
                lines.contains { line in parts.allSatisfy { line.contains($0) } }
            }
            #expect(line("12:00", "BUY, busted", " 80 ", "–"))
            #expect(line("11:00", "SELL, corrected", " 90 ", "–"))
            #expect(line("11:00", "SELL", " 95 ", "▼ -5.00 USDT"))
            #expect(!lines.joined().contains("-10.00"))
            let total = try await console.says("/pnl all")
            #expect(total.contains("-5.00 USDT") && !total.contains("-15.00"))
            let positions = try await console.says("/positions")
            #expect(!positions.contains("80"))
        }
    }

    @Test func `portfolios tell which lots they close first`() async throws {
        try await Desk.run { desk in
            let (console, authority) = try await desk.member()
            #expect(try await console.says("/portfolios").contains("FIFO"))
            _ = try await desk.world.services.portfolios.setRules(
                of: "main", lotMethod: .lifo, legWindowSeconds: nil, for: authority.caller)
            let shown = try await console.says("/portfolios")
            #expect(shown.contains("LIFO") && !shown.contains("FIFO"))
        }
    }
}
