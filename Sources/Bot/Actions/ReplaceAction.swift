import Ledger
import Records
import Services
import Wire

extension ActionKind {
    /// An order that is to get other terms; its content is the body of
    /// `POST /v1/orders/{uid}/replace`, with what was shown of the order.
    static let replaceOrder = ActionKind(
        name: "replace",
        title: { ReplaceProposal($0)?.title ?? "change an order" },
        perform: { action, services, caller in
            guard let proposal = ReplaceProposal(action) else { throw ServiceError.foreignAction }
            let order = try await services.orders.replace(
                uid: proposal.uid, with: proposal.change, version: proposal.version,
                as: Authority(caller: caller))
            return OrderResult(order).json
        },
        facts: { action, resultJSON in
            (ReplaceProposal(action)?.facts ?? []) + (OrderResult(resultJSON)?.facts ?? [])
        })
}

extension ReplaceProposal {
    init?(_ action: PendingAction) {
        guard let content = try? JSONValue(parsing: action.contentJSON),
            let uid = content["uid"]?.string, let words = content["words"]?.string,
            let terms = content["terms"]?.description,
            let posted = try? ReplaceOrderReader.replacement(from: Array(terms.utf8)).get(),
            let version = posted.version, let changes = content["changes"]?.array
        else { return nil }
        self.init(
            uid: uid, words: words, version: version, change: posted.change,
            changes: changes.compactMap { change in
                guard let name = change["name"]?.string, let old = change["old"]?.string,
                    let new = change["new"]?.string
                else { return nil }
                return Change(name: name, old: old, new: new)
            })
    }

    var json: String {
        let bytes = JSONWriter.object { content in
            content.write("uid", uid)
            content.write("words", words)
            content.object("terms") { write(to: &$0) }
            content.array("changes") { list in
                for change in changes {
                    list.object { object in
                        object.write("name", change.name)
                        object.write("old", change.old)
                        object.write("new", change.new)
                    }
                }
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func write(to terms: inout JSONObjectWriter) {
        func write(_ field: ReplaceOrderField, _ value: (some JSONWritable)?) {
            if let value { terms.write(field.rawValue, value) }
        }
        write(.quantity, change.quantity)
        write(.price, change.price)
        write(.stopPrice, change.stopPrice)
        switch change.trail {
        case .amount(let amount): write(.trailAmount, amount)
        case .percent(let percent): write(.trailPercent, percent)
        case nil: break
        }
        write(.timeInForce, change.timeInForce?.rawValue)
        write(.version, version)
    }
}
