import Records

/// A bot that can be asked what it traded; answers are the JSON of its REST API.
///
/// The description of an error is shown to the hook's owner: it holds neither address nor
/// credentials.
public protocol FreqtradeSource: Sendable {
    /// One trade with its orders; nil where the bot has no such trade.
    func trade(_ id: Int) async throws -> [UInt8]?
    /// A list of all open trades.
    func openTrades() async throws -> [UInt8]
    /// `{"trades":[…],"total_trades":n}`: closed ones in the order of their ids.
    func closedTrades(limit: Int, offset: Int) async throws -> [UInt8]
}

/// What is to be asked of a hook's bot.
enum FreqtradeInquiry: Sendable, Hashable {
    case trade(Int)
    /// All open trades and the last closed ones.
    case recent
    case everything
}

/// Calls of hooks whose fills are pulled; has one reader. Beyond a thousand that wait the oldest
/// are dropped: the next sweep asks for all.
public struct FreqtradeDoorbells: Sendable {
    struct Ring: Sendable {
        let hookUID: String
        let inquiry: FreqtradeInquiry
    }

    let rings: AsyncStream<Ring>
    private let bell: AsyncStream<Ring>.Continuation

    init() {
        (rings, bell) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1000))
    }

    func ring(_ hook: HookRecord, trade: Int?) {
        bell.yield(Ring(hookUID: hook.uid, inquiry: trade.map(FreqtradeInquiry.trade) ?? .recent))
    }
}
