import Ledger
import Records
import Storage

/// One stored campaign's trades posted again, one by one, from its opening on.
struct CampaignReplay {
    private let history: HoldingHistory
    private(set) var holding: Holding
    private var next = 0

    /// By `rules`, which may be others than those that it was posted by.
    init(
        _ start: CampaignStart, of key: HoldingKey, _ rules: HoldingRules, for caller: Caller,
        in tx: any Transaction
    ) throws {
        history = HoldingHistory(of: key, from: start.order, for: caller, in: tx)
        holding = Holding(rules)
        guard let first = try history.trade(0), first.fill.quantity != start.openingQuantity else {
            return
        }
        holding = try Holding(
            rules, through: first.fill, number: TradeNumber(first.id.raw),
            opened: start.openingQuantity)
        next = 1
    }

    /// The campaign's next trade and what it does; nil behind its last. Of a trade through zero the
    /// part that opens the next campaign is not this one's.
    mutating func step() throws -> (trade: TradeRecord, posting: Posting)? {
        guard next == 0 || holding.campaign != nil, let trade = try history.trade(next) else {
            return nil
        }
        next += 1
        let posting = try holding.posting(of: trade.fill, number: TradeNumber(trade.id.raw))
        holding.commit(posting, of: trade.fill)
        if posting.effect == .flip { holding = Holding(holding.rules) }
        return (trade, posting)
    }
}
