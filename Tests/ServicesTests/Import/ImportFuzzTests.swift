import Ledger
import Services
import TestSupport
import Testing
import World

/// Files that were damaged on the way: each is refused, or read as far as it goes, and what is
/// stored agrees with itself.
struct ImportFuzzTests {
    private static let files: [(name: String, format: String)] = [
        ("binance-trade-history.csv", "binance-csv"), ("ib-flex-options.xml", "ibkr-flex"),
        ("ib-flex-cancelled_trades.xml", "ibkr-flex"), ("ib-flex-futures.xml", "ibkr-flex"),
        ("freqtrade-backtest.json", "freqtrade-json"), ("ethusdt-2023-02-02.jsonl", "jsonl"),
    ]

    @Test(arguments: files)
    func `a damaged file does no harm`(name: String, format: String) async throws {
        // The beginning of a long one is as good as all of it.
        let whole = try Array(fixture(name).prefix(12_000))
        try await ImportBench.run(on: .sqlite) { bench in
            for seed in Seeds.range(count: 40) {
                var random = SeededGenerator(seed: seed)
                let file = damaged(whole, &random)
                do {
                    let report = try await bench.read(
                        file, format, piece: Int.random(in: 1...5000, using: &random))
                    let handled = report.counts.reduce(0, +)
                    #expect(handled >= 0, "seed \(seed)")
                } catch let error as ImportError {
                    #expect(!error.detail.isEmpty, "seed \(seed)")
                }
                if seed % 10 == 0 { try await bench.world.expectVerified() }
            }
            try await bench.world.expectVerified()
        }
    }

    private func damaged(_ file: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        var bytes = file
        for _ in 0..<Int.random(in: 1...6, using: &random) where !bytes.isEmpty {
            let start = Int.random(in: 0..<bytes.count, using: &random)
            let end = min(bytes.count, start + Int.random(in: 1...60, using: &random))
            switch Int.random(in: 0..<6, using: &random) {
            case 0: bytes[start] = UInt8.random(in: .min ... .max, using: &random)
            case 1: bytes.removeSubrange(start..<end)
            case 2: bytes.insert(contentsOf: bytes[start..<end], at: start)
            case 3: bytes.removeSubrange(start...)
            case 4: bytes[start] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            default:
                let text = Self.telling[Int.random(in: 0..<Self.telling.count, using: &random)]
                bytes.insert(contentsOf: text.utf8, at: start)
            }
        }
        return bytes
    }

    private static let telling = [
        "\"", "'", "<", ">", "&", "&amp;", "]]>", "<!--", "<!DOCTYPE a [", "{", "}", "[", "]", ",",
        ";", "\n", "\r\n", "\u{0}", "\u{FEFF}", "1e999", "NaN", "-", "99999999999999999999",
    ]
}
