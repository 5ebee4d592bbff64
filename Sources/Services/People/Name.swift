import Ledger

/// A name that a user gives to something: a portfolio, a token, a strategy.
enum Name {
    /// Throws `ServiceError.invalid` for what is empty, too long, blank at an end, or holds control
    /// characters.
    static func checked(_ text: String, field: String) throws(ServiceError) -> ExactText {
        let isPlain = text.unicodeScalars.allSatisfy { scalar in
            scalar.value >= 0x20 && scalar.value != 0x7F
        }
        guard Limits.nameBytes.contains(text.utf8.count), isPlain, text.first != " ",
            text.last != " "
        else {
            throw ServiceError(
                .invalid, code: "INVALID_FIELD", field: field,
                detail: "expected 1 to 64 bytes without control characters or blanks at an end")
        }
        return ExactText(text)
    }
}
