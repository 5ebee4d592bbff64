import Ledger

/// What rests of one instrument, sorted by what would move it, and the instrument's latest quote.
struct PaperBook: Sendable {
    /// Each ladder is climbed by a figure that grows the sooner its orders are reached.
    private enum Shelf: Int, CaseIterable {
        /// By their limit; without one, on top.
        case buys, sells
        /// By their stop price.
        case buyStops, sellStops
        /// By the best price that they have followed; before the first, on top.
        case buyTrails, sellTrails
    }

    private struct Place: Hashable {
        let shelf: Shelf
        let rung: Ladder.Rung
    }

    /// What an instrument is told by: its steps may be known in one place and not in another.
    struct Key: Sendable, Hashable {
        private let symbol: ExactText
        private let exchange: ExactText?
        private let assetType: AssetType
        private let currency: Currency
        private let option: OptionContract?

        init(_ instrument: Instrument) {
            symbol = instrument.symbol
            exchange = instrument.exchange
            assetType = instrument.assetType
            currency = instrument.currency
            option = instrument.option
        }
    }

    let calendar: TradingCalendar
    private(set) var quote: PaperQuote?
    private var ladders = Shelf.allCases.map { _ in Ladder() }
    /// Changes to carry out together; nil where each is carried out at once.
    private var gathered: [(shelf: Shelf, change: Ladder.Change)]?
    /// On one ladder; beyond it one pass is cheaper than one after another.
    private static let fewChanges = 8
    /// How long what is known of the market's hours holds.
    private var phase: Range<Timestamp>?
    private var isOpen = false

    init(_ instrument: Instrument) {
        calendar = .of(exchange: instrument.exchange, assetType: instrument.assetType)
    }

    /// Since when the market has been open without a break; nil while it is closed.
    mutating func openSince(at now: Timestamp) -> Timestamp? {
        if let phase, phase.contains(now) { return isOpen ? phase.lowerBound : nil }
        let hours = calendar.hours(at: now)
        isOpen = hours != nil
        let from = hours?.opens ?? now
        let until = hours?.closes ?? calendar.nextOpen(after: now) ?? .distantFuture
        phase = from < until ? from..<until : nil
        return hours?.opens
    }

    /// The quote that an order may trade on at once: one of these hours.
    mutating func presentQuote(at now: Timestamp, _ settings: PaperSettings) -> PaperQuote? {
        guard let quote, let since = openSince(at: now), quote.time >= since,
            isFresh(quote, at: now, settings)
        else { return nil }
        return quote
    }

    /// Takes in a quote and returns it as it counts: one from the future as of now. Nil where it is
    /// none to trade on: it is older than the latest, was made while the market was closed or is
    /// taken then, or its bid is above its ask.
    mutating func take(
        _ news: PaperQuote, at now: Timestamp, _ settings: PaperSettings
    ) -> PaperQuote? {
        let news = news.time > now ? news.at(now) : news
        guard let since = openSince(at: now), news.time >= since, !news.isCrossed,
            isFresh(news, at: now, settings)
        else { return nil }
        if let quote, news.time < quote.time { return nil }
        quote = news
        return news
    }

    private func isFresh(
        _ quote: PaperQuote, at now: Timestamp, _ settings: PaperSettings
    ) -> Bool {
        guard let limit = settings.longestQuoteAgeSeconds else { return true }
        return quote.time.adding(seconds: limit) >= now
    }

    /// The orders on which a quote has any effect, and perhaps some more, in their own order.
    func reached(by quote: PaperQuote) -> [Int] {
        var found: [Int] = []
        if let price = quote.price(for: .buy) {
            self[.buys].reach(price.units, into: &found)
        }
        if let price = quote.price(for: .sell) {
            self[.sells].reach(-price.units, into: &found)
        }
        if let price = quote.trigger(for: .buy) {
            self[.buyStops].reach(-price.units, into: &found)
            self[.buyTrails].reach(price.units &+ 1, into: &found)
        }
        if let price = quote.trigger(for: .sell) {
            self[.sellStops].reach(price.units, into: &found)
            self[.sellTrails].reach(-price.units &+ 1, into: &found)
        }
        if found.count < 2 { return found }
        found.sort()
        // A trailing stop stands on two ladders.
        return found.enumerated().filter { $0 == 0 || found[$0 - 1] != $1 }.map(\.element)
    }

    /// From here on changes are gathered, so that many of them cost one pass.
    mutating func gather() {
        gathered = []
    }

    /// Carries out what was gathered.
    mutating func settle() {
        guard let changes = gathered else { return }
        gathered = nil
        for shelf in Shelf.allCases {
            let own = changes.filter { $0.shelf == shelf }.map(\.change)
            if own.count > Self.fewChanges {
                ladders[shelf.rawValue].apply(own)
            } else {
                for change in own { carryOut(change, on: shelf) }
            }
        }
    }

    mutating func add(_ order: PaperOrder) {
        change(order, isAdded: true)
    }

    mutating func remove(_ order: PaperOrder) {
        change(order, isAdded: false)
    }

    private mutating func change(_ order: PaperOrder, isAdded: Bool) {
        for place in Self.places(of: order) {
            let change = Ladder.Change(rung: place.rung, isAdded: isAdded)
            if gathered == nil {
                carryOut(change, on: place.shelf)
            } else {
                gathered?.append((place.shelf, change))
            }
        }
    }

    private mutating func carryOut(_ change: Ladder.Change, on shelf: Shelf) {
        if change.isAdded {
            ladders[shelf.rawValue].insert(change.rung)
        } else {
            ladders[shelf.rawValue].remove(change.rung)
        }
    }

    /// Moves an order to where it stands now.
    mutating func move(_ order: PaperOrder, to changed: PaperOrder) {
        guard Self.places(of: order) != Self.places(of: changed) else { return }
        remove(order)
        add(changed)
    }

    private subscript(shelf: Shelf) -> Ladder { ladders[shelf.rawValue] }

    private static func places(of order: PaperOrder) -> [Place] {
        let isBuy = order.side == .buy
        func place(_ shelf: Shelf, _ height: Int128) -> Place {
            Place(shelf: shelf, rung: Ladder.Rung(height: height, order: order.number))
        }
        guard order.isWorking else { return [] }
        guard order.waits else {
            let height = order.instruction.pricing.limit.map { isBuy ? $0.units : -$0.units }
            return [place(isBuy ? .buys : .sells, height ?? .max)]
        }
        var places: [Place] = []
        if let stop = order.instruction.pricing.stop {
            places.append(
                place(isBuy ? .buyStops : .sellStops, isBuy ? -stop.units : stop.units))
        }
        if order.instruction.pricing.trail != nil {
            let height = order.followed.map { isBuy ? $0.units : -$0.units }
            places.append(place(isBuy ? .buyTrails : .sellTrails, height ?? .max))
        }
        return places
    }
}
