/// A button below a screen; pressing it sends its action back to the bot.
public struct Button: Sendable, Hashable {
    /// What the press means; shown by colour where the renderer has colours.
    public enum Style: String, Sendable, CaseIterable {
        case primary, success, danger
    }

    /// Harmless already, 1 to 64 characters; what was longer ends in an ellipsis.
    public let label: String
    /// 1 to 64 bytes of UTF-8.
    public let action: String
    public let style: Style?

    /// Throws `emptyButton` or `actionTooLong`.
    public init(_ label: String, action: String, style: Style? = nil) throws(ScreenError) {
        let shown = HarmlessText(label).shortened(to: 64)
        guard !shown.isEmpty, !action.isEmpty else { throw .emptyButton }
        guard action.utf8.count <= 64 else { throw .actionTooLong(bytes: action.utf8.count) }
        self.label = shown
        self.action = action
        self.style = style
    }
}
