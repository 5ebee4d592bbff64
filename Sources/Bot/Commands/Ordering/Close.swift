import Ledger
import Records
import Services
import World

extension Command {
    static let close = Command(
        "close", "Close a position, or all of a portfolio, at the market; asks before it does",
        arguments: "[symbol|all] [portfolio]", example: "/close AAPL",
        body: .approved { request, caller in
            let authority = Authority(caller: caller)
            let held = try await request.services.positions.snapshot(for: authority)
            guard !request.arguments.isEmpty else {
                return try CloseChoice(request: request, held: held).screen()
            }
            let proposal = try await CloseProposal(held, request, caller)
            if proposal.isDenied {
                return Screen(title: "Denied: \(proposal.title)", blocks: proposal.blocks)
            }
            return try await request.proposal(
                of: .closePositions, proposal.json, to: caller, blocks: proposal.blocks)
        })
}

/// The symbols that are held, to choose from.
private struct CloseChoice {
    private static let mostButtons = 40
    private static let buttonsPerRow = 2

    let request: CommandRequest
    let held: [PositionView]

    func screen() throws(ScreenError) -> Screen {
        let symbols = Set(held.map(\.listing.instrument.instrument.symbol)).sorted()
        guard !symbols.isEmpty else {
            return Screen(title: "Nothing to close", blocks: [.note("No position is open.")])
        }
        var buttons: [Button] = []
        for symbol in symbols.prefix(Self.mostButtons) {
            buttons.append(
                try request.button(
                    symbol.shownSymbol, place: "", arguments: NameDigest.of(symbol),
                    style: .danger))
        }
        return Screen(
            title: "Which position is to be closed?",
            blocks: [
                .note("All of the default portfolio at once: \(code: "/close all")"),
                .note("In another portfolio: \(code: "/close SYMBOL PORTFOLIO")"),
            ],
            buttons: buttons.inRows(of: Self.buttonsPerRow))
    }
}

/// The orders that would close positions.
struct CloseProposal: Sendable {
    /// Each by its quantity, as it was shown.
    let orders: [ChatOrder]
    /// What they would do; not kept with the proposal.
    fileprivate let blocks: [Block]
    /// Whether none of them would be sent.
    fileprivate let isDenied: Bool

    init(orders: [ChatOrder]) {
        self.orders = orders
        blocks = []
        isDenied = false
    }

    /// Throws `CommandRefusal` where nothing is held there, and what would refuse an order.
    fileprivate init(
        _ held: [PositionView], _ request: CommandRequest, _ caller: Caller
    ) async throws {
        let authority = Authority(caller: caller)
        let services = request.services
        let symbols = held.map(\.listing.instrument.instrument.symbol)
        let found: [PlaceOrder]
        switch try await OrderTargets(symbols, request, caller) {
        case .all(let portfolio):
            found = try await services.orders.closing(
                portfolio: portfolio, symbol: nil, for: authority)
        case .symbol(let symbol, let portfolio):
            let places = Set(
                held.filter { $0.listing.instrument.instrument.symbol == symbol }
                    .map(\.listing.portfolio))
            // Where it is held in one portfolio alone, that one is meant.
            found = try await services.orders.closing(
                portfolio: portfolio ?? (places.count == 1 ? places.first : nil), symbol: symbol,
                for: authority)
        case .other(let text):
            throw CommandRefusal.unknownName(
                text, kind: "open position", known: Set(symbols).sorted())
        }
        guard !found.isEmpty else {
            throw CommandRefusal(
                title: "Nothing to close",
                reason: "No position is open there. All portfolios: \(code: "/positions all")")
        }
        var previews: [OrderPreview] = []
        for order in found {
            previews.append(try await services.orders.preview(order, as: authority))
        }
        orders = found.map(ChatOrder.init)
        isDenied = previews.allSatisfy { $0.verdict.decision == .block }
        blocks = Self.blocks(of: previews, now: services.work.world.now())
    }

    var title: String {
        orders.count == 1 ? "close by \(orders[0].title)" : "close \(orders.count) positions"
    }

    private static func blocks(of previews: [OrderPreview], now: Timestamp) -> [Block] {
        if previews.count == 1 {
            let shown = ShownPreview(previews[0], now: now)
            return [.facts(shown.facts)] + shown.notes.map(Block.note)
        }
        let table = Table(
            columns: [
                .init("Order"), .init("Position", .right), .init("Would realize", .right),
            ],
            rows: previews.prefix(mostRows).map { preview in
                let instruction = preview.instruction
                let name = preview.instrument.shownName.shortened
                return [
                    .text("\(instruction.side.rawValue) \(instruction.quantity) \(name)"),
                    "\(preview.heldBefore) → \(preview.heldAfter)",
                    preview.realizedPnL.map { .gain($0, preview.instrument.currency) } ?? "–",
                ]
            })
        let others = previews.count - mostRows
        let unquoted = previews.count { $0.quote == nil }
        let denied = previews.count { $0.verdict.decision == .block }
        return [.facts([Fact("Portfolio", .text(previews[0].portfolio.text))]), .table(table)]
            + (others > 0 ? [.note("… and \(others) more.")] : [])
            + (denied > 0
                ? [.note("\(denied) would be denied by risk policies: \(code: "/policy")")] : [])
            + (unquoted > 0 ? [.note("\(unquoted) without a quote: those wait for one.")] : [])
    }

    private static let mostRows = 20
}
