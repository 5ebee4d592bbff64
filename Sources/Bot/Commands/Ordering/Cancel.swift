import Ledger
import Records
import Services

extension Command {
    static let cancel = Command(
        "cancel", "Cancel an order that works, those in a symbol, or all; asks before it does",
        arguments: "[order|symbol|all] [portfolio]", example: "/cancel AAPL",
        body: .approved { request, caller in
            let authority = Authority(caller: caller)
            let working = try await request.workingOrders(for: authority)
            guard !request.arguments.isEmpty else {
                return try CancelChoice(request: request, orders: working).screen()
            }
            let proposal = try await CancelProposal(working, request, caller)
            return try await request.proposal(
                of: .cancelOrders, proposal.json, to: caller, blocks: proposal.blocks)
        })
}

extension CommandRequest {
    /// Proposes to cancel the order as it is shown: who presses is told if it has changed.
    func cancelButton(
        _ label: String, for order: OrderListing
    ) throws(ScreenError) -> Button {
        try Button(
            label,
            action: ButtonAction.show(
                command: Command.cancel.name, owner: sender.telegramUserID,
                place: String(order.version), arguments: order.uid
            ).data, style: .danger)
    }
}

/// The orders that work, to choose from.
private struct CancelChoice {
    private static let mostButtons = 40

    let request: CommandRequest
    let orders: [OrderListing]

    func screen() throws(ScreenError) -> Screen {
        guard !orders.isEmpty else {
            return Screen(
                title: "Nothing to cancel",
                blocks: [.note("No order works that was placed from here.")])
        }
        var buttons: [Button] = []
        for order in orders.prefix(Self.mostButtons) {
            buttons.append(
                try request.cancelButton("\(order.shown) · \(order.chatName)", for: order))
        }
        let all =
            orders.count > 1
            ? [
                try request.button(
                    "All \(orders.count)", place: "", arguments: "all", style: .danger)
            ]
            : []
        let isCut = orders.count > Self.mostButtons
        return Screen(
            title: "Which order is to be canceled?",
            blocks: isCut
                ? [.note("The newest \(Self.mostButtons) of \(orders.count): \(code: "/orders")")]
                : [],
            buttons: (buttons.inRows(of: 1) + [all]).filter { !$0.isEmpty })
    }
}

/// Orders of which the end is to be asked for.
struct CancelProposal: Sendable {
    struct Target: Sendable, Hashable {
        let uid: String
        let words: String
        /// The one that was shown; nil for whatever it is by then.
        let version: Int64?
    }

    let targets: [Target]

    init(targets: [Target]) { self.targets = targets }

    /// Throws `CommandRefusal` where no order, or one of several, is meant.
    fileprivate init(
        _ working: [OrderListing], _ request: CommandRequest, _ caller: Caller
    ) async throws {
        if request.arguments.isFromButton, request.arguments.text != OrderTargets.all {
            let order = try await request.services.orders.detail(
                uid: request.arguments.text, limit: 1, for: Authority(caller: caller)
            ).order
            targets = [Target(order, version: Int64(request.place) ?? order.version)]
            return
        }
        switch try await OrderTargets(working.map(\.instrument.symbol), request, caller) {
        case .all(let portfolio):
            let orders = working.filter { portfolio == nil || $0.portfolio == portfolio }
            targets = orders.map { Target($0, version: nil) }
        case .symbol(let symbol, let portfolio):
            let orders = working.filter {
                $0.instrument.symbol == symbol && (portfolio == nil || $0.portfolio == portfolio)
            }
            targets = orders.map { Target($0, version: nil) }
        case .other(let text):
            let order = try request.order(
                named: text, among: working, kind: "working order or symbol of one")
            targets = [Target(order, version: order.version)]
        }
        guard !targets.isEmpty else {
            throw CommandRefusal(
                title: "Nothing to cancel",
                reason: "No order works there that was placed from here.")
        }
    }

    var title: String {
        targets.count == 1 ? "cancel \(targets[0].words)" : "cancel \(targets.count) orders"
    }

    fileprivate var blocks: [Block] {
        targets.count == 1
            ? [.facts([Fact("Order", .code(targets[0].uid))])]
            : [.details(Details(summary: title.capitalizedFirst, lines: lines))]
    }

    private var lines: [Cell] {
        targets.prefix(Self.mostLines).map { .text($0.words.shortened(to: 80)) }
            + (targets.count > Self.mostLines ? ["… \(targets.count - Self.mostLines) more"] : [])
    }

    private static let mostLines = 20
}

extension CancelProposal.Target {
    init(_ order: OrderListing, version: Int64?) {
        uid = order.uid
        words = "\(order.shown) · \(order.chatName)"
        self.version = version
    }
}

/// What `/cancel` and `/close` may be about.
enum OrderTargets {
    static let all = "all"

    case all(portfolio: ExactText?)
    case symbol(ExactText, portfolio: ExactText?)
    /// All that was typed, being nothing else.
    case other(String)

    /// `all`, or one of the symbols; each may be followed by a portfolio's name.
    init(_ symbols: [ExactText], _ request: CommandRequest, _ caller: Caller) async throws {
        let arguments = request.arguments
        let portfolios = try await request.services.portfolios.all(for: caller).map(\.name)
        let known = Set(symbols).sorted()
        for (head, tail) in arguments.cuts where !head.isEmpty {
            let portfolio = tail.pick(from: portfolios)
            guard tail.isEmpty || portfolio != nil else { continue }
            if let symbol = head.pick(from: known) {
                self = .symbol(symbol, portfolio: portfolio)
                return
            }
            if head.text.lowercased() == Self.all {
                self = .all(portfolio: portfolio)
                return
            }
        }
        self = .other(arguments.text)
    }
}
