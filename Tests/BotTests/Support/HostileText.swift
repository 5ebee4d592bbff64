/// Texts that somebody may send to do harm, or by accident.
enum HostileText {
    static let all: [(name: String, text: String)] = [
        ("markup", "<b>&\"'"),
        ("closing tags", "</td></tr></table></pre>"),
        ("entities", "&#0;&#x202e;&amp;&nosuch;"),
        ("right to left", "\u{202E}evil\u{2066}שלום"),
        ("zero width", "a\u{200B}\u{FEFF}\u{AD}b"),
        ("only invisible", "\u{200B}\u{2060}\u{3164}"),
        ("piled marks", "z" + String(repeating: "\u{301}\u{489}", count: 200)),
        ("emoji", String(repeating: "😀", count: 4096)),
        ("families", String(repeating: "👩‍👩‍👧‍👦🏳️‍🌈", count: 8)),
        ("controls", "\u{0}\u{1B}[2J\u{7}\u{7F}\u{9B}31m"),
        ("Markdown", "*_`[x](tg://user?id=1)~||{}.!#+-=\\"),
        ("lines", "a\n\nb\u{2028}c\r\n"),
        ("a command", "/help"),
        ("a button", "confirm:01a1ff92-5d1e-7c40-9d3b-c2d3e4f5a6b7"),
        ("another button", "positions:rs:1:~0123456789"),
        ("long", String(repeating: "X", count: 4000)),
        ("links", "https://x.example @admin #tag $AAPL"),
        ("other digits", "٠١٢٣"),
        ("isolates", "\u{2068}x\u{2069}\u{2069}"),
        ("JSON", "{\"a\":[1e999,\"\\ud800\"]}"),
    ]

    /// The same between letters that are seen, as far as a name of 64 bytes goes.
    static func name(_ text: String) -> String {
        var name = "zq"
        for scalar in text.unicodeScalars where name.utf8.count + scalar.utf8.count <= 60 {
            name.unicodeScalars.append(scalar)
        }
        return name + "qz"
    }
}
