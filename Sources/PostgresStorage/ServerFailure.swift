import Storage

/// Why the server, or libpq, did not do what a command asked for.
struct ServerFailure: Error {
    /// Five characters (PostgreSQL's manual, appendix A); empty where libpq itself found the fault.
    let sqlState: String
    let message: String
    /// Nothing further can be sent on this connection.
    let endsConnection: Bool

    init(connectionLost message: String) {
        sqlState = ""
        self.message = message
        endsConnection = true
    }

    /// The connection stands, but nobody knows what it would answer.
    init(unusable message: String) {
        sqlState = ""
        self.message = message
        endsConnection = false
    }

    init(_ answer: Answer, connectionIsBroken: Bool) {
        sqlState = answer.report(.sqlState)
        let message = answer.report(.message)
        self.message = oneLine(message.isEmpty ? answer.errorMessage : message)
        // The server ends the session after a FATAL report, even where it still looks open. Class
        // 08 is a broken connection but for 08P01, a wrong number of parameters; 57 is a server
        // that shuts down but for 57014, a statement that was stopped.
        let isEnding =
            ["08", "57"].contains(sqlState.prefix(2)) && !["08P01", "57014"].contains(sqlState)
        endsConnection =
            connectionIsBroken || isEnding
            || ["FATAL", "PANIC"].contains(answer.report(.severity))
    }

    /// Named by what the caller has to do. `statement` is the text that was sent.
    func storageError(in statement: String) -> StorageError {
        let detail = detail(in: statement)
        if endsConnection { return .connectionLost(detail: detail) }
        switch sqlState {
        case "23505": return .constraint(.unique, detail: detail)
        case "23503": return .constraint(.foreignKey, detail: detail)
        case "23514", "44000": return .constraint(.check, detail: detail)
        case "40002": return .constraint(.other, detail: detail)
        case "23502": return .constraint(.notNull, detail: detail)
        // P0001 is a trigger's own refusal, as SQLite's RAISE(ABORT).
        case "P0001": return .constraint(.other, detail: detail)
        case "25006": return .readOnly(detail: detail)
        case "53100": return .full(detail: detail)
        case "55P03", "55006": return .busy(detail: detail)
        case "57014": return .timeout(detail: detail)
        case "XX001", "XX002": return .corrupt(detail: detail)
        case "3D000": return .unavailable(detail: detail)
        default: return byClass(detail)
        }
    }

    private func byClass(_ detail: String) -> StorageError {
        switch sqlState.prefix(2) {
        case "23": .constraint(.other, detail: detail)
        case "40": .serialization(detail: detail)
        case "28", "58": .unavailable(detail: detail)
        case "53": .busy(detail: detail)
        default: .statement(detail: detail)
        }
    }

    /// The message, its code and the statement. Messages of class 22 (data exceptions) quote the
    /// offending value, which must not get into a log, so what they quote is left out.
    private func detail(in statement: String) -> String {
        let shown = sqlState.hasPrefix("22") ? withoutQuotations(message) : message
        let code = sqlState.isEmpty ? "" : " (SQLSTATE \(sqlState))"
        return "\(shown)\(code) in: \(excerpt(of: statement))"
    }
}

/// The text with everything from the first quotation mark to the last one left out.
func withoutQuotations(_ text: String) -> String {
    guard let first = text.firstIndex(of: "\""), let last = text.lastIndex(of: "\"") else {
        return text
    }
    return text[..<first] + "…" + text[text.index(after: last)...]
}

/// A message of several lines as one.
func oneLine(_ text: String) -> String {
    text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
}

func excerpt(of statement: String) -> String {
    let short = statement.prefix(400)
    return short.endIndex == statement.endIndex ? statement : short + "…"
}
