/// Which way a fill or an order goes.
public enum Side: String, Sendable, CaseIterable {
    case buy = "BUY"
    case sell = "SELL"
}
