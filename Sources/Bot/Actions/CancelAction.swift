import Ledger
import Records
import Services
import Wire

extension ActionKind {
    /// Orders that are to end.
    static let cancelOrders = ActionKind(
        name: "cancel",
        title: { CancelProposal($0)?.title ?? "cancel an order" },
        perform: { action, services, caller in
            guard let proposal = CancelProposal(action) else { throw ServiceError.foreignAction }
            let authority = Authority(caller: caller)
            return try await OrderResults.of(proposal.targets.map(\.words)) { number in
                let target = proposal.targets[number]
                return try await services.orders.cancel(
                    uid: target.uid, version: target.version, as: authority)
            }
        },
        facts: { _, resultJSON in OrderResults(resultJSON)?.facts ?? [] },
        blocks: { OrderResults($0)?.blocks ?? [] })
}

extension CancelProposal {
    init?(_ action: PendingAction) {
        guard let content = try? JSONValue(parsing: action.contentJSON),
            let orders = content["orders"]?.array
        else { return nil }
        targets = orders.compactMap { order in
            guard let uid = order["uid"]?.string, let words = order["words"]?.string else {
                return nil
            }
            return Target(
                uid: uid, words: words, version: order["version"]?.integer.map { Int64($0) })
        }
        guard !targets.isEmpty, targets.count == orders.count else { return nil }
    }

    var json: String {
        let bytes = JSONWriter.object { content in
            content.array("orders") { orders in
                for target in targets {
                    orders.object { order in
                        order.write("uid", target.uid)
                        order.write("words", target.words)
                        if let version = target.version { order.write("version", version) }
                    }
                }
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// What came of several orders, one by one: what could not be done stops none of the others.
struct OrderResults: Sendable {
    struct Line: Sendable {
        let words: String
        let outcome: Outcome
    }

    enum Outcome: Sendable {
        case done(OrderResult)
        case refused(String)
    }

    let lines: [Line]

    /// Asks for each; returns the result as an action keeps it. Of one alone the refusal is thrown.
    static func of(
        _ asked: [String], _ ask: (_ number: Int) async throws -> OrderListing
    ) async throws -> String {
        var lines: [Line] = []
        for (number, words) in asked.enumerated() {
            do {
                let order = try await ask(number)
                lines.append(Line(words: words, outcome: .done(OrderResult(order))))
            } catch let error as ServiceError where error.kind != .unauthorized {
                guard asked.count > 1 else { throw error }
                lines.append(Line(words: words, outcome: .refused(error.detail)))
            }
        }
        return OrderResults(lines: lines).json
    }

    init(lines: [Line]) { self.lines = lines }

    init?(_ resultJSON: String) {
        guard let orders = try? JSONValue(parsing: resultJSON)["orders"]?.array else { return nil }
        lines = orders.compactMap { order in
            guard let words = order["words"]?.string else { return nil }
            if let refused = order["refused"]?.string {
                return Line(words: words, outcome: .refused(refused))
            }
            return OrderResult(order).map { Line(words: words, outcome: .done($0)) }
        }
    }

    private var json: String {
        let bytes = JSONWriter.object { result in
            result.array("orders") { orders in
                for line in lines {
                    orders.object { order in
                        order.write("words", line.words)
                        switch line.outcome {
                        case .done(let result): result.write(to: &order)
                        case .refused(let detail): order.write("refused", detail)
                        }
                    }
                }
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    var facts: [Fact] {
        if lines.count == 1, case .done(let result) = lines[0].outcome { return result.facts }
        let refused = lines.count { if case .refused = $0.outcome { true } else { false } }
        return [
            Fact("Asked for", "\(lines.count - refused)"),
            refused > 0 ? Fact("Refused", "\(refused)") : nil,
            Fact("How they go", .code("/orders")),
        ].compactMap(\.self)
    }

    var blocks: [Block] {
        guard lines.count > 1 else { return [] }
        let shown = lines.prefix(Self.mostLines).map { line -> Cell in
            let words = line.words.shortened(to: 80)
            return switch line.outcome {
            case .done(let result): .text("\(words): \(result.status.rawValue)")
            case .refused(let detail): .text("\(words): not done, \(detail.shortened(to: 80))")
            }
        }
        let rest =
            lines.count > Self.mostLines
            ? [Cell.text("… \(lines.count - Self.mostLines) more")] : []
        return [.details(Details(summary: "One by one", lines: shown + rest))]
    }

    private static let mostLines = 20
}
