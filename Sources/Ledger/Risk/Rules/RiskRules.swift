/// The one list of rules.
public enum RiskRules {
    public static let all: [any RiskRule.Type] = [
        MaxRiskPerTrade.self, MaxOrderNotional.self, MaxExposurePerInstrument.self,
        MaxExposurePerAssetType.self, MaxExposurePerCurrency.self, MaxTotalExposure.self,
        MaxPositionQuantity.self, MaxOpenPositions.self, MaxLeverage.self, DailyLossLimit.self,
        WeeklyLossLimit.self, MaxDrawdown.self, MaxHeat.self, MaxTradesPerDay.self,
        LossCooldown.self, AllowedInstruments.self, ForbiddenInstruments.self, TradingHours.self,
        NoShort.self, FatFinger.self, DuplicateOrder.self,
    ]

    public static func named(_ key: String) -> (any RiskRule.Type)? {
        all.first { $0.about.key == key.lowercased() }
    }

    /// Reads what a policy's configuration says: `rule`, `action`, and the fields of the rule.
    /// `zone` finds a time zone by its name.
    public static func read(
        _ configuration: [String: RiskValue], zone: (String) -> TimeZoneRules?
    ) throws(RiskConfigFault) -> (action: RiskAction, rule: any RiskRule) {
        guard let rule = text("rule", of: configuration).flatMap(named) else {
            throw unknown("rule", expected: all.map { $0.about.key })
        }
        guard
            let action = text("action", of: configuration)
                .flatMap({ RiskAction(rawValue: $0.uppercased()) })
        else { throw unknown("action", expected: RiskAction.allCases.map(\.rawValue)) }
        let fields = configuration.filter { $0.key != "rule" && $0.key != "action" }
        let settings = try RiskSettings(fields, of: rule.about.fields, zone: zone)
        return (action, try rule.init(settings))
    }

    private static func text(
        _ field: String, of configuration: [String: RiskValue]
    ) -> String? {
        if case .text(let text)? = configuration[field] { text } else { nil }
    }

    private static func unknown(_ field: String, expected names: [String]) -> RiskConfigFault {
        RiskConfigFault(
            field: field, detail: "expected one of \(names.joined(separator: ", "))")
    }
}
