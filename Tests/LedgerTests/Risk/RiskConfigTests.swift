import Ledger
import Testing

/// What policies' configurations may say.
@Suite struct RiskConfigTests {
    private typealias Values = [String: RiskValue]

    private func fault(_ values: [String: RiskValue]) -> RiskConfigFault? {
        do {
            _ = try RiskRules.read(values, zone: RiskSample.zone)
            return nil
        } catch {
            return error
        }
    }

    private static let limit: Values = ["rule": .text("max_heat"), "action": .text("WARN")]
    private static let hours: Values = [
        "rule": .text("trading_hours"), "action": .text("BLOCK"), "from": .text("09:00"),
        "to": .text("17:00"),
    ]
    private static let pause: Values = [
        "rule": .text("loss_cooldown"), "action": .text("BLOCK"), "losses": .number(2),
        "minutes": .number(30),
    ]
    private static let drawdown: Values = [
        "rule": .text("max_drawdown"), "action": .text("BLOCK"), "max_percent": .number(10),
    ]

    @Test(
        arguments: [
            (["action": .text("BLOCK")], "rule"),
            (["rule": .text("max_hope"), "action": .text("BLOCK")], "rule"),
            (["rule": .number(1), "action": .text("BLOCK")], "rule"),
            (["rule": .text("max_heat")], "action"),
            (["rule": .text("max_heat"), "action": .text("PRAY")], "action"),
            (limit, "max_amount"),
            (
                limit.merging(["max_amount": .number(1), "max_percent": .number(1)]) { $1 },
                "max_percent"
            ),
            (limit.merging(["max_amount": .number(-1)]) { $1 }, "max_amount"),
            (limit.merging(["max_amount": .text("1,000")]) { $1 }, "max_amount"),
            (limit.merging(["max_amount": .list(["1"])]) { $1 }, "max_amount"),
            (limit.merging(["max_percent": .number(100_001)]) { $1 }, "max_percent"),
            (
                limit.merging(["max_percent": .number(1), "max_hope": .number(1)]) { $1 },
                "max_hope"
            ),
            (
                limit.merging(["max_percent": .number(1), "assumed_stop_percent": .text("all")]) {
                    $1
                },
                "assumed_stop_percent"
            ),
            (hours.merging(["to": .text("09:00")]) { $1 }, "to"),
            (hours.merging(["to": .text("24:01")]) { $1 }, "to"),
            (hours.merging(["from": .text("24:00")]) { $1 }, "from"),
            (hours.merging(["from": .text("9:00")]) { $1 }, "from"),
            (hours.merging(["from": .number(9)]) { $1 }, "from"),
            (hours.merging(["days": .list(["MON", "MOON"])]) { $1 }, "days"),
            (hours.merging(["days": .list([])]) { $1 }, "days"),
            (hours.merging(["zone": .text("Atlantis")]) { $1 }, "zone"),
            (pause.merging(["losses": .number(0)]) { $1 }, "losses"),
            (pause.merging(["losses": .number(21)]) { $1 }, "losses"),
            (pause.merging(["minutes": .text("2.5")]) { $1 }, "minutes"),
            (drawdown.merging(["max_percent": .number(101)]) { $1 }, "max_percent"),
            (drawdown.merging(["then": .text("ACTIVE")]) { $1 }, "then"),
            (["rule": .text("duplicate_order"), "action": .text("WARN")], "seconds"),
            (["rule": .text("allowed_instruments"), "action": .text("WARN")], "symbols"),
            (
                [
                    "rule": .text("allowed_instruments"), "action": .text("WARN"),
                    "symbols": .list(["AAPL", ""]),
                ], "symbols"
            ),
            (
                ["rule": .text("no_short"), "action": .text("WARN"), "asset_types": .text("HOPE")],
                "asset_types"
            ),
            (
                [
                    "rule": .text("max_exposure_per_currency"), "action": .text("WARN"),
                    "max_amount": .number(1), "currencies": .list(["U$"]),
                ], "currencies"
            ),
        ] as [([String: RiskValue], String)])
    func `a configuration that is none is told by its field`(
        values: [String: RiskValue], field: String
    ) {
        let fault = fault(values)
        #expect(fault?.field == field)
        #expect(fault?.detail.isEmpty == false)
    }

    @Test func `names are taken in any case, numbers in texts too`() throws {
        let (action, rule) = try RiskRules.read(
            [
                "rule": .text("Trading_Hours"), "action": .text("reduce_size"),
                "from": .text("22:00"), "to": .text("24:00"), "days": .list(["sun"]),
                "zone": .text("UTC+1"),
            ], zone: RiskSample.zone)
        #expect(action == .reduceSize)
        #expect(type(of: rule).about.key == "trading_hours")
        _ = try RiskSample.rule("max_heat", ["max_percent": .text("6.5")])
    }

    @Test func `every rule has a name of its own and fields that can be asked for`() {
        let keys = RiskRules.all.map { $0.about.key }
        #expect(Set(keys).count == keys.count)
        for rule in RiskRules.all {
            #expect(RiskRules.named(rule.about.key) == rule)
            #expect(!rule.about.title.isEmpty && !rule.about.explanation.isEmpty)
            let fields = rule.about.fields
            #expect(Set(fields.map(\.key)).count == fields.count)
            for field in fields {
                #expect(!field.explanation.isEmpty && !field.expected.isEmpty, "\(field.key)")
                #expect(field.key != "rule" && field.key != "action")
                guard case .oneOf(let others) = field.need else { continue }
                #expect(others.allSatisfy { key in fields.contains { $0.key == key } })
            }
        }
    }

    @Test(arguments: RiskRules.all.map { $0.about.key })
    func `what a rule needs is missed by name, and what it does not know too`(
        key: String
    ) throws {
        let rule = try #require(RiskRules.named(key))
        let names: Values = ["rule": .text(key), "action": .text("WARN")]
        #expect(fault(names.merging(["hope": .number(1)]) { $1 })?.field == "hope")
        let complete = names.merging(try #require(RiskSample.tightest[key])) { $1 }
        #expect(fault(complete) == nil)
        for field in rule.about.fields where field.need == .always {
            #expect(fault(complete.filter { $0.key != field.key })?.field == field.key)
        }
    }
}

extension RiskSample {
    /// For each rule a configuration that anything exceeds, as far as there is one.
    static let tightest: [String: [String: RiskValue]] = [
        "max_risk_per_trade": ["max_amount": .number(0)],
        "max_order_notional": ["max_amount": .number(0)],
        "max_exposure_per_instrument": ["max_amount": .number(0)],
        "max_exposure_per_asset_type": ["max_percent": .number(0)],
        "max_exposure_per_currency": ["max_amount": .number(0)],
        "max_total_exposure": ["max_percent": .number(0)],
        "max_position_quantity": ["max_quantity": .number(0)],
        "max_open_positions": ["max_count": .number(0)],
        "max_leverage": ["max_ratio": .number(0)],
        "daily_loss_limit": ["max_percent": .number(0), "then": .text("REDUCING")],
        "weekly_loss_limit": ["max_amount": .number(0), "then": .text("HALTED")],
        "max_drawdown": ["max_percent": .number(0), "then": .text("REDUCING")],
        "max_heat": ["max_amount": .number(0)],
        "max_trades_per_day": ["max_count": .number(0)],
        "loss_cooldown": ["losses": .number(1), "minutes": .number(60)],
        "allowed_instruments": ["symbols": .list(["NONE"])],
        "forbidden_instruments": ["symbols": .list(["AAPL"])],
        "trading_hours": ["from": .text("00:00"), "to": .text("00:01"), "days": .list(["SUN"])],
        "no_short": [:],
        "fat_finger": ["max_percent": .number(0)],
        "duplicate_order": ["seconds": .number(60)],
    ]
}
