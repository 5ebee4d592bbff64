/// What somebody may have meant who typed a name that there is not.
enum Spelling {
    private static let mostSuggestions = 3

    /// Names that begin so, or differ in at most a third of the letters; the nearest first.
    static func nearest(to typed: String, among names: [String]) -> [String] {
        let typed = typed.lowercased()
        guard !typed.isEmpty, typed.utf8.count <= 64 else { return [] }
        let allowed = max(1, typed.count / 3)
        let rated: [(name: String, steps: Int)] = names.compactMap { name in
            let lower = name.lowercased()
            if lower.hasPrefix(typed) || typed.hasPrefix(lower) { return (name, 0) }
            let steps = distance(Array(typed.unicodeScalars), Array(lower.unicodeScalars))
            return steps <= allowed ? (name, steps) : nil
        }
        let sorted = rated.enumerated().sorted {
            ($0.element.steps, $0.offset) < ($1.element.steps, $1.offset)
        }
        return sorted.prefix(mostSuggestions).map(\.element.name)
    }

    /// Letters to be added, dropped, replaced or swapped with their neighbour (optimal string
    /// alignment distance).
    private static func distance(_ one: [Unicode.Scalar], _ other: [Unicode.Scalar]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...other.count)
        for row in 1...max(one.count, 1) where row <= one.count {
            var current = [row]
            for column in 1...max(other.count, 1) where column <= other.count {
                let isSame = one[row - 1] == other[column - 1]
                var best = min(
                    last[column] + 1, current[column - 1] + 1, last[column - 1] + (isSame ? 0 : 1))
                if row > 1, column > 1, one[row - 1] == other[column - 2],
                    one[row - 2] == other[column - 1]
                {
                    best = min(best, beforeLast[column - 2] + 1)
                }
                current.append(best)
            }
            (beforeLast, last) = (last, current)
        }
        return last[other.count]
    }
}
