import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import Wire
import World

/// Templates: what is wrong with one is told when it is written, not when a fill comes.
struct HookTemplateTests {
    private func complaint(
        _ json: String, _ kind: HookRecord.Kind = .freqtrade
    ) -> String {
        do throws(ServiceError) {
            _ = try HookTemplate(parsing: json, for: kind)
            return "none"
        } catch {
            #expect(error.kind == .invalid && error.code == "INVALID_TEMPLATE")
            return error.description
        }
    }

    /// A sound template with one field more, or another one in its place.
    private func template(_ name: String, _ value: String) -> String {
        var fields = [
            ("symbol", "\"{{s}}\""), ("side", "\"BUY\""), ("quantity", "1"),
            ("price", "\"{{p}}\""), ("exec_time", "\"{{t}}\""),
        ]
        fields.removeAll { $0.0 == name }
        fields.append((name, value))
        return "{\"fill\":{\(fields.map { "\"\($0)\":\($1)" }.joined(separator: ","))}}"
    }

    @Test(arguments: HookRecord.Kind.allCases)
    func `the built-in templates are sound`(_ kind: HookRecord.Kind) {
        #expect(complaint(HookTemplates.builtIn(kind), kind) == "none")
    }

    @Test func `what senders are given to paste is JSON`() throws {
        let section = HookTemplates.webhookSection(url: "https://x.example/v1/hooks/freqtrade/hk_1")
        let webhook = try JSONValue(parsing: "{\(section)}")["webhook"]
        #expect(webhook?["url"]?.string == "https://x.example/v1/hooks/freqtrade/hk_1")
        #expect(webhook?["exit_fill"]?["close_rate"] == "{close_rate}")
        // All that the built-in templates read is sent.
        let sent = webhook?["exit_fill"]?.object.map { Set($0.map(\.key.text)) } ?? []
        let alert = try JSONValue(parsing: HookTemplates.alertMessage)
        let told = Set((alert.object ?? []).map(\.key.text))
        for (kind, fields) in [(HookRecord.Kind.freqtrade, sent), (.tradingView, told)] {
            let read = HookTemplates.builtIn(kind).matches(of: /\{\{([a-z_]+)\}\}/)
                .map { String($0.output.1) }
            #expect(Set(read).subtracting(fields) == [], "\(kind)")
            #expect(!read.isEmpty)
        }
    }

    @Test(arguments: [
        ("", "not JSON"), ("[]", "expected one JSON object"),
        ("{\"fil\":{}}", "fil: no such key; there are only, fill, meta, position, secret"),
        ("{}", "fill.symbol: is missing"), ("{\"fill\":[]}", "fill: expected an object"),
        ("{\"fill\":{\"symbl\":\"x\"}}", "fill.symbl: no such field; there are broker_trade_id"),
        ("{\"fill\":{\"portfolio\":\"x\"}}", "fill.portfolio: is not for a template"),
        ("{\"fill\":{\"strategy\":\"x\"}}", "fill.strategy: is not for a template"),
        ("{\"fill\":{\"symbol\":\"{{s}}\"}}", "fill.side: is missing"),
        ("{\"only\":{\"event\":\"x\"}}", "only.event: expected a list of words"),
        ("{\"only\":{\"event\":[1]}}", "only.event: expected a list of words"),
        ("{\"only\":{\"\":[\"x\"]}}", "only.: expected the name"),
        ("{\"secret\":7}", "secret: expected the name"),
        ("{\"position\":{\"where\":\"x\"}}", "position.where: no such field; there are direction"),
    ])
    func `what is no template is told with its place`(json: String, start: String) {
        #expect(complaint(json).hasPrefix(start), "\(complaint(json))")
    }

    @Test(arguments: [
        ("null", "fill.fee: expected a text"), ("[1]", "fill.fee: expected a text"),
        ("true", "fill.fee: expected a text"), ("{}", "fill.fee: value is missing"),
        ("\"{{\"", "fill.fee: {{ has no }} after it"),
        ("\"{{}}\"", "fill.fee: {{}} names no field"),
        ("\"{{a..b}}\"", "fill.fee: {{a..b}} names no field"),
        ("\"{{$now}}\"", "fill.fee: {{$now}} names no field"),
        ("{\"value\":\"x\",\"maps\":{}}", "fill.fee: no such key: maps"),
        ("{\"value\":\"x\",\"map\":{}}", "fill.fee.map: expected an object of words"),
        ("{\"value\":\"x\",\"map\":{\"a\":1}}", "fill.fee.map: expected an object of words"),
        ("{\"value\":\"x\",\"map\":{\"a\":\"1\",\"A\":\"2\"}}", "fill.fee.map: A is given twice"),
        ("{\"value\":\"x\",\"case\":\"title\"}", "fill.fee.case: expected upper or lower"),
        ("{\"value\":\"x\",\"default\":[]}", "fill.fee.default: expected a text"),
    ])
    func `what is no value is told with its place`(value: String, start: String) {
        let found = complaint(template("fee", value))
        #expect(found.hasPrefix(start), "\(found)")
    }

    @Test func `templates have a limit`() {
        let long = String(repeating: " ", count: HookTemplate.limitBytes)
        #expect(complaint(template("fee", "1") + long).contains("longer than 8192 bytes"))
        let entries = (0...20).map { "\"k\($0)\":\"x\"" }.joined(separator: ",")
        #expect(complaint("{\"meta\":{\(entries)}}").hasPrefix("meta: more than 20"))
    }

    @Test func `an alert's time has to come with it`() {
        for value in ["\"2026-01-01T00:00:00Z\"", "\"{{$received_at}}\""] {
            #expect(complaint(template("exec_time", value)) == "none")
            #expect(
                complaint(template("exec_time", value), .tradingView).hasPrefix("fill.exec_time"))
        }
    }

    @Test func `a member's own template reads what it says`() async throws {
        try await ServiceWorld.run(on: .sqlite) { world in
            let ada = try await world.member()
            let hook = try await world.hook(of: ada)
            let json = """
                {"only":{"kind":["ORDER"]},
                 "fill":{"symbol":"{{data.base}}{{ data.quote }}","exchange":"PAPER",
                  "asset_type":"crypto","currency":{"value":"{{data.quote}}","case":"upper"},
                  "side":{"value":"{{data.side}}","map":{"long":"BUY","Short":"SELL"}},
                  "quantity":"{{data.legs.1.size}}","price":"{{data.px}}",
                  "fee":{"value":"{{data.fee}}","default":"0.5"},
                  "exec_time":"{{at}}","broker_trade_id":"mine-{{id}}"},
                 "meta":{"note":"{{data.note}}","fixed":7}}
                """
            _ = try await world.services.hooks.setTemplate(json, of: "swing", for: ada.caller)
            func message(_ id: Int, kind: String = "order", side: String = "LONG") -> String {
                """
                {"kind":"\(kind)","id":\(id),"at":"1771511527000","data":{"base":"SOL","quote":"usd",
                "side":"\(side)","px":0.30000000000000004,"legs":[{},{"size":"1e-3"}],"fee":"None"}}
                """
            }
            #expect(try await world.call(hook, message(1)).words == "stored")
            #expect(try await world.call(hook, message(1)).words == "duplicate")
            #expect(try await world.call(hook, message(2, kind: "note")).words == "ignored")
            #expect(
                try await world.call(hook, message(3, side: "flat")).words
                    == "quarantined INVALID_FIELD side")
            #expect(
                try await world.quarantined(ada).first?.reason?.detail
                    == "“flat” is not in the template's map (long, short)")
            let trade = try #require(
                try await world.services.trades.page(TradeQuery(), for: ada).trades.first)
            #expect(trade.instrument.symbol == "SOLusd" && trade.instrument.currency.code == "USD")
            #expect(trade.quantity.description == "0.001" && trade.price.description == "0.3")
            #expect(trade.fee.description == "0.5" && trade.brokerTradeID == "mine-1")
            #expect(trade.execTime.description == "2026-02-19T14:32:07.000000Z")
            let meta = try await world.texts("SELECT meta_json FROM trades")
            #expect(meta.map { $0.filter { $0 != " " } } == [#"{"fixed":"7","hook":"swing"}"#])
        }
    }

    @Test(arguments: [
        ("2026-02-19T14:32:07Z", "2026-02-19T14:32:07.000000Z"),
        ("2026-02-19T14:32:07", "2026-02-19T14:32:07.000000Z"),
        ("2026-02-19 14:32:07.5+02:00", "2026-02-19T12:32:07.500000Z"),
        ("2026-02-19 14:32:07", "2026-02-19T14:32:07.000000Z"),
        ("1771511527", "2026-02-19T14:32:07.000000Z"),
        ("1771511527123", "2026-02-19T14:32:07.123000Z"),
    ])
    func `times are read as programs print them`(text: String, expected: String) async throws {
        try await ServiceWorld.run(on: .sqlite) { world in
            let ada = try await world.member()
            let hook = try await world.hook(of: ada)
            #expect(try await world.call(hook, alert(time: text)).words == "stored")
            let page = try await world.services.trades.page(TradeQuery(), for: ada)
            #expect(page.trades.map(\.execTime.description) == [expected])
        }
    }
}
