/// A request's path and query as they came, still encoded.
struct RequestTarget: Sendable {
    let path: Substring
    let query: Substring?

    init(_ text: String) {
        guard let mark = text.utf8.firstIndex(of: UInt8(ascii: "?")) else {
            path = text[...]
            query = nil
            return
        }
        path = text[..<mark]
        query = text[text.utf8.index(after: mark)...]
    }

    /// Asked by supervisors every few seconds.
    var isProbe: Bool { path == "/healthz" || path == "/readyz" }
}
