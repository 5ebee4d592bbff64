import Ledger
import Wire

/// Times of a file that state no zone.
struct ImportedTime: Sendable {
    /// The first that fits is taken.
    let patterns: [TimePattern]
    let zone: TimeZoneRules

    static let isoPatterns = patterns(
        "YYYY-MM-DDTHH:mm:ss", "YYYY-MM-DD HH:mm:ss", "YYYY-MM-DD HH:mm", "YYYY-MM-DD")

    static func patterns(_ texts: String...) -> [TimePattern] {
        texts.compactMap { TimePattern($0) }
    }

    /// Nil where no pattern fits.
    func read(_ text: String) -> Timestamp? {
        for pattern in patterns {
            if let local = pattern.read(text) { return zone.instant(of: local) }
        }
        return nil
    }
}
