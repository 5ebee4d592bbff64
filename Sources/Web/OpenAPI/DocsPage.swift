import Hashing

/// The page that shows the API's description, from the files of `Pages/`: one document with its
/// style and script inside, which fetches nothing but the description.
enum DocsPage {
    private static let style = EmbeddedPages.files["docs.css"] ?? ""
    private static let script = EmbeddedPages.files["docs.js"] ?? ""

    static let html: [UInt8] = {
        let page = EmbeddedPages.files["docs.html"] ?? ""
        return Array(
            page.replacing("/* docs.css */", with: style).replacing("/* docs.js */", with: script)
                .utf8)
    }()

    /// Its Content-Security-Policy: this style, this script, this host's description, and nothing
    /// else at all.
    static let policy = [
        "default-src 'none'", "style-src \(source(style))", "script-src \(source(script))",
        "connect-src 'self'", "img-src data:", "base-uri 'none'", "form-action 'none'",
        "frame-ancestors 'none'",
    ].joined(separator: "; ")

    /// CSP 3 §2.3.1: the text's SHA-256 in base64.
    private static func source(_ text: String) -> String {
        let code = Base64URL.encode(SHA256.digest(Array(text.utf8)))
            .replacing("-", with: "+").replacing("_", with: "/")
        return "'sha256-\(code)='"
    }
}
