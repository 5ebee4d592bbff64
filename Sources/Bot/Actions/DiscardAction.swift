import Records
import Services
import Wire

extension ActionKind {
    /// Messages of hooks that are to be no trades for good.
    static let discard = ActionKind(
        name: "quarantine",
        title: { "discard \(DiscardProposal($0)?.words ?? "what waited")" },
        perform: { action, services, caller in
            guard let proposal = DiscardProposal(action) else {
                throw ServiceError.foreignAction
            }
            let count = try await services.quarantine.discard(proposal.ids, for: caller)
            return String(
                decoding: JSONWriter.object { $0.write("discarded", count) }, as: UTF8.self)
        },
        facts: { _, resultJSON in
            let result = try? JSONValue(parsing: resultJSON)
            return [Fact("Discarded", "\(result?["discarded"]?.integer ?? 0)")]
        })
}

/// Which messages are to be discarded.
struct DiscardProposal: Sendable {
    let ids: [HookDeliveryID]

    init(ids: [HookDeliveryID]) { self.ids = ids }

    init?(_ action: PendingAction) {
        guard let content = try? JSONValue(parsing: action.contentJSON),
            let numbers = content["numbers"]?.array?.compactMap(\.integer)
        else { return nil }
        ids = numbers.map { HookDeliveryID(Int64($0)) }
    }

    var json: String {
        let bytes = JSONWriter.object { content in
            content.array("numbers") { numbers in
                for id in ids { numbers.write(id.raw) }
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    var words: String {
        ids.count == 1 ? "No. \(ids[0]) of the quarantine" : "\(ids.count) of the quarantine"
    }
}
