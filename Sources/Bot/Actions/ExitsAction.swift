import Ledger
import Records
import Services
import Wire

extension ActionKind {
    /// A position that is to get another stop loss or take profit.
    static let exits = ActionKind(
        name: "exits",
        title: { ExitProposal($0)?.title ?? "change a stop loss or take profit" },
        perform: { action, services, caller in
            guard let proposal = ExitProposal(action) else { throw ServiceError.foreignAction }
            let authority = Authority(caller: caller)
            let exits = try await services.orders.setExits(
                proposal.value.change,
                of: try await ExitProposal.place(proposal.digest, services, authority),
                request: action.token, as: authority)
            return ExitsResult(stop: exits.shown(.stop), profit: exits.shown(.profit)).json
        },
        facts: { _, resultJSON in ExitsResult(resultJSON)?.facts ?? [] })
}

extension ExitProposal {
    init?(_ action: PendingAction) {
        guard let content = try? JSONValue(parsing: action.contentJSON),
            let exit = content["exit"]?.string.flatMap(SpokenExit.init),
            let text = content["value"]?.string,
            let value = try? SpokenExitValue(text, exit),
            let digest = content["holding"]?.string, let words = content["words"]?.string
        else { return nil }
        self.init(exit, value, digest: digest, words: words)
    }

    var json: String {
        let bytes = JSONWriter.object { content in
            content.write("exit", exit.rawValue)
            content.write("value", value.text)
            content.write("holding", digest)
            content.write("words", words)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// What protects a position after its exits were changed, as the action keeps it.
private struct ExitsResult {
    let stop: String?
    let profit: String?

    init(stop: String?, profit: String?) {
        self.stop = stop
        self.profit = profit
    }

    init?(_ resultJSON: String) {
        guard let result = try? JSONValue(parsing: resultJSON) else { return nil }
        self.init(stop: result["stop_loss"]?.string, profit: result["take_profit"]?.string)
    }

    var json: String {
        let bytes = JSONWriter.object { result in
            if let stop { result.write("stop_loss", stop) }
            if let profit { result.write("take_profit", profit) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    var facts: [Fact] {
        [
            Fact("Stop loss", .text(stop ?? "none")),
            Fact("Take profit", .text(profit ?? "none")),
            Fact("How they go", .code("/orders")),
        ]
    }
}
