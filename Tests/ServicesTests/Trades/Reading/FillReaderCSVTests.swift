import Ledger
import Services
import Testing
import Wire

struct FillReaderCSVTests {
    private let row: [(name: String, value: String)] = [
        ("broker_trade_id", "t-1"), ("symbol", "SPX"), ("side", "sell"), ("quantity", "2"),
        ("price", "10.5"), ("exec_time", "2026-02-19T14:32:00Z"), ("fee", ""), ("strategy", ""),
        ("meta", ""), ("exchange", ""), ("option.strike", ""),
    ]

    @Test func `a record is read as the same fill in JSON is`() throws {
        let csv = try FillReader.fill(fromFields: row).get()
        let json = try read([
            "broker_trade_id": "t-1", "symbol": "SPX", "side": "SELL", "quantity": 2,
            "price": "10.5", "exec_time": "2026-02-19T14:32:00Z",
        ]).get()
        #expect(csv == json)
    }

    @Test func `what else is known of a fill has its columns, and may be empty`() throws {
        let cells = [
            ("net_amount", "-21.7"), ("commission", "0.4"), ("delta", "0.35"),
            ("reason", "roll, again"),
        ]
        let report = try FillReader.fill(fromFields: row + cells).get()
        #expect(report.netAmount == (try Decimal(parsing: "-21.7")))
        #expect(report.commission == (try Decimal(parsing: "0.4")))
        #expect(report.delta == (try Decimal(parsing: "0.35")))
        #expect(report.reason == "roll, again")
        let empty = try FillReader.fill(fromFields: row + cells.map { ($0.0, "") }).get()
        #expect(empty == (try FillReader.fill(fromFields: row).get()))
    }

    @Test func `an option and meta have their columns`() throws {
        let cells = [
            ("option.underlying", "SPX"), ("option.expiry", "2026-03-20"), ("option.right", "P"),
            ("option.strike", "5200"), ("option.multiplier", "100"), ("meta", #"{"a":1}"#),
        ]
        let fields = row.filter { !["meta", "option.strike"].contains($0.name) } + cells
        let report = try FillReader.fill(fromFields: fields).get()
        #expect(report.option?.right == .put)
        #expect(report.multiplier == 100)
        #expect(report.metaJSON == #"{"a":1}"#)
    }

    @Test(
        arguments: [
            ("quantity", "0", "quantity", .invalidField), ("fee", "x", "fee", .invalidField),
            ("meta", "x", "meta", .invalidField), ("meta", "[1]", "meta", .invalidField),
            ("meta", "{}{}", "meta", .invalidField),
            ("meta", #"{"a":"\u0000"}"#, "meta", .invalidField),
            ("exchange", "a\u{0}", "exchange", .invalidField),
            ("symbol", "", "symbol", .invalidField),
            ("strategy", "a\u{0}", "strategy", .invalidField),
            ("option.strike", "1", "option.underlying", .invalidField),
            ("option", "", "option", .unknownField),
            ("option.style", "", "option.style", .unknownField),
            ("net_amount", "1,5", "net_amount", .invalidField),
            ("commission", "x", "commission", .invalidField),
            ("delta", "1e-20", "delta", .outOfRange),
            ("reason", "a\u{0}", "reason", .invalidField),
            ("Symbol", "", "Symbol", .unknownField), ("fee", "1e40", "fee", .outOfRange),
        ] as [(String, String, String, FillRefusal.Code)])
    func `a wrong cell rejects its record by column`(
        _ name: String, _ value: String, _ field: String, _ code: FillRefusal.Code
    ) {
        let fields = row.filter { $0.name != name } + [(name, value)]
        switch FillReader.fill(fromFields: fields) {
        case .success(let report): Issue.record("\(report)")
        case .failure(let refusal):
            #expect(refusal.field == field)
            #expect(refusal.code == code)
        }
    }

    @Test func `a column that stands twice is refused`() {
        switch FillReader.fill(fromFields: row + [("fee", "1")]) {
        case .success: Issue.record("read")
        case .failure(let refusal): #expect(refusal.detail == "given twice")
        }
    }
}
