import Ledger
import Records
import Services
import Wire

extension ActionKind {
    /// An order that somebody typed in; its content is the body of `POST /v1/orders`.
    static let order = ActionKind(
        name: "order",
        title: { ChatOrder($0)?.title ?? "an order" },
        perform: { action, services, caller in
            guard var chat = ChatOrder(action) else { throw ServiceError.foreignAction }
            // The token makes a repetition the same order.
            chat.order.clientOrderID = ChatOrder.clientOrderID(action)
            let answer = try await services.orders.place(
                chat.order, as: Authority(caller: caller))
            return OrderResult(answer.order).json
        },
        facts: { action, resultJSON in
            var facts = ChatOrder(action)?.facts ?? []
            if let result = OrderResult(resultJSON) { facts += result.facts }
            return facts
        })
}

/// An order on its way from a message to its gateway.
struct ChatOrder: Sendable {
    /// Tells everything of its instrument, so that it means the same one whenever it is confirmed.
    var order: PlaceOrder

    init(_ order: PlaceOrder) { self.order = order }

    init?(_ action: PendingAction) { self.init(json: action.contentJSON) }

    init?(json: String) {
        guard let posted = try? PlaceOrderReader.order(from: Array(json.utf8)).get() else {
            return nil
        }
        order = posted.order
    }

    /// Of the order, or of the n-th order, that an action places.
    static func clientOrderID(_ action: PendingAction, _ number: Int? = nil) -> ExactText {
        ExactText("chat-\(action.token)" + (number.map { "-\($0)" } ?? ""))
    }

    /// `BUY 10 AAPL limit 180, GTC`
    var title: String {
        "\(order.side.rawValue) \(sizeWords) \(shownName) \(order.pricing.shown),"
            + " \(order.timeInForce.rawValue)"
    }

    private var shownName: String { order.option.map(\.shownName) ?? order.symbol.text }

    private var sizeWords: String {
        switch order.size {
        case .quantity(let quantity): quantity.description
        case .notional(let money): "for \(money) of"
        case .percent(let percent): "\(percent)% of"
        }
    }

    var facts: [Fact] {
        var facts: [Fact] = []
        if let portfolio = order.portfolio {
            facts.append(Fact("Portfolio", .text(portfolio.text)))
        }
        if case .named(let strategy) = order.strategy {
            facts.append(Fact("Strategy", .text(strategy.description)))
        }
        if let stop = order.exits?.stop { facts.append(Fact("Stop loss", .text(stop.shown))) }
        if let profit = order.exits?.profit { facts.append(Fact("Take profit", .decimal(profit))) }
        return facts
    }
}

/// What came of an order that was asked for from chat, as its action keeps it.
struct OrderResult: Sendable {
    let uid: String
    let status: OrderStatus
    let filled: Decimal
    let reason: String?

    init(_ order: OrderListing) {
        uid = order.uid
        status = order.status
        filled = order.filledQuantity
        reason = order.reason
    }

    init?(_ resultJSON: String) {
        guard let result = try? JSONValue(parsing: resultJSON) else { return nil }
        self.init(result)
    }

    init?(_ result: JSONValue) {
        guard let uid = result["uid"]?.string,
            let status = result["status"]?.string.flatMap({ OrderStatus(rawValue: $0) })
        else { return nil }
        self.uid = uid
        self.status = status
        filled = result["filled"]?.decimal ?? .zero
        reason = result["reason"]?.string
    }

    var json: String { String(decoding: JSONWriter.object { write(to: &$0) }, as: UTF8.self) }

    func write(to result: inout JSONObjectWriter) {
        result.write("uid", uid)
        result.write("status", status)
        result.write("filled", filled)
        if let reason { result.write("reason", reason) }
    }

    var facts: [Fact] {
        var facts = [Fact("Status", .text(status.explained))]
        if filled > .zero { facts.append(Fact("Filled", .decimal(filled))) }
        if let reason { facts.append(Fact("Why", .text(reason))) }
        let name = OrderNames.name(of: uid)
        facts += [Fact("Order", .code(uid)), Fact("How it goes", .code("/order \(name)"))]
        if status.isOpen { facts.append(Fact("To cancel it", .code("/cancel \(name)"))) }
        return facts
    }
}
