import Ledger
import Records
import Services

extension CommandRequest {
    /// What `/deposit` and `/withdraw` lay before the one who asks.
    func cash(_ direction: CashRequest.Direction, _ caller: Caller) async throws -> Screen {
        let accounts = try await services.accounts.all(for: caller)
        let words = try CashWords(arguments, accounts: accounts)
        var payment = words.request(direction)
        let standing = try await services.money.rehearse(payment, for: caller)
        // The very account and currency that are shown, whatever is the default when it is
        // confirmed.
        payment = CashRequest(
            direction, payment.amount, currency: payment.currency ?? standing.account.baseCurrency,
            account: standing.account.name, note: payment.note)
        let proposal = CashProposal(payment)
        return try await self.proposal(
            of: ActionKind.cash(direction), proposal.json, to: caller,
            blocks: [.facts(proposal.facts + CashScreen.facts(standing.money))])
    }
}

/// What stands behind `/deposit` and `/withdraw`: an amount, then perhaps its currency and the
/// account, and last of all a note.
struct CashWords: Sendable {
    static let usage = "AMOUNT [USD] [ACCOUNT] [note …]"
    private static let noteWord = "note"

    let amount: Decimal
    let currency: Currency?
    let account: ExactText?
    let note: String?

    /// Throws `CommandRefusal` with the accounts that there are.
    init(_ arguments: Arguments, accounts: [Account]) throws(CommandRefusal) {
        let (first, rest) = arguments.firstAndRest
        guard !first.isEmpty else { throw .misused("Say how much.") }
        guard let amount = try? Decimal(parsing: first) else {
            throw .misused(
                """
                “\(first.shortened)” is no amount: write digits and a point for the decimals, \
                without commas, such as 1182.50.
                """)
        }
        self.amount = amount
        let readings = Self.readings(rest)
        for (place, note) in readings {
            guard let (currency, account) = Self.resolved(place, accounts) else { continue }
            (self.currency, self.account, self.note) = (currency, account, note)
            return
        }
        let place = readings.last?.place ?? rest
        let named = Self.currency(place, accounts)?.rest ?? place
        throw .unknownName(named.text, kind: "account", known: accounts.map(\.name))
    }

    func request(_ direction: CashRequest.Direction) -> CashRequest {
        CashRequest(direction, amount, currency: currency, account: account, note: note)
    }

    /// What may stand before the word `note`, and what behind it: an account may have the word in
    /// its name, and so may a note. The longest name first.
    private static func readings(
        _ arguments: Arguments
    ) -> [(place: Arguments, note: String?)] {
        let words = arguments.words
        func joined(_ part: ArraySlice<String>) -> String { part.joined(separator: " ") }
        let places = words.indices.dropLast().filter { words[$0].lowercased() == noteWord }
        return [(arguments, nil)]
            + places.reversed().map { place in
                (
                    Arguments(
                        text: joined(words[..<place]), isFromButton: arguments.isFromButton),
                    joined(words[(place + 1)...])
                )
            }
    }

    /// The currency and account that are meant; nil where it is neither.
    private static func resolved(
        _ place: Arguments, _ accounts: [Account]
    ) -> (Currency?, ExactText?)? {
        let names = accounts.map(\.name)
        if place.isEmpty { return (nil, nil) }
        if let name = place.pick(from: names) { return (nil, name) }
        guard let (currency, rest) = currency(place, accounts) else { return nil }
        if rest.isEmpty { return (currency, nil) }
        return rest.pick(from: names).map { (currency, $0) }
    }

    /// A first word of three to five capitals, or that of an account's currency in any case.
    private static func currency(
        _ arguments: Arguments, _ accounts: [Account]
    ) -> (Currency, rest: Arguments)? {
        let (word, rest) = arguments.firstAndRest
        guard let currency = Currency(word.uppercased()) else { return nil }
        let isSpelledOut =
            (3...5).contains(word.utf8.count)
            && word.utf8.allSatisfy { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
        guard isSpelledOut || accounts.contains(where: { $0.baseCurrency == currency }) else {
            return nil
        }
        return (currency, rest)
    }
}

/// How an account's money is shown.
enum CashScreen {
    /// Cash, equity and buying power; none where they are not known.
    static func facts(_ money: AccountMoney) -> [Fact] {
        guard let figures = money.known else { return [] }
        return [
            Fact("Cash", .money(figures.cash, money.currency)),
            Fact("Equity", .money(figures.equity, money.currency)),
            Fact("Buying power", .money(figures.buyingPower, money.currency)),
            Fact("Free to withdraw", .money(figures.withdrawable, money.currency)),
        ]
    }

    /// Cash, equity and buying power as cells without their currency.
    static func cells(_ standing: AccountStanding) -> [Cell] {
        let money = standing.money
        guard standing.account.isPaper || money.hasDeposits, let figures = money.known else {
            return ["–", "–", "–"]
        }
        return [figures.cash, figures.equity, figures.buyingPower].map {
            .decimal($0.rounded(decimals: money.currency.decimals))
        }
    }

    /// What is not contained in the figures of these accounts, and what to send for it.
    static func notes(_ standings: [AccountStanding], today: Day) -> [Cell] {
        let shown = standings.filter { $0.account.isPaper || $0.money.hasDeposits }
        let unmarked = shown.reduce(0) { $0 + $1.money.unmarkedHoldings }
        let unpriced = shown.reduce(0) { $0 + $1.money.unpricedOrders }
        var notes: [Cell] = []
        if unmarked > 0 {
            let positions = unmarked == 1 ? "position" : "positions"
            notes.append("\(unmarked) \(positions) without a mark: counted at cost.")
        }
        if unpriced > 0 {
            let orders = unpriced == 1 ? "order" : "orders"
            notes.append("\(unpriced) open \(orders) without a price: not counted.")
        }
        return notes + Conversions.notes(shown.map(\.money.figures), today: today)
    }
}
