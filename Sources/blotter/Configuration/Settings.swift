import Ledger

/// The one list of everything that can be set: the loader, `config.example.json` and the README's
/// table are held against it.
public enum Settings {
    public static let all: [Setting] = [
        .database(
            "database.url", \.database.url,
            "`sqlite:PATH`, or a libpq URL such as `postgres://user@host/db?sslmode=require`"),
        .text(
            "http.host", "a host name or address", \.http.host, "the address to listen on",
            accepts: isHost),
        .wholeNumber(
            "http.port", 0...65_535, \.http.port, "the port to listen on; 0 takes any free one"),
        .optionalText(
            "http.public_url", "an http:// or https:// URL", \.http.publicURL,
            "under which address the service is reached from outside", accepts: isWebURL),
        .wholeNumber(
            "http.max_body_bytes", 1024...1_073_741_824, \.http.maxBodyBytes,
            "longer request bodies are refused with 413; streams have no limit"),
        .wholeNumber(
            "http.max_concurrent_requests", 1...100_000, \.http.maxConcurrentRequests,
            "requests answered at once, streams included, half of them for one member; further"
                + " ones get a 503"),
        .text(
            "telegram.api_base_url", "an http:// or https:// URL", \.telegram.apiBaseURL,
            "another one than Telegram's own for a self-hosted Bot API server", accepts: isWebURL),
        .optionalText(
            "telegram.token_file", "the path of a file", \.telegram.tokenFile,
            "holds the bot's token and must not be readable by everybody;"
                + " `BLOTTER_TELEGRAM_TOKEN` goes before it", accepts: isPath),
        .wholeNumber(
            "telegram.poll_timeout_seconds", 0...50, \.telegram.pollTimeoutSeconds,
            "how long Telegram may hold a poll for updates open"),
        .wholeNumber(
            "telegram.messages_per_second", 1...10_000, \.telegram.messagesPerSecond,
            "messages sent to all chats together; more than 30 only where the server allows it"),
        .wholeNumber(
            "telegram.messages_per_second_per_chat", 1...10_000,
            \.telegram.messagesPerSecondPerChat,
            "messages sent to one chat, after a burst of 3; Telegram allows one"),
        .wholeNumbers(
            "telegram.admin_user_ids", 1...4_503_599_627_370_495, \.telegram.adminUserIDs,
            "Telegram user ids of those who are admins from the first start"),
        .wholeNumber(
            "limits.max_users", 1...10_000, \.limits.maxUsers,
            "how many users may be approved"),
        .wholeNumber(
            "limits.requests_per_minute_per_token", 1...100_000_000,
            \.limits.requestsPerMinutePerToken, "HTTP requests beyond that are answered with 429"),
        .wholeNumber(
            "limits.commands_per_minute_per_user", 1...1_000_000,
            \.limits.commandsPerMinutePerUser, "commands in chat beyond that are put off"),
        .wholeNumber(
            "quotes.stale_after_seconds", 1...31_536_000, \.quotes.staleAfterSeconds,
            "a mark from a quote older than that is shown as stale"),
        .optionalText(
            "hooks.freqtrade_file", "the path of a file", \.hooks.freqtradeFile,
            "holds addresses and credentials of freqtrade bots that fills are pulled from;"
                + " must not be readable by everybody", accepts: isPath),
        .wholeNumber(
            "hooks.sweep_minutes", 1...1440, \.hooks.sweepMinutes,
            "the time between two looks at all trades of such a bot, for calls that were lost"),
        .decimal(
            "paper.starting_cash", 0...1_000_000_000_000, \.paper.startingCash,
            "what a new paper account begins with, in its base currency; 0 for nothing"),
        .wholeNumber(
            "paper.margin_percent", 1...100, \.paper.marginPercent,
            "how much of what is open equity has to cover; 100 is no leverage, 50 twice the"
                + " equity"),
        .decimal(
            "paper.slippage_basis_points", 0...1000, \.paper.slippageBasisPoints,
            "how much worse than quoted paper orders trade, in hundredths of a percent of the"
                + " price; never beyond a limit"),
        .decimal(
            "paper.fee_percent", -10...10, \.paper.feePercent,
            "what a paper fill costs, of its notional; below 0 for a rebate"),
        .decimal(
            "paper.fee_per_unit", 0...1_000_000, \.paper.feePerUnit,
            "what a paper fill costs for each unit, in the instrument's currency"),
        .decimal(
            "paper.fee_minimum", 0...1_000_000, \.paper.feeMinimum,
            "the least that a paper fill costs; 0 for none"),
        .text(
            "backup.directory", "the path of a directory", \.backup.directory,
            "where backups are put", accepts: isPath),
        .wholeNumber(
            "backup.every_minutes", 1...525_600, \.backup.everyMinutes,
            "the time between two backups"),
        .wholeNumber(
            "backup.keep_hourly", 0...100_000, \.backup.keepHourly,
            "for how many hours the last backup of each is kept"),
        .wholeNumber(
            "backup.keep_daily", 0...100_000, \.backup.keepDaily,
            "for how many days the last backup of each is kept"),
        .choice("log.level", \.log.level, "the least weighty messages to log"),
        .choice("log.format", \.log.format, "`json` for programs, `text` for people"),
    ]

    /// The README's table of all settings, in Markdown.
    public static var markdownTable: String {
        let rows = all.map { setting in
            "| `\(setting.key)` | \(setting.type) | `\(setting.defaultValue)` |"
                + " \(setting.documentation) |"
        }
        return (["| key | value | default | |", "|---|---|---|---|"] + rows)
            .joined(separator: "\n") + "\n"
    }

    @Sendable private static func isHost(_ text: String) -> Bool {
        !text.isEmpty && !text.contains { $0.isWhitespace || $0 == "/" }
    }

    @Sendable static func isWebURL(_ text: String) -> Bool {
        let rest = text.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
        guard rest.count == 2, rest[0] == "http" || rest[0] == "https" else { return false }
        return !rest[1].isEmpty && !rest[1].hasPrefix("/")
            && !rest[1].contains(where: \.isWhitespace)
    }

    @Sendable private static func isPath(_ text: String) -> Bool { !text.isEmpty }
}
