import Ledger
import Records
import Services

/// How an order is named in chat: by the end of its uid, which is what tells uids apart.
enum OrderNames {
    /// So many characters are shown, and mostly enough.
    private static let length = 6
    /// Fewer may name many.
    private static let shortest = 4
    private static let uidBytes = 36

    /// `2b7afe`
    static func name(of uid: String) -> String { String(uid.suffix(length)) }

    /// Those of `orders` that the text may name, with `#` before it or without.
    static func meant(by text: String, among orders: [OrderListing]) -> [OrderListing] {
        let name = (text.hasPrefix("#") ? String(text.dropFirst()) : text).lowercased()
        guard name.utf8.count >= shortest, name.utf8.count <= uidBytes else { return [] }
        return orders.filter { $0.uid.hasSuffix(name) }
    }
}

extension OrderListing {
    var chatName: String { OrderNames.name(of: uid) }
}

extension CommandRequest {
    /// The caller's orders that can be canceled and replaced from here, newest first; at most 1000.
    func workingOrders(
        in portfolio: ExactText? = nil, for authority: Authority
    ) async throws -> [OrderListing] {
        try await services.orders.page(
            OrderQuery(portfolio: portfolio, limit: Limits.pageSize.upperBound), for: authority
        ).orders.filter(\.isWorking)
    }

    /// The symbols that open orders are about, traded or not; none where nothing was said that
    /// could be one.
    func orderedSymbols(for authority: Authority) async throws -> [ExactText] {
        guard !arguments.isEmpty else { return [] }
        let open = OrderQuery(limit: Limits.pageSize.upperBound)
        return try await services.orders.page(open, for: authority).orders
            .map(\.instrument.symbol)
    }

    /// The one order of `orders` that the text names. Throws where it is none, or one of several.
    func order(
        named text: String, among orders: [OrderListing], kind: String
    ) throws(CommandRefusal) -> OrderListing {
        let meant = OrderNames.meant(by: text, among: orders)
        guard let order = meant.first else {
            throw CommandRefusal(
                title: "Unknown order",
                reason: "You have no \(kind) named “\(text.shortened)”.",
                facts: [Fact("Their names", .code("/orders"))], showsUsage: true)
        }
        guard meant.count == 1 else { throw .ambiguousOrder(text, meant) }
        return order
    }

    /// The caller's order of that name, whatever has become of it: any by its whole uid, else one
    /// of those that are open or of the newest 1000.
    func order(named text: String, for authority: Authority) async throws -> OrderListing {
        for statuses in [nil, OrderStatus.allCases] as [[OrderStatus]?] {
            let orders = try await services.orders.page(
                OrderQuery(statuses: statuses, limit: Limits.pageSize.upperBound),
                for: authority
            ).orders
            let meant = OrderNames.meant(by: text, among: orders)
            if meant.count == 1 { return meant[0] }
            if meant.count > 1 { throw CommandRefusal.ambiguousOrder(text, meant) }
        }
        do {
            return try await services.orders.detail(uid: text, limit: 1, for: authority).order
        } catch let error as ServiceError where error.kind == .notFound {
            return try order(named: text, among: [], kind: "order")
        }
    }
}

extension CommandRefusal {
    private static let mostShown = 10

    fileprivate static func ambiguousOrder(
        _ text: String, _ meant: [OrderListing]
    ) -> CommandRefusal {
        CommandRefusal(
            title: "Which order?",
            reason: "Several orders end in “\(text.shortened)”. Say more of the uid:",
            facts: meant.prefix(mostShown).map { Fact($0.shown, .code($0.uid)) })
    }
}
