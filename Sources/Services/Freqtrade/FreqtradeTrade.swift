public import Ledger
public import Wire

/// A trade as freqtrade's REST API and its exports write it: what it bought and sold of one pair,
/// order by order.
///
/// Its numbers are printed from binary floats, and taken at 15 significant digits.
public struct FreqtradeTrade: Sendable {
    public let id: Int?
    /// `BTC/USDT`, for futures `BTC/USDT:USDT`.
    public let pair: String
    /// In upper case; nil where it is not told.
    public let exchange: String?
    public let isShort: Bool
    public let isOpen: Bool
    public let leverage: Decimal?
    public let isFuture: Bool
    public let orders: [FreqtradeOrder]
    fileprivate let base: String
    fileprivate let quote: String
    private let enterTag: String?
    private let exitReason: String?
    private let entryFee: FreqtradeFee
    private let exitFee: FreqtradeFee

    /// Throws a refusal that names the field.
    public init(_ json: JSONValue) throws(FillRefusal) {
        guard let pair = json["pair"]?.string else { throw .invalid("pair", "is missing") }
        let parts = pair.split(separator: "/", omittingEmptySubsequences: false)
        let quote = parts.count == 2 ? parts[1].prefix { $0 != ":" } : ""
        guard let base = parts.first, !base.isEmpty, !quote.isEmpty else {
            throw .invalid("pair", "expected BASE/QUOTE, found “\(FillRefusal.shortened(pair))”")
        }
        guard let orders = json["orders"]?.array else {
            throw .invalid("orders", "is missing: this bot is older than freqtrade 2022.1")
        }
        self.pair = pair
        self.base = String(base)
        self.quote = String(quote)
        id = json["trade_id"]?.integer
        exchange = json["exchange"]?.string.flatMap { $0.isEmpty ? nil : $0.uppercased() }
        isShort = json["is_short"]?.bool ?? false
        isOpen = json["is_open"]?.bool ?? false
        isFuture = json["trading_mode"]?.string == "futures" || pair.contains(":")
        leverage = try? PrintedFloat.decimal(json["leverage"])
        enterTag = json["enter_tag"]?.string
        exitReason = json["exit_reason"]?.string
        entryFee = FreqtradeFee(json, "fee_open")
        exitFee = FreqtradeFee(json, "fee_close")
        self.orders = orders.map(FreqtradeOrder.init)
    }

    /// A fill for each order of which something was filled and nothing more can be: only then are
    /// its quantity and average price final. In the order in which they stand.
    public func fills() -> [(order: FreqtradeOrder, fill: Result<FillReport, FillRefusal>)] {
        let filled = orders.filter(\.isFinal).map { (order: $0, isEntry: isEntry($0)) }
        let entries = filled.count(where: \.isEntry)
        return filled.map { order, isEntry in
            let isOnly = (isEntry ? entries : filled.count - entries) == 1
            let fill = Result { () throws(FillRefusal) in
                try report(order, isEntry ? entryFee : exitFee, isOnly: isOnly, isEntry: isEntry)
            }
            return (order, fill)
        }
    }

    private func isEntry(_ order: FreqtradeOrder) -> Bool {
        order.isEntry ?? (order.side(isShort: isShort) == (isShort ? .sell : .buy))
    }

    private func report(
        _ order: FreqtradeOrder, _ fee: FreqtradeFee, isOnly: Bool, isEntry: Bool
    ) throws(FillRefusal) -> FillReport {
        guard let id = order.id else { throw .invalid("order_id", "is missing or too long") }
        guard let side = order.side(isShort: isShort) else {
            throw .invalid("ft_order_side", "expected buy or sell")
        }
        let quantity = try order.filled()
        guard quantity > 0 else { throw .invalid("filled", "expected more than 0") }
        guard let price = try order.price() else { throw .invalid("average", "is missing") }
        guard let time = order.time else {
            throw .invalid("order_filled_timestamp", "is missing")
        }
        guard let currency = Currency(quote) else {
            throw .invalid("pair", "“\(FillRefusal.shortened(quote))” is no currency")
        }
        let paid = try fee.paid(
            for: order, quantity: quantity, price: price, isOnly: isOnly, base: Currency(base),
            quote: currency)
        var report = FillReport(
            brokerTradeID: ExactText("ft-\(id)"), symbol: ExactText(base + quote), side: side,
            quantity: quantity, price: price, execTime: time, brokerOrderID: ExactText(id),
            exchange: exchange.map { ExactText($0) }, assetType: isFuture ? .future : .crypto,
            currency: currency, fee: paid?.amount, feeCurrency: paid?.currency,
            metaJSON: metaJSON(isFeeEstimated: paid?.isEstimated ?? false),
            multiplier: isFuture ? .one : nil,
            reason: isEntry ? enterTag.reason : exitReason.reason)
        // The order was filled once, whichever hook or file tells of it, and under whose strategy.
        report.guessed = paid?.isEstimated == true ? [.strategy, .fee] : [.strategy]
        // Exchanges that number the orders of each pair for themselves.
        let besideOther = "\(report.brokerTradeID)-\(pair)"
        if besideOther.utf8.count <= FillLimits.idBytes {
            report.idBesideOtherSymbol = ExactText(besideOther)
        }
        return report
    }

    private func metaJSON(isFeeEstimated: Bool) -> String {
        let bytes = JSONWriter.object { meta in
            meta.write("source", "freqtrade")
            if let id { meta.write("trade_id", id) }
            meta.write("pair", pair)
            if let leverage, leverage != .one { meta.write("leverage", leverage) }
            if isFeeEstimated { meta.write("fee", "estimated from the rate") }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// What a trade says about the fee of its entries, or of its exits.
private struct FreqtradeFee: Sendable {
    /// A part of the cost: 0.001 is a tenth of a percent.
    let rate: Decimal?
    /// What was paid for one of the orders; which one is not told.
    let cost: Decimal?
    let currency: Currency?

    init(_ json: JSONValue, _ name: String) {
        rate = try? PrintedFloat.decimal(json[name])
        cost = try? PrintedFloat.decimal(json["\(name)_cost"])
        currency = json["\(name)_currency"]?.string.flatMap { Currency($0) }
    }

    /// What was paid for an order: as the exchange took it out of what was bought, as the trade
    /// states it where there is one such order, else by the rate.
    func paid(
        for order: FreqtradeOrder, quantity: Decimal, price: Decimal, isOnly: Bool,
        base: Currency?, quote: Currency
    ) throws(FillRefusal) -> (amount: Decimal, currency: Currency, isEstimated: Bool)? {
        if let inBase = order.feeInBase, inBase > 0, let base { return (inBase, base, false) }
        if isOnly, let cost, let currency { return (cost, currency, false) }
        guard let rate else { return nil }
        do throws(LedgerError) {
            let fee = try (try quantity * price) * rate
            return (try PrintedFloat.decimal(fee.description), quote, true)
        } catch {
            throw FillRefusal(code: .outOfRange, field: "fee", detail: error.complaint)
        }
    }
}

extension String? {
    /// A tag as a fill's reason: cut where it is too long.
    fileprivate var reason: String? {
        guard let self, !self.isEmpty, !self.utf8.contains(0) else { return nil }
        guard self.utf8.count > FillLimits.reasonBytes else { return self }
        var text = ""
        for character in self {
            guard text.utf8.count + character.utf8.count <= FillLimits.reasonBytes else { break }
            text.append(character)
        }
        return text
    }
}
