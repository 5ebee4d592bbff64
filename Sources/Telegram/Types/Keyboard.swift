/// Rows of buttons under a message.
public struct InlineKeyboardMarkup: Sendable, Hashable, Codable {
    public var rows: [[InlineKeyboardButton]]

    public init(rows: [[InlineKeyboardButton]]) { self.rows = rows }

    enum CodingKeys: String, CodingKey { case rows = "inline_keyboard" }
}

public struct InlineKeyboardButton: Sendable, Hashable, Codable {
    public enum Style: String, Sendable, Hashable, Codable { case primary, success, danger }

    public var text: String
    /// 1 to 64 bytes, sent back when the button is pressed.
    public var callbackData: String?
    public var url: String?
    public var style: Style?

    public init(text: String, callbackData: String, style: Style? = nil) {
        self.text = text
        self.callbackData = callbackData
        self.style = style
    }

    /// Opens `url` (http, https or tg) instead of telling the bot.
    public init(text: String, url: String, style: Style? = nil) {
        self.text = text
        self.url = url
        self.style = style
    }

    enum CodingKeys: String, CodingKey {
        case text
        case callbackData = "callback_data"
        case url
        case style
    }
}
