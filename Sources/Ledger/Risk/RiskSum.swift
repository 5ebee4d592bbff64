/// A sum of amounts of which some may not be known.
struct RiskSum: Sendable {
    private var known = Decimal.zero
    private var gaps = 0
    /// The first two reasons: one is left when the part of the other is replaced.
    private var reason: RiskUnknown?
    private var otherReason: RiskUnknown?

    mutating func add(_ part: RiskAmount) {
        switch part {
        case .success(let amount):
            do { known = try known + amount } catch { note(.outOfRange) }
        case .failure(let reason): note(reason)
        }
    }

    private mutating func note(_ why: RiskUnknown) {
        gaps += 1
        if reason == nil {
            reason = why
        } else if otherReason == nil {
            otherReason = why
        }
    }

    func total() throws(RiskUnknown) -> Decimal {
        if let reason { throw reason }
        return known
    }

    /// The sum with another amount in the place of `part`, which was added to it before.
    func replacing(_ part: RiskAmount?, with amount: Decimal) throws(RiskUnknown) -> Decimal {
        switch part {
        case .failure(let own)? where gaps == 1 && own == reason:
            return try computed { () throws(LedgerError) in try known + amount }
        case .failure(let own)?:
            throw (own == reason ? otherReason : reason) ?? own
        case .success(let own)?:
            let total = try total()
            return try computed { () throws(LedgerError) in try total - own + amount }
        case nil:
            let total = try total()
            return try computed { () throws(LedgerError) in try total + amount }
        }
    }
}
