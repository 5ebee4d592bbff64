import Storage

/// A libpq URL that has been looked at: its password can be kept out of every message.
struct ConnectionURL: Sendable {
    let text: String
    private let secrets: [String]

    /// Throws `StorageError.unavailable`, saying what to mend, for what libpq can't read or would
    /// read otherwise than it was meant.
    init(_ text: String) throws(StorageError) {
        let schemes = ["postgres://", "postgresql://"]
        guard let scheme = schemes.first(where: { text.hasPrefix($0) }) else {
            throw .unavailable(detail: "a PostgreSQL URL begins with postgres://")
        }
        // With an unescaped @ or / in a password, libpq would take its rest for the host or port,
        // and name it in messages.
        let address = text.dropFirst(scheme.count)
        if let at = address.lastIndex(of: "@"), address[..<at].contains(where: "@/?".contains) {
            throw .unavailable(
                detail: "the PostgreSQL URL is ambiguous: write @ / ? in a name or password as "
                    + "%40 %2F %3F")
        }
        if text.utf8.contains(0) {
            throw .unavailable(detail: "the PostgreSQL URL holds a NUL character")
        }
        switch Connection.secrets(inURL: text) {
        case .success(let secrets):
            self.text = text
            self.secrets = secrets.filter { !$0.isEmpty }
        case .failure(let fault):
            // The message quotes the part at fault, which may be the password.
            let message = withoutQuotations(oneLine(fault.message))
            throw .unavailable(detail: "the PostgreSQL URL can't be read: \(message)")
        }
    }

    func withoutSecrets(_ message: String) -> String {
        secrets.reduce(message) { $0.replacing($1, with: "***") }
    }
}
