import Ledger
import Records
public import Services
import Storage
import World

/// A member who has one of everything, each under a name that nothing else has: what is theirs can
/// be asked for by others, and is known wherever it turns up.
public struct MarkedMember: Sendable {
    /// Something by which what is theirs could be asked for.
    public struct Handle: Sendable, Hashable {
        public enum Kind: String, Sendable, CaseIterable {
            case telegramUserID, username, userUID
            case portfolio, portfolioUID, account, strategy, strategyVersion, runID
            case symbol, brokerTradeID, brokerOrderID, clientOrderID, correctionID
            case tradeUID, orderUID, campaignUID, campaignNumber
            case tokenName, tokenUID, hookName, hookUID, quarantineNumber
            case policy, actionToken, reason
        }

        public let kind: Kind
        public let text: String
        /// Of the same shape, and of nobody's. A symbol's is known to the group all the same:
        /// instruments are everybody's.
        public let madeUp: String
    }

    public static let telegramUserID: Int64 = 7_731_117
    /// Stand in their amounts alone.
    public static let amounts = ["7123.4567", "31.0771", "0.000917"]
    private static let mark = "zqx"
    private static let noMark = "zvy"

    public let authority: Authority
    public let handles: [Handle]
    /// The secrets that were shown to them: whoever has them may act, so nobody else is given them.
    public let token: String
    public let hookSecret: String

    public func handle(_ kind: Handle.Kind) -> Handle? { handles.first { $0.kind == kind } }

    /// Whatever of theirs `text` shows.
    public func traces(in text: String) -> [String] {
        let text = text.lowercased()
        let known = handles.map(\.text).filter { $0.utf8.count > 5 }
        return (secrets + [Self.mark] + known).map { $0.lowercased() }.filter(text.contains)
    }

    /// What nobody asks for by name: it shows them wherever it stands.
    public func secretTraces(in text: String) -> [String] { secrets.filter(text.contains) }

    private var secrets: [String] { [token, hookSecret] + Self.amounts }

    fileprivate static let tables: [(Handle.Kind, sql: String)] = [
        (.userUID, "SELECT uid FROM users WHERE id = $1"),
        (.portfolioUID, "SELECT uid FROM portfolios WHERE user_id = $1 AND name LIKE 'zqx%'"),
        (.tradeUID, "SELECT uid FROM trades WHERE user_id = $1 ORDER BY id DESC LIMIT 1"),
        (.orderUID, "SELECT uid FROM orders WHERE user_id = $1 LIMIT 1"),
        (.campaignUID, "SELECT uid FROM position_campaigns WHERE user_id = $1 LIMIT 1"),
        (
            .campaignNumber,
            "SELECT CAST(id AS TEXT) FROM position_campaigns WHERE user_id = $1 LIMIT 1"
        ),
        (.tokenUID, "SELECT uid FROM api_tokens WHERE user_id = $1 LIMIT 1"),
        (.hookUID, "SELECT uid FROM hooks WHERE user_id = $1 LIMIT 1"),
        (
            .quarantineNumber,
            "SELECT CAST(MAX(id) AS TEXT) FROM hook_deliveries WHERE user_id = $1"
        ),
        (.actionToken, "SELECT uid FROM pending_actions WHERE user_id = $1 LIMIT 1"),
    ]

    /// Of the same length and kind of characters, and known to nobody.
    fileprivate static func madeUp(_ kind: Handle.Kind, _ text: String) -> String {
        switch kind {
        case .telegramUserID: "7731118"
        case .campaignNumber, .quarantineNumber: "\((Int64(text) ?? 0) + 900)"
        case .userUID, .portfolioUID, .tradeUID, .orderUID, .campaignUID, .tokenUID, .hookUID,
            .actionToken:
            String(text.prefix(24)) + String(text.suffix(12).reversed())
        default: text.replacing(mark, with: noMark)
        }
    }
}

extension MarkedMember {
    /// Puts everything of theirs into the world, and what is made up about symbols.
    public static func settle(in world: ServiceWorld) async throws -> MarkedMember {
        try await world.settleOthers()
        let authority = try await world.member(telegramUserID, username: "zqxowner")
        let services = world.services
        let caller = authority.caller
        let strategy = StrategyReference(parsing: "zqxstrat@zqx7")
        _ = try await services.accounts.add(
            name: "zqxaccount", brokerCode: "IBKR", currency: .usd, for: caller)
        try await world.addPortfolio("zqxbook", of: authority)
        if let strategy {
            _ = try await services.strategies.add(
                strategy, paramsJSON: #"{"zqxparam":"7123.4567"}"#, for: caller)
            _ = try await services.strategyRuns.beat(
                Heartbeat(runID: "zqxrun", promise: .within(seconds: 86_000)), of: strategy,
                as: authority)
        }
        let token = try await services.tokens.create(
            name: "zqxtoken", permissions: [.ingest, .read], portfolio: "zqxbook", strategy: nil,
            for: caller)
        let secret = try await world.settleHook(authority)
        _ = try await services.settings.change(for: caller) {
            $0.timeZone = "Asia/Kathmandu"
            $0.fills = .each
        }
        try await world.settleTrades(authority)
        try await world.settleRisk(authority)
        _ = try await services.actions.propose(
            kind: "portfolio", contentJSON: #"{"portfolio":"zqxbook"}"#, for: caller)
        try await FillWatch(services) { _ in }.round()
        return MarkedMember(
            authority: authority, handles: try await world.handles(of: caller), token: token,
            hookSecret: secret)
    }
}

extension ServiceWorld {
    fileprivate func handles(of caller: Caller) async throws -> [MarkedMember.Handle] {
        var handles: [(MarkedMember.Handle.Kind, String)] = [
            (.telegramUserID, "\(MarkedMember.telegramUserID)"), (.username, "zqxowner"),
            (.portfolio, "zqxbook"), (.account, "zqxaccount"), (.strategy, "zqxstrat@zqx7"),
            (.strategyVersion, "zqx7"), (.runID, "zqxrun"), (.symbol, "zqxcoin"),
            (.brokerTradeID, "zqxtrade-1"), (.brokerOrderID, "zqxorder-1"),
            (.clientOrderID, "zqxclient-1"), (.correctionID, "zqxcorrection-1"),
            (.tokenName, "zqxtoken"), (.hookName, "zqxhook"), (.policy, "zqxpolicy"),
            (.reason, "zqxreason"),
        ]
        for (kind, sql) in MarkedMember.tables {
            let found = try await texts(sql, [.integer(caller.userID.raw)])
            handles += found.map { (kind, $0) }
        }
        return handles.map {
            MarkedMember.Handle(kind: $0, text: $1, madeUp: MarkedMember.madeUp($0, $1))
        }
    }
}

extension ServiceWorld {
    /// A hook with something in quarantine; returns its secret.
    fileprivate func settleHook(_ authority: Authority) async throws -> String {
        let made = try await services.hooks.create(
            name: "zqxhook", kind: .tradingView, portfolio: "zqxbook", strategy: nil,
            for: authority.caller)
        if let hook = try await services.hookIntake.hook(at: made.secret, kind: .tradingView) {
            for number in 0..<Self.fewer {
                _ = try await services.hookIntake.take(
                    Array(#"{"zqxfield":"zqxmessage-\#(number)","price":"7123.4567"}"#.utf8),
                    contentType: "application/json", of: hook)
            }
        }
        return made.secret
    }

    /// An open and a closed journey with an order, one of the trades corrected.
    fileprivate func settleTrades(_ authority: Authority) async throws {
        func marked(_ id: String, _ side: String, _ quantity: String, _ hour: Int) -> String {
            fill(
                "zqxtrade-\(id)", side, quantity, at: "7123.4567", fee: "0.000917",
                symbol: "zqxcoin", time: "2025-12-31T0\(hour):00:00Z", order: "zqxorder-\(id)",
                portfolio: "zqxbook", strategy: "zqxstrat@zqx7",
                extra: #""client_order_id":"zqxclient-\#(id)","reason":"zqxreason""#)
        }
        try await post(
            marked("1", "BUY", "31.0771", 1), marked("2", "SELL", "31.0771", 2),
            marked("3", "BUY", "31.0771", 3), marked("4", "BUY", "31.0771", 4),
            marked("5", "SELL", "1", 5), as: authority)
        try await addOrder(
            "01a1ff92-5d1e-7c40-9d3b-0c5f8e2b7afe", symbol: "zqxcoin", portfolio: "zqxbook",
            quantity: 5, brokerID: "zqxorder-9", clientID: "zqxclient-9", of: authority)
        let bust = try CorrectionReader.request(fromFields: [
            ("portfolio", "zqxbook"), ("broker_trade_id", "zqxtrade-4"),
            ("correction_id", "zqxcorrection-1"), ("action", "bust"),
        ])
        _ = try await services.corrections.post(bust, through: .http, as: authority)
    }

    /// Somebody else's trades in the symbol that is made up.
    fileprivate func settleOthers() async throws {
        let other = try await member(Self.otherTelegramUserID)
        for number in 0..<Self.fewer {
            try await post(
                fill(
                    "other-\(number)", "BUY", "1", at: "2", symbol: "zvycoin",
                    time: "2025-12-31T01:00:00Z"), as: other)
        }
    }

    /// So many come before what is marked, that its numbers are not those of legs and pages.
    private static var fewer: Int { 12 }
    private static var otherTelegramUserID: Int64 { 5_550_123 }

    fileprivate func settleRisk(_ authority: Authority) async throws {
        let now = Value.text(world.now().description)
        let user = Value.integer(authority.caller.userID.raw)
        try await execute(
            """
            INSERT INTO risk_policies (uid, user_id, scope_type, scope_id, name, config_json,
                created_at)
            VALUES ('01a1ff92-5d1e-7c40-9d3b-0c5f8e2b7aff', $1, 'USER', $1, 'zqxpolicy',
                '{"max":"7123.4567"}', $2)
            """, [user, now])
        try await execute(
            """
            INSERT INTO risk_breaches (uid, user_id, policy_id, observed_json, action, created_at)
            VALUES ('01a1ff92-5d1e-7c40-9d3b-0c5f8e2b7afd', $1,
                (SELECT id FROM risk_policies WHERE user_id = $1), '{"zqx":"6"}', 'WARNED', $2)
            """, [user, now])
    }
}
