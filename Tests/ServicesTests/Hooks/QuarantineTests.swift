import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import Wire
import World

/// What can't be mapped is kept with its reason, tried again, or discarded; never dropped.
struct QuarantineTests {
    @Test(arguments: TestBackend.allCases)
    func `what can't be read is kept as it came, and its owner is told`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let ada = try await world.member()
            let hook = try await world.hook(of: ada)
            let cases: [([UInt8], String?, String)] = [
                (Array("".utf8), nil, "quarantined INVALID_FIELD"),
                (Array("buy now!".utf8), "text/plain", "quarantined INVALID_FIELD"),
                ([0xFF, 0, 0x7B], "text/plain", "quarantined INVALID_FIELD"),
                (Array("{\"ticker\":".utf8), "application/json", "quarantined INVALID_FIELD"),
                (Array("[1]".utf8), "application/json", "quarantined INVALID_FIELD"),
                (Array("{}".utf8), nil, "quarantined INVALID_FIELD symbol"),
                (
                    Array(alert(at: "{{strategy.order.price}}").utf8), nil,
                    "quarantined INVALID_FIELD price"
                ),
                (Array(alert(at: "None").utf8), nil, "quarantined INVALID_FIELD price"),
                (Array(alert("buy", "0").utf8), nil, "quarantined INVALID_FIELD quantity"),
                (Array(alert("buy", "1e21").utf8), nil, "quarantined OUT_OF_RANGE quantity"),
                (Array(alert(time: "null").utf8), nil, "quarantined INVALID_FIELD exec_time"),
                (Array("a=%zz".utf8), formType, "quarantined INVALID_FIELD"),
            ]
            for (body, type, expected) in cases {
                #expect(try await world.call(hook, body, type: type).words == expected)
            }
            let kept = try await world.quarantined(ada)
            #expect(kept.map(\.body) == cases.map(\.0))
            #expect(kept.map(\.contentType) == cases.map(\.1))
            #expect(kept.allSatisfy { $0.reason?.detail.isEmpty == false && $0.times == 1 })
            #expect(try await world.count(of: "trades") == 0)
            #expect(try await world.hookNow(hook, ada).calls == cases.count)
            // Told once in a quarter of an hour.
            guard case .quarantined("swing", _, 1)? = try await world.notices(ada).first else {
                Issue.record("\(try await world.notices(ada))")
                return
            }
            #expect(try await world.notices(ada).count == 1)
            await world.world.advance(seconds: 899)
            _ = try await world.call(hook, "x1", type: nil)
            #expect(try await world.notices(ada).count == 1)
            await world.world.advance(seconds: 1)
            _ = try await world.call(hook, "x2", type: nil)
            #expect(try await world.notices(ada).count == 2)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `what was kept becomes a trade when the template is mended`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let ada = try await world.member()
            let bob = try await world.member(1002)
            let hook = try await world.hook(of: ada)
            let body =
                #"{"sym":"BTCUSDT","do":"buy","n":"1","p":"2","timenow":"2026-02-19T14:32:07Z"}"#
            #expect(
                try await world.call(hook, body).words == "quarantined INVALID_FIELD symbol")
            let kept = try #require(try await world.quarantined(ada).first)
            let quarantine = world.services.quarantine
            guard
                case .fill(.rejected(let refusal)) = try await quarantine.retry(
                    kept.id, for: ada.caller)
            else {
                Issue.record("nothing was mended yet")
                return
            }
            #expect(refusal.field == "symbol")
            _ = try await world.services.hooks.setTemplate(
                """
                {"fill":{"symbol":"{{sym}}","asset_type":"CRYPTO","currency":"USDT","side":"{{do}}",
                "quantity":"{{n}}","price":"{{p}}","exec_time":"{{timenow}}"}}
                """, of: "swing", for: ada.caller)
            await #expect(throws: ServiceError.self) {
                _ = try await quarantine.retry(kept.id, for: bob.caller)
            }
            guard
                case .fill(.accepted(let uid)) = try await quarantine.retry(
                    kept.id, for: ada.caller)
            else {
                Issue.record("the template fits now")
                return
            }
            #expect(try await world.quarantined(ada).isEmpty)
            #expect(
                try await world.texts("SELECT status FROM hook_deliveries") == ["RETRIED"])
            await #expect(throws: ServiceError.self) {
                _ = try await quarantine.retry(kept.id, for: ada.caller)
            }
            // Sent again by TradingView it is known.
            #expect(try await world.call(hook, body) == .duplicate(tradeUID: uid))
            #expect(try await world.hookNow(hook, ada).fills == 1)
            try await world.expectVerified()
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `what is discarded waits no more, also when it is sent again`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let ada = try await world.member()
            let bob = try await world.member(1002)
            let hook = try await world.hook(of: ada)
            for index in 0..<3 { _ = try await world.call(hook, "nonsense \(index)", type: nil) }
            let ids = try await world.quarantined(ada).map(\.id)
            let quarantine = world.services.quarantine
            #expect(try await quarantine.discard(ids, for: bob.caller) == 0)
            #expect(try await quarantine.discard(Array(ids.prefix(2)), for: ada.caller) == 2)
            #expect(try await quarantine.discard(ids, for: ada.caller) == 1)
            #expect(try await quarantine.discard(ids, for: ada.caller) == 0)
            #expect(
                try await world.call(hook, "nonsense 1", type: nil).words
                    == "quarantined INVALID_FIELD")
            #expect(try await world.quarantined(ada).isEmpty)
            #expect(try await world.count(of: "hook_deliveries", where: "times = 2") == 1)
            #expect(
                try await world.count(
                    of: "audit_log", where: "entity_type = 'HOOK' AND action = 'REJECT'") == 3)
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a full quarantine refuses what is new, and says so`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let ada = try await world.member()
            let hook = try await world.hook(of: ada)
            _ = try await world.call(hook, "first", type: nil)
            let time = world.world.now().description
            try await world.database.write { tx in
                for index in 1..<Limits.quarantinedPerUser {
                    try HookDeliveries.insert(
                        uid: "full-\(index)", hook: hook.hook.id, status: .quarantined,
                        identity: nil, contentType: nil, body: [], reason: nil,
                        now: Timestamp(canonical: time) ?? world.world.now(), for: ada.caller,
                        in: tx)
                }
            }
            await world.world.advance(seconds: 900)
            #expect(try await world.call(hook, "one more", type: nil).words == "full")
            #expect(try await world.notices(ada).last == .quarantineFull(hook: "swing"))
            // What is there already is known, and what can be stored is.
            #expect(
                try await world.call(hook, "first", type: nil).words
                    == "quarantined INVALID_FIELD")
            #expect(try await world.call(hook, alert()).words == "stored")
            let first = try #require(try await world.quarantined(ada).first)
            _ = try await world.services.quarantine.discard([first.id], for: ada.caller)
            #expect(
                try await world.call(hook, "one more", type: nil).words
                    == "quarantined INVALID_FIELD")
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `a full quarantine is no reason to lose a sound message of freqtrade`(
        _ backend: TestBackend
    ) async throws {
        try await ServiceWorld.run(on: backend) { world in
            let ada = try await world.member()
            let hook = try await world.hook("bot", .freqtrade, of: ada)
            let now = world.world.now()
            try await world.database.write { tx in
                for index in 0..<Limits.quarantinedPerUser {
                    try HookDeliveries.insert(
                        uid: "full-\(index)", hook: hook.hook.id, status: .quarantined,
                        identity: nil, contentType: nil, body: [], reason: nil, now: now,
                        for: ada.caller, in: tx)
                }
            }
            let sound = webhook("entry_fill")
            #expect(try await world.call(hook, sound, type: formType).words == "stored")
            // What the ledger refuses needs room, and leaves nothing where there is none.
            let refused = webhook("entry_fill", amount: "1e19")
            #expect(try await world.call(hook, refused, type: formType).words == "full")
            #expect(
                try await world.count(of: "hook_deliveries") == Limits.quarantinedPerUser)
            let first = try #require(try await world.quarantined(ada).first)
            _ = try await world.services.quarantine.discard([first.id], for: ada.caller)
            #expect(
                try await world.call(hook, refused, type: formType).words
                    == "quarantined OUT_OF_RANGE quantity")
            try await world.expectVerified()
        }
    }

    @Test func `a caller can't claim that its message is one of ours`() async throws {
        try await ServiceWorld.run(on: .sqlite) { world in
            let ada = try await world.member()
            let hook = try await world.hook(of: ada)
            for type in [
                "application/x-blotter-fill+json", "Application/X-Blotter-Fill+JSON; a=b",
                "application/x-freqtrade-order+json",
            ] {
                let body = fill("mine", "BUY", "1", at: "2", portfolio: "other")
                #expect(
                    try await world.call(hook, body, type: type).words
                        == "quarantined INVALID_FIELD symbol")
                let alert = alert(order: type)
                #expect(try await world.call(hook, alert, type: type).words == "stored")
            }
            #expect(try await world.quarantined(ada).map(\.contentType) == [nil])
        }
    }

    @Test func `refusals of the ledger are kept too`() async throws {
        try await ServiceWorld.run(on: .sqlite) { world in
            let ada = try await world.member()
            let hook = try await world.hook(of: ada)
            let unknown = alert().replacing("\"asset_type\":\"CRYPTO\",", with: "")
            #expect(
                try await world.call(hook, unknown).words == "quarantined UNKNOWN_INSTRUMENT symbol"
            )
            #expect(try await world.call(hook, alert()).words == "stored")
            let kept = try #require(try await world.quarantined(ada).first)
            guard
                case .fill(.accepted) = try await world.services.quarantine.retry(
                    kept.id, for: ada.caller)
            else {
                Issue.record("the instrument is known now")
                return
            }
            #expect(try await world.count(of: "trades") == 2)
        }
    }

    /// Whatever comes is a trade, in quarantine, or somebody else's.
    @Test(arguments: [71, 72] as [UInt64])
    func `nothing that comes is dropped, whatever it is`(_ seed: UInt64) async throws {
        try await ServiceWorld.run(on: .sqlite) { world in
            let ada = try await world.member()
            let hooks = [
                try await world.hook("tv", of: ada),
                try await world.hook("ft", .freqtrade, of: ada),
            ]
            let originals = [
                alert(before: ("flat", "0"), after: ("long", "0.5")), "ticker=A,price=1",
                webhook("entry_fill"), webhook("exit_fill", close: "66000"),
            ].map { Array($0.utf8) }
            let types = [nil, "application/json", "text/plain", formType]
            var random = Mutations(seed: seed)
            var counts: [String: Int] = [:]
            for _ in 0..<300 {
                let body = random.mutate(originals[random.below(originals.count)])
                let hook = hooks[random.below(2)]
                let answer = try await world.call(
                    hook, Array(body.prefix(Limits.hookBodyBytes)),
                    type: types[random.below(types.count)])
                let word = answer.words.split(separator: " ").first.map(String.init) ?? ""
                counts[word, default: 0] += 1
            }
            #expect(counts["full"] == nil && counts["nobody"] == nil, "seed \(seed)")
            #expect(try await world.count(of: "trades") == counts["stored"] ?? 0, "seed \(seed)")
            let kept = try await world.quarantined(ada)
            #expect(
                kept.reduce(0) { $0 + $1.times } == counts["quarantined"] ?? 0, "seed \(seed)")
            #expect((counts["stored"] ?? 0) > 5 && kept.count > 50, "seed \(seed): \(counts)")
            for delivery in kept {
                guard
                    case .fill(.rejected) = try await world.services.quarantine.retry(
                        delivery.id, for: ada.caller)
                else {
                    Issue.record("seed \(seed): what was refused is taken unchanged")
                    continue
                }
            }
            try await world.expectVerified()
        }
    }
}

/// Random changes to bytes, the same for the same seed (SplitMix64).
private struct Mutations {
    private static let alphabet = Array(#"{}[]",:=&%+\u0123456789E-. \n"#.utf8)
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    private mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }

    mutating func below(_ count: Int) -> Int { Int(next() % UInt64(count)) }

    /// None to three changes.
    mutating func mutate(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<below(4) where !bytes.isEmpty {
            let place = below(bytes.count)
            switch below(4) {
            case 0: bytes[place] = Self.alphabet[below(Self.alphabet.count)]
            case 1: bytes.insert(UInt8(truncatingIfNeeded: next()), at: place)
            case 2: bytes.remove(at: place)
            default: bytes.removeSubrange(place..<min(bytes.count, place + below(20)))
            }
        }
        return bytes
    }
}
