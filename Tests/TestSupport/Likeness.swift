/// Answers made comparable: what was asked for, and what differs from one member to the next, is
/// taken out of them.
public enum Likeness {
    /// `texts` are what the one who is answered asked for, now or before: their own things may be
    /// called so. What stands at the same place in another's list is taken for the same.
    public static func of(_ answer: String, askedFor texts: [String] = []) -> String {
        var likeness = answer.lowercased()
        // The longest first: one may stand in another. Numbers are taken out in any case.
        let places = texts.indices.filter { texts[$0].contains { !$0.isNumber } }
            .sorted { (-texts[$0].count, $0) < (-texts[$1].count, $1) }
        for place in places {
            for echo in echoes(of: texts[place].lowercased()) {
                likeness = likeness.replacing(echo, with: "‹\(place)›")
            }
        }
        // What is repeated in part; ids and secrets, then numbers; then the widths of columns,
        // which follow from all that.
        return likeness.replacing(cut, with: "“…”").replacing(uid, with: "‹uid›")
            .replacing(secret, with: "‹secret›").replacing(digest, with: "‹digest›")
            .replacing(number, with: "#").replacing(blanks, with: " ")
    }

    /// In full, and as it stands where long texts are cut.
    private static func echoes(of text: String) -> [String] {
        [text] + (text.count > 39 ? [String(text.prefix(39)) + "…"] : [])
    }

    // Regular expressions are no values that tasks may share: each use makes its own.
    private static var uid: Regex<Substring> {
        /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/
    }
    private static var cut: Regex<Substring> { /“[^”]*…”/ }
    private static var digest: Regex<Substring> { /~[0-9a-z]{4,7}/ }
    private static var secret: Regex<Substring> { /[a-z]{2,4}_[0-9a-z]{30,}/ }
    private static var number: Regex<Substring> { /[0-9]+(?:\.[0-9]+)?/ }
    private static var blanks: Regex<Substring> { /[ =\-─]+/ }
}
