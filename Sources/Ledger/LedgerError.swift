/// Why a value could not be read or computed. Nothing was rounded, wrapped or changed.
public enum LedgerError: Error, Sendable, Hashable {
    /// The text is not of the form that its type reads.
    case malformed
    /// The value, or the result of the computation, does not fit its type's limits.
    case outOfRange
    case divisionByZero
    /// A fill closes more lots than were loaded: the caller has to load more.
    case missingLots
}
