import Services

/// What stands behind the name in `/token new`: scopes, a strategy, a lifetime and a portfolio, in
/// any order, each at most once.
struct TokenWords: Sendable, Hashable {
    /// What a token may do for which nothing is said.
    private static let standardPermissions: Set<Authority.Permission> = [.ingest, .read]

    private(set) var permissions = Self.standardPermissions
    private(set) var strategy: StrategyReference?
    private(set) var lifetimeDays: Int?
    /// Empty for all of them.
    private(set) var portfolio = ""

    init(_ words: [String]) throws(CommandRefusal) {
        var rest = words[...]
        var hasPermissions = false
        var names: [String] = []
        while let word = rest.popFirst() {
            switch word.lowercased() {
            case "strategy" where strategy == nil && !rest.isEmpty:
                strategy = try Self.strategy(rest.removeFirst())
            case "for" where lifetimeDays == nil && !rest.isEmpty:
                lifetimeDays = try Self.days(rest.removeFirst())
            default:
                if !hasPermissions, let named = Self.permissions(word) {
                    permissions = named
                    hasPermissions = true
                } else {
                    names.append(word)
                }
            }
        }
        portfolio = names.joined(separator: " ")
    }

    /// Nil where the word is no list of scopes.
    private static func permissions(_ word: String) -> Set<Authority.Permission>? {
        let parts = word.lowercased().split(separator: ",", omittingEmptySubsequences: false)
        let permissions = parts.compactMap { Authority.Permission(rawValue: String($0)) }
        return permissions.count == parts.count ? Set(permissions) : nil
    }

    private static func strategy(_ word: String) throws(CommandRefusal) -> StrategyReference {
        guard let reference = StrategyReference(parsing: word) else {
            throw .misused("“\(word.shortened)” is no strategy, such as momo or momo@2.0.")
        }
        return reference
    }

    private static func days(_ word: String) throws(CommandRefusal) -> Int {
        let digits = word.lowercased().hasSuffix("d") ? word.dropLast() : word[...]
        guard let days = Int(digits), Limits.tokenLifetimeDays.contains(days) else {
            throw .misused(
                """
                “\(word.shortened)” is no lifetime: 1d to \(Limits.tokenLifetimeDays.upperBound)d.
                """)
        }
        return days
    }

    /// When it ends; nil for never.
    var lifetime: String? {
        lifetimeDays.map { $0 == 1 ? "in 1 day" : "in \($0) days" }
    }
}
