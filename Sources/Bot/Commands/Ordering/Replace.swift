import Ledger
import Records
import Services

extension Command {
    static let replace = Command(
        "replace", "Give an order that works another quantity, price or time; asks before it does",
        arguments: "ORDER [qty N] [limit PRICE] [stop PRICE] [trail X|X%] [day|gtc|ioc|fok]",
        example: "/replace 2b7afe limit 181",
        body: .approved { request, caller in
            let (name, rest) = request.arguments.firstAndRest
            guard !name.isEmpty else {
                throw CommandRefusal.misused("Which order? \(code: "/orders") shows their names.")
            }
            let change = try ReplaceWords(rest.words).change
            let working = try await request.workingOrders(for: Authority(caller: caller))
            let order = try request.order(named: name, among: working, kind: "working order")
            try change.check(order)
            let proposal = ReplaceProposal(order, change)
            return try await request.proposal(
                of: .replaceOrder, proposal.json, to: caller,
                blocks: [
                    .facts(proposal.facts),
                    .note("The old terms hold until the broker has taken the new ones."),
                ])
        })
}

/// What stands behind the order's name in `/replace`, in any order.
struct ReplaceWords: Sendable, Hashable {
    private enum Keyword: String, CaseIterable {
        case qty, quantity, limit, at, stop, trail
    }

    private var quantity: Decimal?
    private var prices = SpokenPrices()
    private var timeInForce: TimeInForce?

    init(_ words: [String]) throws(CommandRefusal) {
        var rest = words[...]
        while let word = rest.popFirst() {
            if let time = TimeInForce(spoken: word) {
                guard timeInForce == nil else { throw .twice(word) }
                timeInForce = time
                continue
            }
            guard let keyword = Keyword(rawValue: word.lowercased()) else {
                let known = (Keyword.allCases.map(\.rawValue) + TimeInForce.spoken)
                    .joined(separator: ", ")
                throw .misused("“\(word.shortened)” is none of \(known).")
            }
            guard let value = rest.popFirst() else {
                throw .misused("Nothing stands behind “\(keyword.rawValue)”.")
            }
            try set(keyword, value)
        }
        guard quantity != nil || !prices.isEmpty || timeInForce != nil else {
            throw .misused("Say what is to change: its quantity, limit, stop, trail or time.")
        }
    }

    private mutating func set(_ keyword: Keyword, _ value: String) throws(CommandRefusal) {
        switch keyword {
        case .qty, .quantity:
            guard quantity == nil else { throw .twice("qty") }
            quantity = try SpokenValue.positive(value, "quantity")
        case .limit, .at:
            guard prices.limit == nil else { throw .twice("limit") }
            prices.limit = try SpokenValue.number(value, "limit")
        case .stop:
            guard prices.stop == nil else { throw .twice("stop") }
            prices.stop = try SpokenValue.number(value, "stop price")
        case .trail:
            guard prices.trail == nil else { throw .twice("trail") }
            prices.trail = try SpokenPrices.trail(value)
        }
    }

    var change: ReplaceOrder {
        ReplaceOrder(
            quantity: quantity, price: prices.limit, stopPrice: prices.stop, trail: prices.trail,
            timeInForce: timeInForce)
    }
}

extension ReplaceOrder {
    /// Refuses a price that an order of its type does not have.
    fileprivate func check(_ order: OrderListing) throws(CommandRefusal) {
        let parts: [(String, isAsked: Bool, isThere: Bool)] = [
            ("limit", price != nil, order.price != nil),
            ("stop", stopPrice != nil, order.stopPrice != nil && order.trail == nil),
            ("trail", trail != nil, order.trail != nil),
        ]
        for (name, isAsked, isThere) in parts where isAsked && !isThere {
            throw .misused("A \(order.type) order has no \(name) to change.")
        }
    }
}

/// Other terms for an order.
struct ReplaceProposal: Sendable {
    /// A term that changes.
    struct Change: Sendable, Hashable {
        let name: String
        let old: String
        let new: String
    }

    let uid: String
    let words: String
    /// The one that was shown.
    let version: Int64
    let change: ReplaceOrder
    let changes: [Change]

    fileprivate init(_ order: OrderListing, _ change: ReplaceOrder) {
        uid = order.uid
        words = "\(order.shown) · \(order.chatName)"
        version = order.version
        self.change = change
        let terms: [(String, String?, String?)] = [
            ("Quantity", order.quantity.description, change.quantity?.description),
            ("Limit", order.price?.description, change.price?.description),
            ("Stop", order.stopPrice?.description, change.stopPrice?.description),
            ("Trails by", order.trail?.shown, change.trail?.shown),
            ("Works", order.timeInForce, change.timeInForce?.rawValue),
        ]
        changes = terms.compactMap { name, old, new in
            new.map { Change(name: name, old: old ?? "–", new: $0) }
        }
    }

    init(
        uid: String, words: String, version: Int64, change: ReplaceOrder, changes: [Change]
    ) {
        self.uid = uid
        self.words = words
        self.version = version
        self.change = change
        self.changes = changes
    }

    var title: String { "change \(words)" }

    /// Each term that changes: old → new.
    var facts: [Fact] { changes.map { Fact($0.name, .text("\($0.old) → \($0.new)")) } }
}
