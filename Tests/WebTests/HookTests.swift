import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import Web
import Wire
import World

/// Hooks over HTTP: authenticated by what stands in their path.
struct HookTests {
    private static let alert = """
        {"ticker":"BTCUSDT","exchange":"BINANCE","asset_type":"CRYPTO","currency":"USDT",\
        "action":"buy","contracts":"1","price":"2","timenow":"2026-02-19T14:32:07Z"}
        """
    private static let message =
        "event=entry_fill&exchange=Binance&base_currency=BTC&quote_currency=USDT&direction=Long"
        + "&amount=1e-07&open_rate=65000.1&pair=BTC%2FUSDT&enter_tag=None&trade_id=1"

    private func hook(
        _ web: WebWorld, _ kind: HookRecord.Kind = .tradingView, of authority: Authority,
        named name: String = "swing"
    ) async throws -> HookService.Made {
        try await web.services.hooks.create(
            name: name, kind: kind, portfolio: nil, strategy: nil, for: authority.caller)
    }

    private func call(
        _ web: WebWorld, _ path: String, _ body: String, type: String? = "application/json",
        headers: [(String, String)] = []
    ) async throws -> Reply {
        try await web.client.send(
            "POST", path, headers: (type.map { [("Content-Type", $0)] } ?? []) + headers,
            body: Array(body.utf8))
    }

    @Test(arguments: TestBackend.allCases)
    func `an alert is answered with its trade, sent again with the same`(
        _ backend: TestBackend
    ) async throws {
        try await WebWorld.run(on: backend) { web in
            let (ada, token) = try await web.member()
            let url = try await hook(web, of: ada).url
            let first = try await call(web, url, Self.alert)
            #expect(first.status == 200 && first.json["status"] == "stored")
            let again = try await call(web, url, Self.alert, type: "text/plain; charset=utf-8")
            #expect(again.status == 200 && again.json["status"] == "duplicate")
            #expect(again.json["trade_uid"] == first.json["trade_uid"])
            let positions = try await web.client.get("/v1/positions", token: token)
            #expect(positions.json["positions"]?[0]?["quantity"] == "1")
        }
    }

    @Test func `freqtrade's forms and JSON are taken`() async throws {
        try await WebWorld.run { web in
            let (ada, _) = try await web.member()
            let url = try await hook(web, .freqtrade, of: ada).url
            let form = try await call(
                web, url, Self.message, type: "application/x-www-form-urlencoded")
            #expect(form.json["status"] == "stored")
            let json = try await call(
                web, url,
                """
                {"event":"entry_fill","exchange":"Binance","base_currency":"BTC",\
                "quote_currency":"USDT","direction":"Long","amount":"1e-07","open_rate":65000.1}
                """)
            #expect(json.json["status"] == "stored", "\(json.text)")
            let other = try await call(web, url, "{\"event\":\"status\"}")
            #expect(other.status == 200 && other.json["status"] == "ignored")
            #expect(try await web.base.count(of: "trades") == 2)
        }
    }

    @Test func `what can't be mapped is answered with 200 and its reason`() async throws {
        try await WebWorld.run { web in
            let (ada, _) = try await web.member()
            let url = try await hook(web, of: ada).url
            for body in ["buy!", "", "{}", "{\"ticker\":"] {
                let reply = try await call(web, url, body, type: "text/plain")
                #expect(reply.status == 200 && reply.json["status"] == "quarantined")
                #expect(reply.json["error"]?["code"] == "INVALID_FIELD")
            }
            #expect(try await web.base.count(of: "hook_deliveries") == 4)
        }
    }

    @Test func `who does not know the secret finds nothing`() async throws {
        try await WebWorld.run { web in
            let (ada, token) = try await web.member()
            let made = try await hook(web, of: ada)
            let last = made.secret.dropLast()
            for path in [
                "/v1/hooks/tradingview/x", "/v1/hooks/tradingview/\(last)0",
                "/v1/hooks/tradingview/\(last)%00", "/v1/hooks/freqtrade/\(made.secret)",
                made.openURL, "/v1/hooks/freqtrade/\(made.hook.uid)",
                "/v1/hooks/tradingview/\(token)",
                "/v1/hooks/tradingview/swing",
            ] {
                let reply = try await call(web, path, Self.alert)
                let status = path.hasSuffix("%00") ? 422 : 404
                #expect(reply.status == status, "\(path)")
            }
            #expect(try await web.base.count(of: "trades") == 0)
            #expect(try await web.client.get(made.url).status == 405)
            let proven = Self.alert.dropLast() + ",\"secret\":\"\(made.secret)\"}"
            #expect(
                try await call(web, made.openURL, String(proven)).json["status"] == "stored")
        }
    }

    @Test func `a hook has limits of its own`() async throws {
        try await WebWorld.run(limits: WebLimits(requestsPerMinutePerToken: 3)) { web in
            let (ada, _) = try await web.member()
            let url = try await hook(web, of: ada).url
            let long = String(repeating: " ", count: 64 << 10)
            #expect(try await call(web, url, Self.alert + long).status == 413)
            let exact = Self.alert + long.dropLast(Self.alert.utf8.count)
            #expect(try await call(web, url, exact).json["status"] == "stored")
            let packed = try await call(
                web, url, Self.alert, headers: [("Content-Encoding", "br")])
            #expect(packed.status == 415)
            let tooMany = try await call(web, url, Self.alert)
            #expect(tooMany.status == 429 && tooMany.code == "RATE_LIMITED")
            #expect(tooMany.header("retry-after") == "20")
            #expect(tooMany.text.contains("this hook is used too often"))
            let other = try await hook(web, of: ada, named: "other").url
            #expect(try await call(web, other, Self.alert).json["status"] == "stored")
        }
    }

    @Test func `while the database is away a call has to be sent again`() async throws {
        try await TestBackend.sqlite.withDatabase { database in
            let faulty = FaultyDatabase(database)
            try await WebWorld.run(over: faulty) { web in
                let (ada, _) = try await web.member()
                let url = try await hook(web, of: ada).url
                faulty.fail(with: .unavailable(detail: "gone"))
                let away = try await call(web, url, Self.alert)
                #expect(away.status == 503 && away.header("retry-after") == "5")
                faulty.fail(with: nil)
                #expect(try await call(web, url, Self.alert).json["status"] == "stored")
            }
        }
    }

    @Test func `what is on disk is not asked for again, and stored later`() async throws {
        try await TestBackend.sqlite.withDatabase { database in
            let faulty = FaultyDatabase(database)
            try await WebWorld.run(over: faulty) { web in
                let (ada, _) = try await web.member()
                let url = try await hook(web, .freqtrade, of: ada).url
                let type = "application/x-www-form-urlencoded"
                faulty.fail(with: .unavailable(detail: "gone"), fillsOnly: true)
                let reply = try await call(web, url, Self.message, type: type)
                #expect(reply.status == 200 && reply.json["status"] == "received")
                #expect(try await web.base.count(of: "trades") == 0)
                faulty.fail(with: nil)
                await web.world.advance(seconds: 61)
                for _ in 0..<2 { try await web.services.hookIntake.resume() }
                #expect(try await web.base.count(of: "trades") == 1)
                #expect(try await web.base.count(of: "hook_deliveries") == 0)
            }
        }
    }

    @Test func `a full quarantine is answered with 507`() async throws {
        try await WebWorld.run { web in
            let (ada, _) = try await web.member()
            let made = try await hook(web, of: ada)
            let now = web.world.now()
            try await web.base.database.write { tx in
                for index in 0..<Limits.quarantinedPerUser {
                    try HookDeliveries.insert(
                        uid: "full-\(index)", hook: made.hook.id, status: .quarantined,
                        identity: nil, contentType: nil, body: [], reason: nil, now: now,
                        for: ada.caller, in: tx)
                }
            }
            let reply = try await call(web, made.url, "buy!", type: nil)
            #expect(reply.status == 507 && reply.code == "QUARANTINE_FULL")
            #expect(try await call(web, made.url, Self.alert).json["status"] == "stored")
        }
    }

    @Test func `neither the secret nor what was sent is logged`() async throws {
        try await WebWorld.run { web in
            let (ada, _) = try await web.member()
            let made = try await hook(web, of: ada)
            _ = try await call(web, made.url, Self.alert)
            _ = try await call(web, made.url, "BODYSECRET")
            _ = try await call(web, "/v1/hooks/tradingview/PATHSECRET", Self.alert)
            #expect(web.log.requests.count == 3)
            #expect(
                web.log.requests.allSatisfy {
                    $0.metadata["path"] == "/v1/hooks/tradingview/{hook}"
                })
            #expect(!web.log.text.contains("SECRET"))
            #expect(!web.log.text.contains(made.secret))
        }
    }
}
