public import Ledger
public import Records
import Storage
import World

/// A policy that somebody wants to have.
public struct PolicyRequest: Sendable, Hashable {
    public var name: String
    /// For this portfolio alone.
    public var portfolio: ExactText?
    /// For this strategy alone; without either, for all that the user has.
    public var strategy: StrategyReference?
    /// A JSON object: `rule`, `action`, and the fields of the rule.
    public var configJSON: String

    public init(
        name: String, portfolio: ExactText? = nil, strategy: StrategyReference? = nil,
        configJSON: String
    ) {
        self.name = name
        self.portfolio = portfolio
        self.strategy = strategy
        self.configJSON = configJSON
    }
}

extension RiskService {
    /// All of the caller's policies, those that are off among them, by name.
    public func policies(for caller: Caller) async throws -> [RiskPolicyRecord] {
        try await work.read { try RiskPolicies.all(for: caller, in: $0) }
    }

    /// Adds a policy, which holds at once. Throws `.invalid` with the field of the configuration
    /// that is at fault, `.conflict` where there is one of this name, `.notFound`, `.limit`.
    public func add(
        _ request: PolicyRequest, for caller: Caller, update: IncomingUpdate? = nil
    ) async throws -> RiskPolicyRecord {
        let name = try Name.checked(request.name, field: "name")
        guard request.portfolio == nil || request.strategy == nil else {
            throw ServiceError(
                .invalid, code: "INVALID_FIELD", field: "strategy",
                detail: "a policy is for a portfolio or for a strategy, not for both")
        }
        let config = try checked(request.configJSON)
        return try await work.write { tx, draw in
            try update?.admit(now: draw.now, in: tx)
            try Users.lock(caller, in: tx)
            guard try RiskPolicies.all(for: caller, in: tx).count < Limits.policiesPerUser else {
                throw ServiceError(
                    .limit, code: "TOO_MANY_POLICIES",
                    detail: "a user has at most \(Limits.policiesPerUser) policies")
            }
            guard try RiskPolicies.named(name, for: caller, in: tx) == nil else {
                throw ServiceError(
                    .conflict, code: "NAME_TAKEN", field: "name",
                    detail: "there is a policy named \(name) already")
            }
            let portfolio = try request.portfolio.map {
                try PortfolioService.resolve($0, for: caller, in: tx).id
            }
            let strategy = try request.strategy.map { reference in
                guard let found = try StrategyService.find(reference, for: caller, in: tx) else {
                    throw ServiceError.noStrategy(reference.description)
                }
                return found.id
            }
            let id = try RiskPolicies.insert(
                uid: draw.uid(), name: name, portfolio: portfolio, strategy: strategy,
                configJSON: config, now: draw.now, for: caller, in: tx)
            try audit(.create, id, config, for: caller, in: tx, draw)
            return try Self.policy(name, for: caller, in: tx)
        }
    }

    /// Gives a policy another configuration. Throws as `add`, and `.conflict` where the policy has
    /// changed since `version`.
    public func change(
        _ name: ExactText, to configJSON: String, version: Int64? = nil, for caller: Caller,
        update: IncomingUpdate? = nil
    ) async throws -> RiskPolicyRecord {
        let config = try checked(configJSON)
        return try await change(name, version, for: caller, update) { ($0.isActive, config) }
    }

    /// Puts a policy in force or out of it; its breaches stay.
    public func setActive(
        _ isActive: Bool, _ name: ExactText, for caller: Caller, update: IncomingUpdate? = nil
    ) async throws -> RiskPolicyRecord {
        try await change(name, nil, for: caller, update) { (isActive, $0.configJSON) }
    }

    private func change(
        _ name: ExactText, _ version: Int64?, for caller: Caller, _ update: IncomingUpdate?,
        _ body: @escaping @Sendable (RiskPolicyRecord) -> (isActive: Bool, configJSON: String)
    ) async throws -> RiskPolicyRecord {
        try await work.write { tx, draw in
            try update?.admit(now: draw.now, in: tx)
            try Users.lock(caller, in: tx)
            let policy = try Self.policy(name, for: caller, in: tx)
            guard version == nil || version == policy.version else {
                throw ServiceError(
                    .conflict, code: "VERSION_CONFLICT", field: "version",
                    detail: "the policy has changed since: it says \(policy.configJSON) by now")
            }
            let (isActive, config) = body(policy)
            guard isActive != policy.isActive || !isSame(config, as: policy.configJSON) else {
                return policy
            }
            try RiskPolicies.update(
                policy.id, configJSON: config, isActive: isActive, for: caller, in: tx)
            try audit(
                isActive == policy.isActive ? .update : isActive ? .activate : .deactivate,
                policy.id, config, for: caller, in: tx, draw)
            return try Self.policy(name, for: caller, in: tx)
        }
    }

    /// Databases write the same object in different ways.
    private func isSame(_ config: String, as stored: String) -> Bool {
        config == stored
            || (try? PolicyConfig(stored, zones: timeZones))?.canonicalJSON == config
    }

    /// In canonical form. Throws `.invalid`.
    private func checked(_ json: String) throws -> String {
        do {
            return try PolicyConfig(json, zones: timeZones).canonicalJSON
        } catch let fault as RiskConfigFault {
            throw ServiceError(
                .invalid, code: "INVALID_FIELD", field: fault.field, detail: fault.detail)
        }
    }

    private func audit(
        _ action: AuditEntry.Action, _ id: Int64, _ config: String, for caller: Caller,
        in tx: any Transaction, _ draw: Draw
    ) throws {
        try AuditLog.append(
            [AuditEntry(action, .policy, id: id, detailsJSON: config)], userID: caller.userID,
            now: draw.now, in: tx)
    }

    static func policy(
        _ name: ExactText, for caller: Caller, in tx: any Transaction
    ) throws -> RiskPolicyRecord {
        guard let policy = try RiskPolicies.named(name, for: caller, in: tx) else {
            throw ServiceError(
                .notFound, code: "UNKNOWN_POLICY", field: "policy",
                detail: "no policy named \(name)")
        }
        return policy
    }
}
