import Ledger
import Records
import Services
import Wire

extension Route {
    static let risk = Route(
        .get, "/v1/risk", parameters: ["portfolio"],
        summary: "The risk policies in force, and their latest breaches",
        .authorized(.read) { call, authority in
            let overview = try await call.services.risk.overview(
                portfolio: try call.query().text("portfolio"), for: authority)
            return Answer(RiskAnswer(overview: overview))
        })
}

private struct RiskAnswer: JSONWritable {
    let overview: RiskOverview

    func writeJSON(to bytes: inout [UInt8]) {
        JSONWriter.object(to: &bytes) { answer in
            answer.array("policies") { list in
                for policy in overview.policies {
                    list.object { write(policy, to: &$0) }
                }
            }
            answer.array("breaches") { list in
                for breach in overview.breaches {
                    list.object { write(breach, to: &$0) }
                }
            }
        }
    }

    private func write(_ policy: RiskPolicyRecord, to object: inout JSONObjectWriter) {
        object.write("uid", policy.uid)
        object.write("name", policy.name)
        object.write("scope_type", policy.scopeType.rawValue)
        object.write("scope", policy.scopeName)
        object.write("config", JSONRaw(policy.configJSON))
        object.write("created_at", policy.createdAt)
    }

    private func write(_ breach: RiskBreachRecord, to object: inout JSONObjectWriter) {
        object.write("uid", breach.uid)
        object.write("policy", breach.policyName)
        object.write("portfolio", breach.portfolio)
        object.write("symbol", breach.symbol)
        object.write("action", breach.action)
        object.write("observed", JSONRaw(breach.observedJSON))
        object.write("created_at", breach.createdAt)
    }
}
