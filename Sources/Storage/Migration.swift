/// One numbered step of the schema in one dialect. Once released it is never edited: the next
/// change is the next number.
public struct Migration: Sendable, Hashable {
    public let number: Int
    public let name: String
    /// The script that makes the step; it runs in the same transaction as its record.
    public let up: String
    /// The script that takes it back; blank where it can't be.
    public let down: String
    /// Of `up`; a database remembers it, so that an edited migration is noticed.
    public let checksum: String

    /// `checksum` gets the text of `up`.
    public init(
        number: Int, name: String, up: String, down: String,
        checksum: (_ text: String) -> String
    ) {
        self.number = number
        self.name = name
        self.up = up
        self.down = down
        self.checksum = checksum(up)
    }
}

/// A migration as this binary and this database know it.
public struct MigrationStatus: Sendable, Hashable {
    public enum State: Sendable, Hashable {
        case pending
        case applied(at: String)
        /// Applied with another name or text than this binary has.
        case changed(at: String)
        /// Applied, but this binary does not have it.
        case unknown(at: String)
    }

    public let number: Int
    public let name: String
    public let state: State
}
