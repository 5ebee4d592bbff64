/// How many commands and presses one person may send within a minute of their own time: what they
/// sent while the bot was down does not count as sent when it comes up.
actor CommandPace {
    enum Verdict: Sendable, Hashable {
        case admitted
        /// The first of those that are too many: to be told so.
        case tooMany(waitSeconds: Int)
        /// One more of them: told already, so there is no answer.
        case silent
    }

    private struct Window {
        var startSeconds: Double
        var count = 0
        var isTold = false
    }

    private static let windowSeconds = 60.0
    private static let remembered = 1_000

    private let perMinute: Int
    private var windows: [Int64: Window] = [:]

    init(perMinute: Int) { self.perMinute = perMinute }

    /// Both in Unix time: when they sent it, which is not in the future, and now.
    func admit(_ telegramUserID: Int64, sentSeconds: Double, nowSeconds: Double) -> Verdict {
        if windows.count >= Self.remembered {
            windows = windows.filter { nowSeconds - $0.value.startSeconds < Self.windowSeconds }
        }
        var window = windows[telegramUserID] ?? Window(startSeconds: sentSeconds)
        if sentSeconds - window.startSeconds >= Self.windowSeconds {
            window = Window(startSeconds: sentSeconds)
        }
        window.count += 1
        defer { windows[telegramUserID] = window }
        guard window.count > perMinute else { return .admitted }
        guard !window.isTold else { return .silent }
        window.isTold = true
        let rest = window.startSeconds + Self.windowSeconds - nowSeconds
        return .tooMany(waitSeconds: max(1, Int(rest.rounded(.up))))
    }
}
