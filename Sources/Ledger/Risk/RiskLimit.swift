/// How much money is at most allowed: an amount, or a share of an equity.
enum RiskLimit: Sendable, Hashable {
    case amount(Decimal)
    /// 5 is 5 %.
    case percent(Decimal)

    private static let keys = ["max_amount", "max_percent"]

    /// `equity` says of which, for people.
    static func fields(of equity: String = "the equity") -> [RiskField] {
        [
            RiskField(
                "max_amount", .amount, need: .oneOf(keys), "At most so much money, in base currency"
            ),
            RiskField(
                "max_percent", .percent, need: .oneOf(keys), to: 100_000,
                "At most so many percent of \(equity)"),
        ]
    }

    init(_ settings: RiskSettings) throws(RiskConfigFault) {
        if let amount = settings.number("max_amount") {
            self = .amount(amount)
        } else {
            self = .percent(try settings.neededNumber("max_percent"))
        }
    }

    /// What it asks for beside the money.
    func figures(of equity: RiskFigure = .equity) -> Set<RiskFigure> {
        switch self {
        case .amount: []
        case .percent: [equity]
        }
    }

    /// Holds `money` against it, in the unit in which it is said. The equity is asked for only
    /// where a percentage needs it.
    func measure(
        _ money: Decimal, about subject: RiskSubject = .scope,
        of equity: () throws(RiskUnknown) -> Decimal
    ) throws(RiskUnknown) -> RiskMeasure {
        switch self {
        case .amount(let limit): RiskMeasure(money, of: limit, .money, about: subject)
        case .percent(let limit):
            try RiskMeasure(
                money, per: equity(), times: 100, of: limit, .percent, about: subject)
        }
    }
}

extension RiskMeasure {
    /// Of `money` ÷ `equity` × `factor`. Where there is no equity no money is allowed: then both
    /// are told as money.
    init(
        _ money: Decimal, per equity: Decimal, times factor: Decimal, of limit: Decimal,
        _ unit: RiskUnit, about subject: RiskSubject
    ) throws(RiskUnknown) {
        guard equity > .zero else {
            self.init(money, of: .zero, .money, about: subject)
            return
        }
        let observed = try computed { () throws(LedgerError) in
            try money.prorated(factor, of: equity)
        }
        self.init(observed, of: limit, unit, about: subject)
    }
}
