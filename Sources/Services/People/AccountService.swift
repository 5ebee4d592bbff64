public import Ledger
public import Records
import Storage

/// Accounts with brokers.
public struct AccountService: Sendable {
    let work: UnitOfWork
    let money: MoneySettings

    public func all(for caller: Caller) async throws -> [Account] {
        try await work.read { try Accounts.all(for: caller, in: $0) }
    }

    /// Everybody's, by owner and name.
    public func all(
        for admin: Administrator
    ) async throws -> [(owner: User, account: Account)] {
        try await work.read { tx in
            let users = Dictionary(
                try Users.all(for: admin, in: tx).map { ($0.id, $0) }
            ) { first, _ in first }
            return try Accounts.all(for: admin, in: tx).compactMap { id, account in
                users[id].map { ($0, account) }
            }
        }
    }

    /// Whom accounts may be with.
    public func brokers() async throws -> [Broker] {
        try await work.read { try Accounts.brokers(in: $0) }
    }

    /// Adds an account. Throws `.conflict` where the name is taken, `.invalid` for an unknown
    /// broker, `.limit` where there are too many.
    public func add(
        name: String, brokerCode: String, currency: Currency, for caller: Caller,
        update: IncomingUpdate? = nil
    ) async throws -> Account {
        let name = try Name.checked(name, field: "name")
        let money = money
        return try await work.write { tx, draw in
            try update?.admit(now: draw.now, in: tx)
            try Users.lock(caller, in: tx)
            guard try Accounts.named(name, for: caller, in: tx) == nil else {
                throw ServiceError(
                    .conflict, code: "NAME_TAKEN", field: "name",
                    detail: "there is an account named \(name) already")
            }
            let id = try AccountService.add(
                name: name, brokerCode: brokerCode, currency: currency, money, for: caller,
                in: tx, &draw)
            try AuditLog.append(
                [AuditEntry(.create, .account, id: id.raw, detailsJSON: Details.named(name))],
                userID: caller.userID, now: draw.now, in: tx)
            guard let account = try Accounts.named(name, for: caller, in: tx) else {
                throw ServiceError.noAccount(name)
            }
            return account
        }
    }

    /// Throws `.invalid` with the codes that there are.
    static func brokerID(_ code: String, in tx: any Transaction) throws -> Int64 {
        guard let id = try Accounts.brokerID(code: code.uppercased(), in: tx) else {
            let codes = try Accounts.brokerCodes(in: tx).joined(separator: ", ")
            throw ServiceError(
                .invalid, code: "INVALID_FIELD", field: "broker",
                detail: "expected one of \(codes), found \(code)")
        }
        return id
    }

    /// Inserts the row, and what a paper account begins with. Throws `.limit`, and `.invalid` for
    /// an unknown broker.
    static func add(
        name: ExactText, brokerCode: String, currency: Currency, _ money: MoneySettings,
        for caller: Caller, in tx: any Transaction, _ draw: inout Draw
    ) throws -> AccountID {
        let code = brokerCode.uppercased()
        let brokerID = try brokerID(code, in: tx)
        guard try Accounts.all(for: caller, in: tx).count < Limits.accountsPerUser else {
            throw ServiceError(
                .limit, code: "TOO_MANY_ACCOUNTS",
                detail: "a user has at most \(Limits.accountsPerUser) accounts")
        }
        let id = try Accounts.insert(
            uid: draw.uid(), name: name, brokerID: brokerID, baseCurrency: currency,
            now: draw.now, for: caller, in: tx)
        try MoneyService.open(
            id, brokerCode: code, currency: currency, money, for: caller, in: tx, &draw)
        return id
    }
}

extension ServiceError {
    static func noAccount(_ name: ExactText) -> ServiceError {
        ServiceError(
            .notFound, code: "UNKNOWN_ACCOUNT", field: "account",
            detail: "no account named \(name)")
    }
}
