public import Ledger

/// What a command answers: content without markup, for a renderer to show in Telegram or in a
/// terminal.
public struct Screen: Sendable, Hashable {
    /// One line; may hold text from outside, as every other text here may.
    public var title: String
    /// Shown one below the other.
    public var blocks: [Block]
    /// Rows of buttons below the content: at most 8 in a row and 100 in all.
    public var buttons: [[Button]]
    /// Sent behind it, where that can be done.
    public var attachment: Attachment?
    /// Its reader's: times are shown in it where the medium does not do that itself.
    public var zone: TimeZoneRules

    public init(
        title: String, blocks: [Block] = [], buttons: [[Button]] = [],
        attachment: Attachment? = nil, zone: TimeZoneRules = .utc
    ) {
        self.title = title
        self.blocks = blocks
        self.buttons = buttons
        self.attachment = attachment
        self.zone = zone
    }

    /// The same for a reader in this zone.
    package func `in`(_ zone: TimeZoneRules) -> Screen {
        var screen = self
        screen.zone = zone
        return screen
    }
}

/// One piece of a screen.
public enum Block: Sendable, Hashable {
    /// Labels with their values, one a line.
    case facts([Fact])
    case table(Table)
    /// A line of prose: what to do next, or what the figures mean.
    case note(Cell)
    case details(Details)
}

/// A label with its value.
public struct Fact: Sendable, Hashable {
    public var label: String
    public var value: Cell

    public init(_ label: String, _ value: Cell) {
        self.label = label
        self.value = value
    }
}

/// Long text of which only the summary is seen until it is opened, where the renderer can do that.
public struct Details: Sendable, Hashable {
    public var summary: String
    public var lines: [Cell]

    public init(summary: String, lines: [Cell]) {
        self.summary = summary
        self.lines = lines
    }

    /// Every line of `text` becomes a line; empty ones are left out.
    public init(summary: String, text: String) {
        let lines = text.split(whereSeparator: \.isNewline)
        self.init(summary: summary, lines: lines.map { .text(String($0)) })
    }
}
