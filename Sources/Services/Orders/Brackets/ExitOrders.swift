import Ledger
import Records
import Storage
import Wire

/// Why an exit is reduced or ended, as its submission tells it.
enum ExitCause: String, Sendable {
    /// Another order of its bracket was filled: a gateway that honours groups knows that by itself.
    case group = "GROUP"
    /// What is held, or what its owner wants.
    case position = "POSITION"

    private static let key = "cause"

    fileprivate init?(in json: String) {
        guard let text = (try? JSONValue(parsing: json))?[Self.key]?.string else { return nil }
        self.init(rawValue: text)
    }

    /// The JSON object with it as another member.
    fileprivate func added(to json: String) -> String {
        let members = json.dropFirst().dropLast()
        let own = "\"\(Self.key)\":\"\(rawValue)\""
        return members.isEmpty ? "{\(own)}" : "{\(members),\(own)}"
    }
}

extension Submission {
    /// Nil for what was not asked for an exit's sake.
    var exitCause: ExitCause? { ExitCause(in: termsJSON) }
}

/// Places, changes and ends the exits of brackets, within a unit of work that has their portfolio
/// locked.
///
/// What makes an exit smaller holds in the ledger at once, whatever its gateway makes of it: after
/// a restart no more of it works than there is to close. What makes it larger holds when the
/// gateway says so.
struct ExitOrders {
    let caller: Caller
    let tx: any Transaction

    /// A price that no order can have places nothing; it was refused before.
    func place(
        _ quantity: Decimal, at pricing: OrderPricing, as role: BracketRole,
        of bracket: BracketRecord, _ draw: inout Draw
    ) throws {
        guard
            let instruction = try? OrderInstruction(
                side: bracket.side, quantity: quantity, pricing: pricing,
                timeInForce: .goodTillCanceled, isReduceOnly: true)
        else { return }
        let id = try PlacedOrders.insert(
            NewPlacedOrder(
                uid: draw.uid(), holding: bracket.holding, gateway: bracket.gateway,
                clientOrderID: nil, instruction: instruction, status: .pending, request: "{}"),
            now: draw.now, for: caller, in: tx)
        try Brackets.link(id, to: bracket.id, as: role, for: caller, in: tx)
        try Submissions.insert(.place, of: id, now: draw.now, for: caller, in: tx)
        draw.hasSubmissions = true
        try audit(.create, id, OrderTermsJSON.write(instruction), draw)
    }

    /// Lets an exit close `left` at these prices, and no more.
    func fit(
        _ order: PlacedOrder, to left: Decimal, at pricing: OrderPricing, by cause: ExitCause,
        _ draw: inout Draw
    ) throws {
        guard let quantity = try? order.progress.filled + left else { return }
        let underway = try Submissions.underway(of: order.id, for: caller, in: tx)
        let asked =
            underway.last { $0.kind == .replace }.flatMap { OrderTermsJSON.read($0.termsJSON) }
            ?? order.instruction
        let stand = pricing.trail == order.instruction.pricing.trail
        guard
            let wanted = try? OrderInstruction(
                side: asked.side, quantity: quantity, pricing: pricing,
                timeInForce: asked.timeInForce, isReduceOnly: asked.isReduceOnly
            ).trailing(at: stand ? order.instruction.pricing.stop : nil)
        else { return }
        if underway.hasNotLeft {
            guard wanted != order.instruction else { return }
            return try note(wanted, of: order, draw)
        }
        let isAsked = asked.quantity == quantity && asked.pricing.isAsked(by: pricing)
        if order.instruction.quantity > quantity {
            try note(order.instruction.reduced(to: quantity), of: order, draw)
        }
        guard !isAsked, !underway.contains(where: { $0.kind == .cancel }) else { return }
        try ask(
            .replace, of: order,
            (underway.changes ? .position : cause).added(to: OrderTermsJSON.write(wanted)), &draw)
        try audit(.update, order.id, OrderTermsJSON.write(wanted), draw)
    }

    /// Ends an exit.
    func end(
        _ order: PlacedOrder, because reason: String, by cause: ExitCause, _ draw: inout Draw
    ) throws {
        let underway = try Submissions.underway(of: order.id, for: caller, in: tx)
        var ended = order
        guard ended.progress.take(.canceled) == .changed else { return }
        ended.reason = reason
        try PlacedOrders.update(ended, now: draw.now, in: tx)
        try audit(.cancel, order.id, Details.object(["because": reason]), draw)
        // What has not left finds that its order has ended.
        if underway.hasNotLeft { return }
        try ask(
            .cancel, of: order, (underway.changes ? .position : cause).added(to: "{}"), &draw)
    }

    private func note(
        _ instruction: OrderInstruction, of order: PlacedOrder, _ draw: Draw
    ) throws {
        var changed = order
        changed.instruction = instruction
        try PlacedOrders.update(changed, now: draw.now, in: tx)
    }

    private func ask(
        _ kind: Submission.Kind, of order: PlacedOrder, _ json: String, _ draw: inout Draw
    ) throws {
        try Submissions.insert(
            kind, of: order.id, termsJSON: json, now: draw.now, for: caller, in: tx)
        draw.hasSubmissions = true
    }

    private func audit(
        _ action: AuditEntry.Action, _ order: OrderID, _ detailsJSON: String, _ draw: Draw
    ) throws {
        try AuditLog.append(
            [AuditEntry(action, .order, id: order.raw, detailsJSON: detailsJSON)],
            userID: caller.userID, now: draw.now, in: tx)
    }
}

extension [Submission] {
    /// Whether the order itself waits to leave for its gateway.
    fileprivate var hasNotLeft: Bool {
        contains { $0.kind == .place && $0.state == .waiting }
    }

    /// Whether other terms are on their way: what the gateway has by then is not what it has now.
    fileprivate var changes: Bool { contains { $0.kind == .replace } }
}

extension OrderPricing {
    /// Whether this one is what `wanted` asks for, wherever a trailing stop stands by now.
    fileprivate func isAsked(by wanted: OrderPricing) -> Bool {
        wanted.trail == nil ? self == wanted : trail == wanted.trail
    }
}

extension PlacedOrder {
    /// What is left to fill.
    var remaining: Decimal {
        (try? instruction.quantity - progress.filled).map { max($0, .zero) } ?? .zero
    }
}
