import Ledger
import Services
import Testing

struct FillReaderFuzzTests {
    private static let full = """
        {"portfolio":"main","strategy":"momo@1.0","fills":[{"broker_trade_id":"t-1","broker_order_id":"o-1",\
        "client_order_id":null,"symbol":"SPX\\u00e9","exchange":"CBOE","asset_type":"OPTION","currency":"USD",\
        "side":"BUY","quantity":"0.5","price":65000.10,"fee":"-0.65","fee_currency":"USD","exec_time":\
        "2026-02-19T14:32:00.123Z","meta":{"a":[1,"\\ud83d\\ude00"]},"option":{"underlying":"SPX",\
        "expiry":"2026-03-20","strike":"5200","right":"C","multiplier":"100"},"tick_size":"0.05",\
        "net_amount":"-32500.7","commission":0.4,"delta":"-0.35","reason":"hedge"},\
        {"broker_trade_id":"t-2","symbol":"CL","side":"SELL","quantity":1e-07,"price":"-37.63",\
        "exec_time":"2020-04-20T18:29:00+02:00","multiplier":1000,"strategy":null,"portfolio":"p2"}]}
        """

    @Test(arguments: [81, 82, 83] as [UInt64])
    func `a mutated batch is refused, or its fills come back as they were read`(_ seed: UInt64)
        throws
    {
        var random = Mutations(seed: seed)
        var survivors = 0
        for _ in 0..<1_500 {
            let bytes = random.mutate(Array(Self.full.utf8))
            guard let batch = try? FillReader.batch(from: bytes) else { continue }
            for case .success(let report) in batch.fills {
                survivors += 1
                let again = FillReader.fill(fromJSONLine: line(report)[...])
                #expect(again == .success(report), "seed \(seed)")
            }
        }
        #expect(survivors > 100, "seed \(seed)")
    }

    @Test(arguments: [91, 92] as [UInt64])
    func `mutated cells are refused, or mean the same in JSON`(_ seed: UInt64) {
        var random = Mutations(seed: seed)
        let row =
            "broker_trade_id\u{1}t\u{1}symbol\u{1}SPX\u{1}side\u{1}buy\u{1}quantity\u{1}2"
            + "\u{1}price\u{1}1.50\u{1}exec_time\u{1}2026-02-19T14:32:00Z\u{1}fee\u{1}\u{1}meta\u{1}{}"
        for _ in 0..<1_500 {
            let cells = random.mutate(Array(row.utf8))
                .split(separator: 1, omittingEmptySubsequences: false)
                .map { String(decoding: $0, as: UTF8.self) }
            let fields = stride(from: 0, to: cells.count - 1, by: 2).map {
                (cells[$0], cells[$0 + 1])
            }
            guard case .success(let report) = FillReader.fill(fromFields: fields) else { continue }
            #expect(
                FillReader.fill(fromJSONLine: line(report)[...]) == .success(report),
                "seed \(seed)")
        }
    }

    private func line(_ report: FillReport) -> [UInt8] { Array(report.json.utf8) }
}

/// Random changes to bytes, the same for the same seed (SplitMix64).
private struct Mutations: RandomNumberGenerator {
    private static let alphabet = Array(#"{}[]",:\u0123456789abcdefE+-. Z"#.utf8)
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func mutate(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...3, using: &self) {
            let place = Int.random(in: 0..<max(1, bytes.count), using: &self)
            let known = Self.alphabet[Int.random(in: 0..<Self.alphabet.count, using: &self)]
            let isWild = Int.random(in: 0..<5, using: &self) == 0
            let byte = isWild ? UInt8.random(in: 0...255, using: &self) : known
            switch Int.random(in: 0..<4, using: &self) {
            case 0 where place < bytes.count: bytes.remove(at: place)
            case 1 where place < bytes.count: bytes[place] = byte
            case 2:
                let end = min(bytes.count, place + Int.random(in: 0...40, using: &self))
                bytes.insert(contentsOf: bytes[place..<end], at: place)
            default: bytes.insert(byte, at: place)
            }
        }
        return bytes
    }
}
