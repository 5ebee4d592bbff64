import Ledger
import Wire

/// A trade as freqtrade exports it: one or several entries, and exits once it is closed.
struct ExportedTrade {
    private let value: JSONValue
    /// Its place in the file.
    private let number: Int
    private let strategy: String?

    init(_ value: JSONValue, number: Int, strategy: String?) {
        self.value = value
        self.number = number
        self.strategy = strategy ?? value["strategy"]?.string
    }

    /// One fill of it.
    private struct Part {
        let isEntry: Bool
        let quantity: Decimal
        let price: Decimal
        let time: Timestamp
        /// What the exchange took of the base currency.
        var baseFee: Decimal?
        /// Whether it is all that the trade has on its side, so that the trade's own cost is its.
        var isOnlyOne = true
    }

    /// A fill for every order that was filled, as a pull from the bot reads it where the exchange's
    /// ids are told; where orders are not told, one for the entry and one for the exit. What is
    /// wrong is told with the trade's place.
    func contents(_ ids: inout ContentIDs) -> [ImportedItem.Content] {
        do throws(FillRefusal) {
            let orders = (value["orders"]?.array ?? []).filter { !$0.isNull }
            var contents: [ImportedItem.Content]
            if orders.contains(where: { $0["order_id"]?.string?.isEmpty == false }) {
                contents = try pulledFills()
            } else if orders.isEmpty {
                contents = try fills(parts(), &ids)
            } else {
                contents = try fills(parts(of: orders), &ids)
            }
            if orders.contains(where: { $0["is_open"]?.bool == true }) {
                contents.append(
                    .noted(
                        "trade \(number + 1), \(pairName): an order that is still open is taken"
                            + " once it is done"))
            }
            return contents
        } catch {
            return [.fill(.failure(placed(error)))]
        }
    }

    private var pairName: String { String((value["pair"]?.string ?? "no pair").prefix(64)) }

    private func placed(_ refusal: FillRefusal) -> FillRefusal {
        FillRefusal(
            code: refusal.code, field: refusal.field,
            detail: "trade \(number + 1), \(pairName): \(refusal.detail)")
    }

    /// The file's strategy is taken for a fill that is new; the bot's hook may name another one.
    private func pulledFills() throws(FillRefusal) -> [ImportedItem.Content] {
        var choice = StrategyChoice.leftOut
        if let strategy {
            guard let reference = StrategyReference(parsing: strategy) else {
                throw .invalid("strategy", "is no name of a strategy")
            }
            choice = .named(reference)
        }
        return try FreqtradeTrade(value).fills().map { _, fill in
            .fill(
                fill.map { report in
                    var report = report
                    report.strategy = choice
                    return report
                }.mapError { placed($0) })
        }
    }

    private func fills(
        _ parts: [Part], _ ids: inout ContentIDs
    ) throws(FillRefusal) -> [ImportedItem.Content] {
        let pair = try FreqtradePair(value)
        var contents: [ImportedItem.Content] = []
        for part in parts {
            let fields = try fields(part, pair, &ids)
            contents.append(
                .fill(FillReader.fill(fromFields: fields).mapError { placed($0) }))
        }
        return contents
    }

    // MARK: Its fills

    private var isShort: Bool { value["is_short"]?.bool ?? false }

    private func parts() throws(FillRefusal) -> [Part] {
        guard let quantity = try number("amount", field: "quantity"),
            let price = try number("open_rate", field: "price"),
            let time = try time("open_timestamp", "open_date")
        else { throw .invalid(nil, "amount, open_rate or open_timestamp is missing") }
        let entry = Part(isEntry: true, quantity: quantity, price: price, time: time)
        guard value["is_open"]?.bool != true,
            let closePrice = try number("close_rate", field: "price"),
            let closeTime = try self.time("close_timestamp", "close_date")
        else { return [entry] }
        return [
            entry, Part(isEntry: false, quantity: quantity, price: closePrice, time: closeTime),
        ]
    }

    private func parts(of orders: [JSONValue]) throws(FillRefusal) -> [Part] {
        var parts: [Part] = []
        for order in orders {
            let order = ExportedTrade(order, number: number, strategy: nil)
            if let part = try order.part(isShort: isShort) { parts.append(part) }
        }
        for side in [true, false] where parts.count(where: { $0.isEntry == side }) > 1 {
            for place in parts.indices where parts[place].isEntry == side {
                parts[place].isOnlyOne = false
            }
        }
        return parts
    }

    /// Of an order: nil where nothing of it was filled, or more may be.
    private func part(isShort: Bool) throws(FillRefusal) -> Part? {
        guard value["is_open"]?.bool != true else { return nil }
        let time = try time("order_filled_timestamp", "order_filled_date")
        // In the short form the amount is what was filled, if anything was.
        if time == nil, try number("filled", field: "quantity") == nil { return nil }
        guard let quantity = try number("filled", "amount", field: "quantity"), quantity > 0 else {
            return nil
        }
        guard let time else { throw .invalid("exec_time", "order_filled_timestamp is missing") }
        let price = try number("average", "safe_price", "price", field: "price")
        guard let price else { throw .invalid("price", "average is missing") }
        return Part(
            isEntry: isEntry(isShort: isShort), quantity: quantity, price: price, time: time,
            baseFee: try number("ft_fee_base", field: "fee"))
    }

    /// Of an order: a stop loss is an exit whichever side the trade has.
    private func isEntry(isShort: Bool) -> Bool {
        value["ft_is_entry"]?.bool
            ?? (value["ft_order_side"]?.string == (isShort ? "sell" : "buy"))
    }

    // MARK: One fill

    private func fields(
        _ part: Part, _ pair: FreqtradePair, _ ids: inout ContentIDs
    ) throws(FillRefusal) -> [(name: String, value: String)] {
        let side: Side = part.isEntry != isShort ? .buy : .sell
        let (fee, currency) = try fee(of: part, pair)
        let content = [
            strategy, pair.symbol, side.rawValue, part.quantity.description,
            part.price.description, part.time.description, fee?.description,
        ]
        let fields: [(name: String, value: String?)] = [
            ("broker_trade_id", try ids.next(content)), ("symbol", pair.symbol),
            ("exchange", pair.exchange), ("asset_type", pair.assetType.rawValue),
            ("currency", pair.currency), ("side", side.rawValue),
            ("quantity", part.quantity.description), ("price", part.price.description),
            ("fee", fee?.description), ("fee_currency", fee == nil ? nil : currency),
            ("exec_time", part.time.iso8601), ("strategy", strategy), ("meta", meta(part)),
        ]
        return fields.compactMap { field in field.value.map { (field.name, $0) } }
    }

    /// What the exchange said it took, else the rate of the notional that freqtrade counts with.
    private func fee(
        of part: Part, _ pair: FreqtradePair
    ) throws(FillRefusal) -> (Decimal?, currency: String) {
        if let fee = part.baseFee, fee > 0 { return (fee, pair.base) }
        let name = part.isEntry ? "fee_open" : "fee_close"
        if part.isOnlyOne, let cost = try number("\(name)_cost", field: "fee"),
            let currency = value["\(name)_currency"]?.string
        {
            return (cost, currency)
        }
        guard let rate = try number(name, field: "fee") else { return (nil, pair.currency) }
        do {
            return (try part.quantity * part.price * rate, pair.currency)
        } catch {
            throw FillRefusal(code: .outOfRange, field: "fee", detail: error.complaint)
        }
    }

    private func meta(_ part: Part) -> String {
        let tag = value["enter_tag"]?.string ?? value["buy_tag"]?.string
        let reason = value["exit_reason"]?.string ?? value["sell_reason"]?.string
        let leverage = value["leverage"].flatMap { try? PrintedFloat.decimal($0.literal ?? "") }
        let bytes = JSONWriter.object { meta in
            if let id = value["trade_id"]?.integer { meta.write("freqtrade_trade_id", id) }
            if let leverage, leverage != .one { meta.write("leverage", leverage) }
            if isShort { meta.write("is_short", true) }
            if part.isEntry, let tag { meta.write("enter_tag", tag) }
            if !part.isEntry, let reason { meta.write("exit_reason", reason) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    // MARK: Values

    /// The first of the members that is there.
    private func number(
        _ names: String..., field: String
    ) throws(FillRefusal) -> Decimal? {
        for name in names {
            guard let member = value[name], !member.isNull else { continue }
            guard let literal = member.literal, let number = try? PrintedFloat.decimal(literal)
            else { throw .invalid(field, "\(name) is not a number that fits") }
            return number
        }
        return nil
    }

    /// From milliseconds since 1970, else from a date with its zone.
    private func time(_ milliseconds: String, _ date: String) throws(FillRefusal) -> Timestamp? {
        if let number = try number(milliseconds, field: "exec_time") {
            guard let time = Timestamp(milliseconds: number) else {
                throw .invalid("exec_time", "\(milliseconds) is no time")
            }
            return time
        }
        guard let text = value[date]?.string else { return nil }
        let separated = text.split(separator: " ", maxSplits: 1).joined(separator: "T")
        do {
            return try Timestamp(iso8601: separated)
        } catch {
            throw .invalid("exec_time", "\(date): \(error)")
        }
    }
}

/// `ETH/BTC`, or of a perpetual future with what it settles in, `ETH/USDT:USDT`.
struct FreqtradePair {
    let base: String
    /// As exchanges write it: base and quote in one word.
    let symbol: String
    /// What prices and profits are in.
    let currency: String
    let assetType: AssetType
    let exchange: String?

    init(_ trade: JSONValue) throws(FillRefusal) {
        guard let pair = trade["pair"]?.string else { throw .invalid("symbol", "pair is missing") }
        let sides = pair.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        let assets = sides[0].split(separator: "/", omittingEmptySubsequences: false)
            .map(String.init)
        guard sides.count <= 2, assets.count == 2, assets.allSatisfy({ !$0.isEmpty }) else {
            throw .invalid("symbol", "expected a pair such as ETH/BTC or ETH/USDT:USDT")
        }
        base = assets[0]
        symbol = assets[0] + assets[1]
        currency = sides.count == 2 ? sides[1] : assets[1]
        assetType = sides.count == 2 ? .future : .crypto
        exchange = trade["exchange"]?.string?.uppercased()
    }
}

extension JSONValue {
    fileprivate var literal: String? {
        if case .number(let literal) = self { literal.text } else { nil }
    }
}

extension Timestamp {
    /// Since 1970; nil where the calendar does not reach.
    init?(milliseconds: Decimal) {
        guard let micro = try? milliseconds * 1000,
            let count = Int64(exactly: micro.units / 1_000_000_000_000_000_000)
        else { return nil }
        self.init(microseconds: count)
        guard (1...9999).contains(day.year) else { return nil }
    }
}
