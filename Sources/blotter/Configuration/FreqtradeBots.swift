import Ledger
import Services
import Wire

/// The bots that fills are pulled from; their addresses and credentials stand in no configuration
/// file and no database, but in a file of their own:
///
///     {"alpha": {"url": "http://127.0.0.1:8081", "username": "…", "password": "…",
///                "telegram_id": 987654321}}
///
/// `telegram_id` is the one member who may use the bot; without it every member may.
public struct FreqtradeBots: Sendable {
    public struct Bot: Sendable, Hashable {
        public let url: String
        public let username: String
        public let password: Secret
        public let telegramUserID: Int64?
    }

    /// By name.
    public let all: [String: Bot]

    /// What the log hides. Shorter passwords would make its other words unreadable, and be seen by
    /// what is missing.
    var passwordsToHide: [Secret] {
        all.values.map(\.password).filter { $0.revealed().utf8.count >= 8 }
    }

    private static let subject = "hooks.freqtrade_file"
    private static let keys = ["url", "username", "password", "telegram_id"]

    /// Nothing where `hooks.freqtrade_file` is not set. Throws where the file is missing,
    /// unreadable, readable by everybody, or holds something else; no error holds what is in it but
    /// the names of bots.
    public static func find(
        _ configuration: Configuration
    ) throws(ConfigurationError) -> FreqtradeBots {
        guard let path = configuration.hooks.freqtradeFile else { return FreqtradeBots(all: [:]) }
        let bytes = try SmallFile.read(path, for: subject)
        if let mode = SmallFile.mode(of: path), mode & 0o004 != 0 {
            throw ConfigurationError(
                subject, "\(path) can be read by everybody; run: chmod 600 '\(path)'")
        }
        return try FreqtradeBots(json: bytes)
    }

    init(all: [String: Bot]) { self.all = all }

    init(json: [UInt8]) throws(ConfigurationError) {
        let value: JSONValue
        do {
            value = try JSONValue(parsing: json)
        } catch {
            // Its words may quote what stands there.
            throw ConfigurationError(
                Self.subject, "holds no JSON (line \(error.line), column \(error.column))")
        }
        guard let members = value.object else {
            throw ConfigurationError(Self.subject, "expected one JSON object of bots by name")
        }
        var all: [String: Bot] = [:]
        for member in members {
            let name = member.key.text
            guard (1...64).contains(name.utf8.count), !name.contains(where: \.isWhitespace),
                name.lowercased() != "none"
            else {
                throw ConfigurationError(
                    Self.subject, "a bot's name is one word of at most 64 bytes, not “none”")
            }
            all[name] = try Self.bot(member.value, named: name)
        }
        self.all = all
    }

    private static func bot(
        _ json: JSONValue, named name: String
    ) throws(ConfigurationError) -> Bot {
        func wrong(_ what: String) -> ConfigurationError {
            ConfigurationError(subject, "\(name): \(what)")
        }
        guard let members = json.object else { throw wrong("expected an object") }
        if members.contains(where: { !keys.contains($0.key.text) }) {
            throw wrong("has an unknown key; there are \(keys.joined(separator: ", "))")
        }
        guard let url = json["url"]?.string, Settings.isWebURL(url) else {
            throw wrong("url has to be an http:// or https:// URL")
        }
        guard !url.contains("@"), !url.contains("?"), !url.contains("#") else {
            throw wrong("url holds more than an address: credentials have keys of their own")
        }
        guard let username = json["username"]?.string, !username.contains(":"),
            let password = json["password"]?.string
        else { throw wrong("username (without a colon) and password are needed") }
        var telegramUserID: Int64?
        if let id = json["telegram_id"], !id.isNull {
            guard let number = id.integer, number > 0 else {
                throw wrong("telegram_id has to be a whole number")
            }
            telegramUserID = Int64(number)
        }
        return Bot(
            url: url, username: username, password: Secret(password),
            telegramUserID: telegramUserID)
    }
}

extension HookSettings {
    /// As the configuration has it.
    init(_ configuration: Configuration, _ bots: FreqtradeBots) {
        self.init(
            publicURL: configuration.http.publicURL,
            bots: bots.all.mapValues { Bot(telegramUserID: $0.telegramUserID) },
            sweepMinutes: configuration.hooks.sweepMinutes)
    }
}
