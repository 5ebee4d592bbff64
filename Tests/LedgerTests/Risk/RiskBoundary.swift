import Ledger
import Testing

/// A rule whose figure can be set: for each of `values` it has to be exceeded above `limit` alone.
struct RiskBoundary: Sendable, CustomTestStringConvertible {
    struct Facts {
        var holdings: [RiskHolding] = []
        var order: RiskOrder?
        var openOrders: [RiskOrder] = []
        var recentOrders: [RiskOrder] = []
        var figures = RiskSample.calm
    }

    let name: String
    let rule: String
    let fields: [String: RiskValue]
    let limit: Decimal
    /// How far beside the limit is looked.
    let step: Decimal
    /// Whether the rule tells the figure itself, not only that it is exceeded.
    let tellsFigure: Bool
    /// Facts in which the figure stands at a value, for long (1) or short (-1).
    let facts: @Sendable (_ figure: Decimal, _ direction: Decimal) throws -> Facts

    var testDescription: String { name }

    init(
        _ name: String, _ rule: String, _ fields: [String: RiskValue], limit: Decimal,
        step: Decimal = Decimal(units: 1_000_000_000_000_000), tellsFigure: Bool = true,
        _ facts: @escaping @Sendable (Decimal, Decimal) throws -> Facts
    ) {
        self.name = name
        self.rule = rule
        self.fields = fields
        self.limit = limit
        self.step = step
        self.tellsFigure = tellsFigure
        self.facts = facts
    }
}

extension RiskBoundary {
    private typealias This = RiskSample

    /// An order of 10 that is worth `money` at its limit price.
    private static func order(worth money: Decimal, _ direction: Decimal) throws -> RiskOrder {
        try This.order(
            try 10 * direction, This.instrument(), .limit(try money.divided(by: 10)))
    }

    /// 4 that are held at a mark of 50, and an order that makes it worth `money` in all.
    private static func held(_ money: Decimal, _ direction: Decimal) throws -> Facts {
        let instrument = try This.instrument(mark: 50)
        return Facts(
            holdings: [This.holding(try 4 * direction, instrument)],
            order: try This.order(
                try 10 * direction, instrument, .limit(try (money - 200).divided(by: 10))))
    }

    /// 10 that are worth `money`, and no order.
    private static func standing(_ money: Decimal, _ direction: Decimal) throws -> Facts {
        let instrument = try This.instrument(mark: try money.divided(by: 10))
        return Facts(holdings: [This.holding(try 10 * direction, instrument)])
    }

    /// 4 held, open orders for 2 at 50 that add to it, one that would close, and an order.
    private static func waiting(_ money: Decimal, _ direction: Decimal) throws -> Facts {
        let instrument = try This.instrument(mark: 50)
        return Facts(
            holdings: [This.holding(try 4 * direction, instrument)],
            order: try This.order(
                try 10 * direction, instrument, .limit(try (money - 300).divided(by: 10))),
            openOrders: [
                try This.order(try 2 * direction, instrument, .limit(50)),
                try This.order(try -4 * direction, instrument, .limit(60)),
                try This.order(try 9 * direction, instrument, .limit(50), reduceOnly: true),
            ])
    }

    private static func any(
        _ figures: RiskFigures, _ direction: Decimal
    ) throws -> Facts {
        Facts(order: try This.order(direction, This.instrument()), figures: figures)
    }

    private static let thousand: [String: RiskValue] = ["max_amount": .text("1000")]

    private static let exposures: [RiskBoundary] = [
        "max_exposure_per_instrument", "max_exposure_per_asset_type",
        "max_exposure_per_currency", "max_total_exposure",
    ].flatMap { rule in
        [
            RiskBoundary("\(rule), order", rule, thousand, limit: 1000, held),
            RiskBoundary("\(rule), standing", rule, thousand, limit: 1000, standing),
            RiskBoundary("\(rule), open orders", rule, thousand, limit: 1000, waiting),
            RiskBoundary(
                "\(rule), percent", rule, ["max_percent": .number(20)], limit: 20
            ) { figure, direction in try held(try figure * 100, direction) },
        ]
    }

    private static let sizes: [RiskBoundary] = [
        RiskBoundary("order notional", "max_order_notional", thousand, limit: 1000) {
            Facts(order: try order(worth: $0, $1))
        },
        RiskBoundary(
            "order notional, percent", "max_order_notional", ["max_percent": .text("5")], limit: 5
        ) { Facts(order: try order(worth: try $0 * 100, $1)) },
        RiskBoundary(
            "order notional through zero", "max_order_notional", thousand, limit: 1000
        ) { figure, direction in
            let instrument = try This.instrument()
            let pricing = OrderPricing.limit(try figure.divided(by: 10))
            return Facts(
                holdings: [This.holding(try -5 * direction, instrument)],
                order: try This.order(try 15 * direction, instrument, pricing))
        },
        RiskBoundary("risk per trade", "max_risk_per_trade", thousand, limit: 1000) {
            let stop = try 500 - $1 * $0.divided(by: 10)
            return Facts(
                order: try This.order(try 10 * $1, This.instrument(), .limit(500), stop: stop))
        },
        RiskBoundary(
            "risk per trade, percent", "max_risk_per_trade", ["max_percent": .number(1)], limit: 1
        ) {
            let stop = try 500 - $1 * $0 * 10
            return Facts(
                order: try This.order(try 10 * $1, This.instrument(), .limit(500), stop: stop))
        },
        RiskBoundary(
            "risk per trade without a stop", "max_risk_per_trade",
            thousand.merging(["assumed_stop_percent": .number(20)]) { $1 }, limit: 1000
        ) { Facts(order: try order(worth: try $0 * 5, $1)) },
        RiskBoundary(
            "position", "max_position_quantity", ["max_quantity": .number(30)], limit: 30
        ) {
            let instrument = try This.instrument()
            return Facts(
                holdings: [This.holding(try 20 * $1, instrument)],
                order: try This.order(try ($0 - 20) * $1, instrument))
        },
        RiskBoundary(
            "position, standing", "max_position_quantity", ["max_quantity": .number(30)], limit: 30
        ) { Facts(holdings: [This.holding(try $0 * $1, try This.instrument())]) },
        RiskBoundary(
            "open positions", "max_open_positions", ["max_count": .number(3)], limit: 3, step: 1
        ) { figure, direction in
            var facts = Facts(order: try This.order(direction, This.instrument("NEW", 99)))
            for number in 1..<4 where Decimal(number) < figure {
                let instrument = try This.instrument("AAPL", Int64(number))
                facts.holdings.append(This.holding(direction, instrument))
            }
            return facts
        },
        RiskBoundary("leverage", "max_leverage", ["max_ratio": .text("0.1")], limit: tenth) {
            try held(try $0 * 10_000, $1)
        },
        RiskBoundary(
            "leverage, standing", "max_leverage", ["max_ratio": .text("0.1")], limit: tenth
        ) {
            try standing(try $0 * 10_000, $1)
        },
        RiskBoundary("heat", "max_heat", thousand, limit: 1000) { figure, direction in
            // 400 at risk is held; 10 with a stop make up the rest.
            let instrument = try This.instrument(mark: 500)
            let stop = try 500 - direction * (figure - 400).divided(by: 10)
            return Facts(
                holdings: [
                    This.holding(
                        try 4 * direction, instrument, stop: try 500 - 100 * direction)
                ],
                order: try This.order(try 10 * direction, instrument, stop: stop))
        },
        RiskBoundary("heat, standing", "max_heat", thousand, limit: 1000) { figure, direction in
            // 250 without a stop, nothing where the stop is in profit.
            let (one, two) = (try This.instrument(), try This.instrument("B", 2))
            let stop = try 100 - direction * (figure - 250).divided(by: 10)
            return Facts(holdings: [
                This.holding(try 10 * direction, one, stop: stop),
                This.holding(try decimal("2.5") * direction, two),
                This.holding(
                    try 50 * direction, two, stop: try 100 + direction, for: This.momentum),
            ])
        },
    ]

    private static let tenth = Decimal(units: 100_000_000_000_000_000)

    private static let losses: [RiskBoundary] = [
        RiskBoundary("daily loss", "daily_loss_limit", thousand, limit: 1000) {
            var figures = This.calm
            figures.dayProfit = -$0
            return try any(figures, $1)
        },
        RiskBoundary(
            "daily loss, percent", "daily_loss_limit", ["max_percent": .text("3")], limit: 3
        ) {
            var figures = This.calm
            figures.dayProfit = try -$0 * 100
            figures.equity = 9_000
            return try any(figures, $1)
        },
        RiskBoundary("weekly loss", "weekly_loss_limit", thousand, limit: 1000) {
            var figures = This.calm
            figures.weekProfit = -$0
            return try any(figures, $1)
        },
        RiskBoundary(
            "weekly loss, percent", "weekly_loss_limit", ["max_percent": .text("3")], limit: 3
        ) {
            var figures = This.calm
            figures.weekProfit = try -$0 * 100
            figures.dayStartEquity = 1
            return try any(figures, $1)
        },
        RiskBoundary("drawdown", "max_drawdown", ["max_percent": .number(10)], limit: 10) {
            var figures = This.calm
            figures.equity = try 10_000 - 100 * $0
            return try any(figures, $1)
        },
        RiskBoundary(
            "trades a day", "max_trades_per_day", ["max_count": .number(5)], limit: 5, step: 1
        ) { figure, direction in
            var figures = This.calm
            figures.tradesToday = Int(figure.units / Decimal.one.units) - 1
            return try any(figures, direction)
        },
        RiskBoundary(
            "pause after losses", "loss_cooldown", ["losses": .number(2), "minutes": .number(30)],
            limit: 0, step: 1, tellsFigure: false
        ) { figure, direction in
            let minutes = Int64((figure.units / Decimal.one.units) - 30)
            var figures = This.calm
            figures.closedResults = [
                ClosedResult(profit: -1, closedAt: This.now.adding(seconds: 60 * minutes)),
                ClosedResult(profit: -1, closedAt: This.now.adding(seconds: -90_000)),
                ClosedResult(profit: 1, closedAt: This.now.adding(seconds: -99_000)),
            ]
            return try any(figures, direction)
        },
    ]

    private static let slips: [RiskBoundary] = [
        RiskBoundary("price slip", "fat_finger", ["max_percent": .number(5)], limit: 5) {
            let price = try 100 + $0 * $1
            return Facts(order: try This.order($1, This.instrument(), .limit(price)))
        },
        RiskBoundary(
            "price slip, both sides", "fat_finger",
            ["max_percent": .number(5), "sides": .text("both")], limit: 5
        ) {
            let price = try 100 - $0 * $1
            return Facts(order: try This.order($1, This.instrument(), .limit(price)))
        },
        RiskBoundary(
            "price slip beyond the stop", "fat_finger", ["max_percent": .number(5)], limit: 5
        ) {
            let pricing = OrderPricing.stopLimit(stop: 200, limit: try 200 + 2 * $0 * $1)
            return Facts(order: try This.order($1, This.instrument(), pricing))
        },
        RiskBoundary(
            "same order twice", "duplicate_order", ["seconds": .number(10)], limit: 0, step: 1,
            tellsFigure: false
        ) { figure, direction in
            let seconds = Int64((figure.units / Decimal.one.units) - 10)
            let order = try This.order(direction, This.instrument(), .limit(9))
            let before = try This.order(
                direction, This.instrument(), .limit(9), time: This.now.adding(seconds: seconds))
            return Facts(order: order, recentOrders: [before])
        },
    ]

    static let all = exposures + sizes + losses + slips
}
