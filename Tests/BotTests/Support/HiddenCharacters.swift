/// What may stand in a text without being seen.
enum HiddenCharacters {
    static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: true
        default: scalar.properties.isDefaultIgnorableCodePoint
        }
    }

    static func lines(of text: String) -> [[Unicode.Scalar]] {
        text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map(Array.init)
    }

    /// Isolates are the one thing that is allowed, opened and closed on one line.
    static func problems(in text: String) -> [String] {
        var problems: [String] = []
        for line in lines(of: text) {
            var depth = 0
            for scalar in line {
                if scalar == "\u{2068}" {
                    depth += 1
                } else if scalar == "\u{2069}" {
                    depth -= 1
                } else if isInvisible(scalar) {
                    problems.append("U+\(String(scalar.value, radix: 16))")
                }
                if !(0...1).contains(depth) { problems.append("isolates nested or not opened") }
            }
            if depth != 0 { problems.append("isolate not closed on its line") }
        }
        return problems
    }
}
