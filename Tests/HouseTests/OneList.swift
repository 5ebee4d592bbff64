/// Holds what a folder declares against the list of its kind.
///
/// `kind` (`Command`) is the type: each `static let positions = Command(…)` stands in a file of its
/// own name, and as a word in the `static let all = […]` of the kind's list.
struct OneList {
    /// The list, or what should stand in it, was not found.
    struct Missing: Error {}

    let kind: String

    /// One sentence for each declaration that is not listed or not in the file of its name, and for
    /// each element of the list that nothing declares. `files` are names with their texts.
    func problems(list: String, files: [(name: String, text: String)]) throws -> [String] {
        let elements = try Self.elements(of: "all", in: SwiftCode.bare(list)).map { element in
            Set(element.matches(of: /\w+/).map { String($0.output) })
        }
        let pattern = try Regex(
            "static (?:let|var) (\\w+)\\s*(?::\\s*\(kind)\\b|=\\s*\(kind)\\()",
            as: (Substring, Substring).self)
        var problems: [String] = []
        var declared: Set<String> = []
        for (name, text) in files {
            for match in SwiftCode.bare(text).matches(of: pattern) {
                let declaration = String(match.output.1)
                declared.insert(declaration)
                if !elements.contains(where: { $0.contains(declaration) }) {
                    problems.append("\(declaration) is not in the list")
                }
                if name.lowercased() != declaration.lowercased() + ".swift" {
                    problems.append("\(declaration) is not in a file of its name but in \(name)")
                }
            }
        }
        guard !declared.isEmpty else { throw Missing() }
        let homeless = elements.filter { $0.isDisjoint(with: declared) }
        return problems + homeless.map { "\($0.sorted().joined(separator: " ")) is not declared" }
    }

    /// The texts between the commas of the array that `static let NAME … = [` begins.
    static func elements(of name: String, in source: String) throws -> [String] {
        let declaration = try Regex("static let \(name)\\b[^=]*=\\s*\\[")
        guard let start = source.firstMatch(of: declaration)?.range.upperBound else {
            throw Missing()
        }
        var elements = [""]
        var depth = 1
        for character in source[start...] {
            if "([{".contains(character) { depth += 1 }
            if ")]}".contains(character) { depth -= 1 }
            if depth == 0 { break }
            if depth == 1 && character == "," {
                elements.append("")
            } else {
                elements[elements.count - 1].append(character)
            }
        }
        return elements.filter { !$0.allSatisfy(\.isWhitespace) }
    }
}
