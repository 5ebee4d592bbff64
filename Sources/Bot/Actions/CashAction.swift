import Ledger
import Records
import Services
import Wire

extension ActionKind {
    /// Play money that is to be paid in.
    static let deposit = cash(.deposit)
    /// Play money that is to be paid out.
    static let withdraw = cash(.withdraw)

    static func cash(_ direction: CashRequest.Direction) -> ActionKind {
        ActionKind(
            name: direction.rawValue,
            title: { CashProposal($0, direction)?.title ?? "\(direction.rawValue) money" },
            perform: { action, services, caller in
                guard let proposal = CashProposal(action, direction) else {
                    throw ServiceError.foreignAction
                }
                let receipt = try await services.money.pay(
                    proposal.payment, token: action.token, for: caller)
                let bytes = JSONWriter.object { result in
                    result.write("entry_uid", receipt.entry.uid)
                    if let figures = receipt.moneyAfter.known {
                        result.write("cash", figures.cash)
                        result.write("currency", receipt.moneyAfter.currency.code)
                    }
                }
                return String(decoding: bytes, as: UTF8.self)
            },
            facts: { action, resultJSON in
                var facts = CashProposal(action, direction)?.facts ?? []
                let result = try? JSONValue(parsing: resultJSON)
                if let cash = result?["cash"]?.decimal,
                    let currency = result?["currency"]?.string.flatMap({ Currency($0) })
                {
                    facts.append(Fact("Cash", .money(cash, currency)))
                }
                return facts
            })
    }
}

struct CashProposal: Sendable {
    let payment: CashRequest

    init(_ payment: CashRequest) { self.payment = payment }

    init?(_ action: PendingAction, _ direction: CashRequest.Direction) {
        guard let content = try? JSONValue(parsing: action.contentJSON),
            let amount = content["amount"]?.decimal, let account = content["account"]?.string,
            let currency = content["currency"]?.string.flatMap({ Currency($0) })
        else { return nil }
        payment = CashRequest(
            direction, amount, currency: currency, account: ExactText(account),
            note: content["note"]?.string)
    }

    var json: String {
        let bytes = JSONWriter.object { content in
            content.write("amount", payment.amount)
            if let currency = payment.currency { content.write("currency", currency.code) }
            if let account = payment.account { content.write("account", account) }
            if let note = payment.note { content.write("note", note) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    var title: String {
        let money = [payment.amount.description, payment.currency?.code].compactMap(\.self)
        return "\(payment.direction.rawValue) \(money.joined(separator: " "))"
    }

    var facts: [Fact] {
        var facts: [Fact] = []
        if let account = payment.account { facts.append(Fact("Account", .text(account.text))) }
        if let currency = payment.currency {
            facts.append(Fact("Amount", "\(payment.amount) \(currency)"))
        }
        if let note = payment.note { facts.append(Fact("Note", .text(note))) }
        return facts
    }
}
