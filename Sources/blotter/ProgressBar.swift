/// A bar on standard error where that is a terminal; nothing elsewhere.
struct ProgressBar {
    private static let width = 30
    private let totalBytes: Int?
    private let isShown = Terminal.errorIsTerminal

    /// Without a total only the words are shown.
    init(totalBytes: Int?) { self.totalBytes = totalBytes }

    func show(bytes: Int, _ words: String) {
        guard isShown else { return }
        guard let totalBytes, totalBytes > 0 else { return Terminal.redraw(words) }
        let filled = min(Self.width, bytes * Self.width / totalBytes)
        let bar =
            String(repeating: "█", count: filled)
            + String(repeating: "░", count: Self.width - filled)
        Terminal.redraw("\(bar) \(min(100, bytes * 100 / totalBytes)) %  \(words)")
    }

    func finish() { if isShown { Terminal.redraw("") } }
}
