import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// Fills from files.
struct ImportTests {
    /// The bytes in pieces of `size`, as a file is read.
    private func pieces(_ text: String, of size: Int) -> AsyncStream<[UInt8]> {
        AsyncStream { stream in
            var rest = Array(text.utf8)[...]
            while !rest.isEmpty {
                stream.yield(Array(rest.prefix(size)))
                rest = rest.dropFirst(size)
            }
            stream.finish()
        }
    }

    private func run(
        _ text: String, _ format: ImportFormat, piece: Int = 7, isDryRun: Bool = false,
        as trader: Authority, in world: ServiceWorld
    ) async throws -> (report: String, rejections: [String], passes: Int) {
        let passes = Lock(0)
        let report = try await world.services.imports.run(
            pieces(text, of: piece), format: format, portfolio: "main", isDryRun: isDryRun,
            as: trader
        ) { _ in passes.withLock { $0 += 1 } }
        return (
            "\(report.accepted) \(report.duplicates) \(report.rejections.count)",
            report.rejections.map { "\($0.line) \($0.refusal.code.rawValue)" },
            passes.withLock { $0 }
        )
    }

    private func format(_ name: String) throws -> ImportFormat {
        try #require(ImportFormat.named(name))
    }

    private let csv = """
        broker_trade_id,symbol,exchange,asset_type,currency,side,quantity,price,fee,exec_time
        c-1,BTC,BINANCE,CRYPTO,USDT,buy,2,100.5,0.1,2026-02-19T10:00:00Z
        c-2,BTC,BINANCE,,,SELL,1,"101",,2026-02-19T11:00:00Z
        c-3,BTC,BINANCE,,,HOLD,1,101,,2026-02-19T11:00:00Z
        c-4,BTC,BINANCE,,,SELL
        c-5,ETH,BINANCE,,,SELL,1,101,,2026-02-19T11:00:00Z

        """

    @Test(arguments: TestBackend.allCases)
    func `a CSV file is imported once, and each rejection tells its line`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            let format = try format("CSV")
            let before = try await world.rowCounts()
            let dry = try await run(csv, format, isDryRun: true, as: trader, in: world)
            #expect(dry.report == "2 0 3")
            #expect(try await world.rowCounts() == before)
            let first = try await run(csv, format, as: trader, in: world)
            #expect(first.report == "2 0 3")
            #expect(
                first.rejections == ["4 INVALID_FIELD", "5 INVALID_FIELD", "6 UNKNOWN_INSTRUMENT"])
            let second = try await run(csv, format, piece: 1000, as: trader, in: world)
            #expect(second.report == "0 2 3")
            #expect(try await world.texts("SELECT DISTINCT source FROM trades") == ["import"])
            try await world.expectVerified()
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `JSON lines are imported in batches, blank and broken ones told apart`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let trader = try await world.member()
            var lines = (0..<2100).map { fill("j-\($0)", "BUY", "1", at: "2") }
            lines[5] = ""
            lines[6] = "{"
            lines[2050] = fill("j-7", "BUY", "9", at: "2")
            let text = lines.joined(separator: "\n")
            let format = try format("jsonl")
            let first = try await run(text, format, piece: 5000, as: trader, in: world)
            #expect(first.report == "2097 0 2")
            #expect(first.rejections == ["7 INVALID_FIELD", "2051 CONFLICT"])
            #expect(first.passes == 3)
            let second = try await run(text, format, piece: 1_000_000, as: trader, in: world)
            #expect(second.report == "0 2097 2")
            try await world.expectVerified()
        }
    }

    @Test
    func `a file that can't be read to its end keeps what came before`() async throws {
        try await ServiceWorld.run(on: .sqlite) { world in
            let trader = try await world.member()
            let header =
                "broker_trade_id,symbol,asset_type,currency,side,quantity,price,exec_time\n"
            let rows = (0..<1500).map {
                "r-\($0),BTC,CRYPTO,USDT,BUY,1,2,2026-02-19T10:00:00Z\n"
            }
            let broken = header + rows.joined() + "r-x,\"never closed,"
            let error = await #expect(throws: ImportError.self) {
                try await run(broken, try format("csv"), piece: 4096, as: trader, in: world)
            }
            #expect(error?.detail.isEmpty == false)
            #expect(try await world.count(of: "trades") == 1000)
            // However much comes at once, it is read in parts: what was read is not held.
            _ = await #expect(throws: ImportError.self) {
                try await run(
                    broken.replacing("r-", with: "s-"), try format("csv"), piece: 1 << 20,
                    as: trader, in: world)
            }
            #expect(try await world.count(of: "trades") == 2000)
            let unknown = await #expect(throws: ServiceError.self) {
                try await world.services.imports.run(
                    pieces(csv, of: 10), format: try format("csv"), portfolio: "nowhere",
                    isDryRun: false, as: trader
                ) { _ in }
            }
            #expect(unknown?.code == "UNKNOWN_PORTFOLIO")
        }
    }
}
