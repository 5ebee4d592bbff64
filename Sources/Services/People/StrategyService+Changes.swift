public import Records
import Storage
import Wire

extension StrategyService {
    /// Adds a strategy. Throws `.conflict` where there is one of this name and version, `.invalid`
    /// for params that are no JSON object, `.limit`.
    public func add(
        _ reference: StrategyReference, paramsJSON: String? = nil, for caller: Caller,
        update: IncomingUpdate? = nil
    ) async throws -> Strategy {
        let params = try paramsJSON.map(StrategyService.checkedParams) ?? "{}"
        return try await work.write { tx, draw in
            try update?.admit(now: draw.now, in: tx)
            try Users.lock(caller, in: tx)
            guard try Strategies.all(for: caller, in: tx).count < Limits.strategiesPerUser else {
                throw ServiceError(
                    .limit, code: "TOO_MANY_STRATEGIES",
                    detail: "a user has at most \(Limits.strategiesPerUser) strategies")
            }
            guard
                let added = try Strategies.insert(
                    uid: draw.uid(), name: reference.name, version: reference.version,
                    paramsJSON: params, now: draw.now, for: caller, in: tx)
            else {
                throw ServiceError(
                    .conflict, code: "NAME_TAKEN", field: "name",
                    detail: "there is a strategy \(reference) already")
            }
            try AuditLog.append(
                [
                    AuditEntry(
                        .create, .strategy, id: added.id.raw,
                        detailsJSON: Details.named(added.reference))
                ], userID: caller.userID, now: draw.now, in: tx)
            return added
        }
    }

    /// Puts a strategy into use or out of it: the silence of one that is not in use is told to
    /// nobody, its fills are stored all the same. Throws `.notFound`.
    public func setActive(
        _ isActive: Bool, _ reference: StrategyReference, for caller: Caller,
        update: IncomingUpdate? = nil
    ) async throws -> Strategy {
        try await change(reference, for: caller, update) { strategy, tx in
            guard strategy.isActive != isActive else { return nil }
            try Strategies.setActive(isActive, of: strategy.id, for: caller, in: tx)
            return AuditEntry(isActive ? .activate : .deactivate, .strategy, id: strategy.id.raw)
        }
    }

    /// Replaces a strategy's params; those before stay in the audit log. Throws `.notFound`, and
    /// `.invalid` for what is no JSON object.
    public func setParams(
        _ paramsJSON: String, of reference: StrategyReference, for caller: Caller,
        update: IncomingUpdate? = nil
    ) async throws -> Strategy {
        let params = try StrategyService.checkedParams(paramsJSON)
        return try await change(reference, for: caller, update) { strategy, tx in
            try Strategies.setParams(params, of: strategy.id, for: caller, in: tx)
            return AuditEntry(
                .update, .strategy, id: strategy.id.raw,
                detailsJSON: Details.object([
                    "params_json": params, "params_json_before": strategy.paramsJSON,
                ]))
        }
    }

    private static func checkedParams(_ text: String) throws(ServiceError) -> String {
        func refusal(_ detail: String) -> ServiceError {
            ServiceError(.invalid, code: "INVALID_FIELD", field: "params", detail: detail)
        }
        guard text.utf8.count <= Limits.strategyParamsBytes else {
            throw refusal("expected at most \(Limits.strategyParamsBytes) bytes")
        }
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue(parsing: text)
        } catch {
            throw refusal("expected a JSON object such as {\"stop\":\"0.05\"}: \(error)")
        }
        guard value.object != nil else {
            throw refusal("expected a JSON object such as {\"stop\":\"0.05\"}")
        }
        return value.description
    }

    private func change(
        _ reference: StrategyReference, for caller: Caller, _ update: IncomingUpdate?,
        _ body: @escaping @Sendable (Strategy, any Transaction) throws -> AuditEntry?
    ) async throws -> Strategy {
        try await work.write { tx, draw in
            try update?.admit(now: draw.now, in: tx)
            try Users.lock(caller, in: tx)
            guard let strategy = try StrategyService.find(reference, for: caller, in: tx) else {
                throw ServiceError.noStrategy(reference.description)
            }
            if let entry = try body(strategy, tx) {
                try AuditLog.append([entry], userID: caller.userID, now: draw.now, in: tx)
            }
            return try StrategyService.find(reference, for: caller, in: tx) ?? strategy
        }
    }
}
