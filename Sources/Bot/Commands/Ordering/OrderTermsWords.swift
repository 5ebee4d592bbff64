import Ledger
import Records

extension OrderPricing {
    /// `at the market`, `limit 180`, `stop 170 limit 169`, `trailing by 2%`: as it is typed, too.
    var shown: String {
        switch self {
        case .market: "at the market"
        case .limit(let limit): "limit \(limit)"
        case .stop(let stop): "stop \(stop)"
        case .stopLimit(let stop, let limit): "stop \(stop) limit \(limit)"
        case .trailing(let trail, let stop):
            "trailing by \(trail.shown)" + (stop.map { ", stop at \($0)" } ?? "")
        }
    }
}

extension Trail {
    /// `2` or `2%`.
    var shown: String {
        switch self {
        case .amount(let amount): amount.description
        case .percent(let percent): "\(percent)%"
        }
    }
}

extension OrderInstruction {
    /// `BUY 10 AAPL limit 180, GTC`
    func shown(of name: String) -> String {
        "\(side.rawValue) \(quantity) \(name) \(pricing.shown), \(timeInForce.rawValue)"
    }
}

extension OrderListing {
    /// As a line of a list or a title names it: `BUY 10 AAPL LIMIT 180`.
    var shown: String {
        let parts = [
            side.rawValue, quantity.description, instrument.shownName, type, shownPrices,
        ]
        return parts.compactMap(\.self).joined(separator: " ")
    }

    /// Nil at the market.
    var shownPrices: String? {
        let prices = [
            trail.map { "by \($0.shown)" }, stopPrice.map { "stop \($0)" },
            price.map { "limit \($0)" },
        ].compactMap(\.self)
        return prices.isEmpty ? nil : prices.joined(separator: " ")
    }
}

extension OrderStatus {
    /// With what it means, for who does not know the words.
    var explained: String {
        switch self {
        case .draft: "DRAFT: written down, not sent"
        case .simulated: "SIMULATED: reckoned, not sent"
        case .pending: "PENDING: on its way to the broker"
        case .new: "NEW: with the broker, nothing filled"
        case .partiallyFilled: "PARTIALLY_FILLED: still working"
        case .filled: "FILLED"
        case .canceled: "CANCELED"
        case .rejected: "REJECTED by the broker"
        case .expired: "EXPIRED"
        case .denied: "DENIED before it was sent"
        }
    }
}
