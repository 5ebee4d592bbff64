import Ledger
import Records
import Services
import World

extension Command {
    static let buy = Command(
        "buy", "Buy by an order that is sent to the portfolio's broker; asks before it is sent",
        arguments: orderArguments, example: "/buy 10 AAPL limit 180 gtc",
        body: .approved { try await order(.buy, $0, $1) })

    /// Of `/buy` and `/sell`.
    static let orderArguments =
        "QUANTITY|$AMOUNT|PART% SYMBOL [limit PRICE] [stop PRICE] [trail X|X%]"
        + " [sl PRICE] [tp PRICE] [day|gtc|ioc|fok] [strategy NAME] [portfolio]"

    /// Shows what an order on this side would do, and asks.
    static func order(
        _ side: Side, _ request: CommandRequest, _ caller: Caller
    ) async throws -> Screen {
        guard !request.arguments.isEmpty else {
            throw CommandRefusal.misused(
                "Say how much, of what, and at which price if not at the market's.")
        }
        let words = try OrderWords(side, request.arguments.words)
        return try await OrderProposal(words, request, caller).screen(request, caller)
    }
}

/// What `/buy` or `/sell` would send, as it stands in a proposal.
private struct OrderProposal {
    /// By its quantity, whatever was said: what is confirmed is what was shown.
    let order: PlaceOrder
    let preview: OrderPreview
    let isNewStrategy: Bool

    /// Throws the refusal that placing it would end in.
    init(_ words: OrderWords, _ request: CommandRequest, _ caller: Caller) async throws {
        let services = request.services
        let found = try await TradeInstrument(words, services)
        let place = try await OrderPlace(words, request, caller)
        let instrument = found.instrument
        var order = PlaceOrder(
            symbol: instrument.symbol, side: words.side, size: words.size,
            pricing: try words.prices.pricing(),
            timeInForce: words.timeInForce ?? instrument.assetType.usualTimeInForce,
            exchange: instrument.exchange, assetType: instrument.assetType,
            currency: instrument.currency, option: instrument.option,
            multiplier: instrument.multiplier, portfolio: place.portfolio,
            strategy: place.strategy.map { .named($0.reference) } ?? .none,
            exits: words.exits.isEmpty ? nil : words.exits)
        preview = try await Self.preview(order, services, caller)
        order.size = .quantity(preview.askedQuantity)
        order.portfolio = preview.portfolio
        self.order = order
        isNewStrategy = place.strategy?.isNew ?? false
    }

    private static func preview(
        _ order: PlaceOrder, _ services: Services, _ caller: Caller
    ) async throws -> OrderPreview {
        do {
            return try await services.orders.preview(order, as: Authority(caller: caller))
        } catch let error as ServiceError where error.kind == .invalid {
            throw CommandRefusal.misused(.text(.sentence(about: error.field, error.detail)))
        }
    }

    func screen(_ request: CommandRequest, _ caller: Caller) async throws -> Screen {
        let now = request.services.work.world.now()
        if let denied = ShownPreview(preview, now: now).denied { return denied }
        guard let json = order.json else { throw ServiceError.foreignAction }
        let action = try await request.services.actions.propose(
            kind: ActionKind.order.name, contentJSON: json, for: caller, update: request.update)
        var preview = preview
        if action.contentJSON != json, let first = ChatOrder(action)?.order {
            // A message that is delivered again shows what it proposed the first time.
            preview = try await Self.preview(first, request.services, caller)
        }
        let shown = ShownPreview(preview, now: now)
        return Screen(
            title: "\(shown.title)?",
            blocks: [.facts(shown.facts)] + shown.notes.map(Block.note)
                + (isNewStrategy ? [.note("The strategy is new: it is created.")] : [])
                + [.note(Confirmation.note)],
            buttons: try Confirmation.buttons(for: action))
    }
}

/// Where an order belongs, as somebody said it.
struct OrderPlace: Sendable {
    /// Nil for the default one.
    let portfolio: ExactText?
    let strategy: SpokenStrategy?

    /// A name behind the word `strategy` may be followed by that of the portfolio.
    init(_ words: OrderWords, _ request: CommandRequest, _ caller: Caller) async throws {
        guard let said = words.strategy else {
            strategy = nil
            portfolio = try await request.portfolio(words.portfolio, of: caller)
            return
        }
        let strategies = try await request.services.strategies.all(for: caller)
        let whole = try SpokenStrategy(said, among: strategies)
        if words.portfolio == nil, whole.isNew,
            let (strategy, portfolio) = try await Self.parted(said, strategies, request, caller)
        {
            self.strategy = strategy
            self.portfolio = portfolio
        } else {
            strategy = whole
            portfolio = try await request.portfolio(words.portfolio, of: caller)
        }
    }

    /// The longest head that is followed by a portfolio's name; nil where there is none.
    private static func parted(
        _ said: String, _ strategies: [Strategy], _ request: CommandRequest, _ caller: Caller
    ) async throws -> (SpokenStrategy, ExactText)? {
        let portfolios = try await request.services.portfolios.all(for: caller).map(\.name)
        for (head, tail) in Arguments(text: said, isFromButton: false).cuts
        where !head.isEmpty && !tail.isEmpty {
            guard let portfolio = tail.pick(from: portfolios) else { continue }
            return (try SpokenStrategy(head.text, among: strategies), portfolio)
        }
        return nil
    }
}

extension CommandRequest {
    /// The caller's portfolio of that name; nil where none was said.
    fileprivate func portfolio(_ name: String?, of caller: Caller) async throws -> ExactText? {
        try await portfolio(Arguments(text: name ?? "", isFromButton: false), of: caller)
    }
}
