/// Finds the bot's token, which stands in no configuration file itself.
public enum TelegramToken {
    public static let environmentName = "BLOTTER_TELEGRAM_TOKEN"

    /// From `BLOTTER_TELEGRAM_TOKEN` where that is not empty, else from the file that
    /// `telegram.token_file` names, without the blanks around it; nil where neither is set.
    ///
    /// Throws where the file is missing, unreadable, empty or readable by everybody, and where the
    /// token holds what no token holds.
    public static func find(
        _ configuration: Configuration, environment: [String: String]
    ) throws(ConfigurationError) -> Secret? {
        if let token = environment[environmentName], !token.isEmpty {
            return try checked(token, from: environmentName)
        }
        guard let path = configuration.telegram.tokenFile else { return nil }
        let subject = "telegram.token_file"
        let bytes = try SmallFile.read(path, for: subject)
        if let mode = SmallFile.mode(of: path), mode & 0o004 != 0 {
            throw ConfigurationError(
                subject, "\(path) can be read by everybody; run: chmod 600 '\(path)'")
        }
        return try checked(String(decoding: bytes, as: UTF8.self), from: subject)
    }

    private static func checked(
        _ text: String, from subject: String
    ) throws(ConfigurationError) -> Secret {
        var token = text[...]
        while token.first?.isWhitespace == true { token.removeFirst() }
        while token.last?.isWhitespace == true { token.removeLast() }
        guard !token.isEmpty else { throw ConfigurationError(subject, "holds no token") }
        // It becomes part of a URL's path.
        let isToken = token.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: ":"), UInt8(ascii: "_"),
                UInt8(ascii: "-"):
                true
            default: false
            }
        }
        guard isToken else {
            throw ConfigurationError(
                subject, "holds something else than a token (letters, digits and : _ - only)")
        }
        return Secret(String(token))
    }
}
