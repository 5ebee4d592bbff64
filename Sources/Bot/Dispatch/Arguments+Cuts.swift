import Ledger

extension Arguments {
    /// Longer ones are no names, and there would be many ways to cut them.
    private static let longestCut = 256

    /// All ways to part them in two at blanks, the longest head first; either part may be empty.
    var cuts: [(head: Arguments, tail: Arguments)] {
        let scalars = text.unicodeScalars
        func part(_ scalars: Substring.UnicodeScalarView) -> Arguments {
            Arguments(text: String(scalars).trimmingBlanks, isFromButton: isFromButton)
        }
        var places = [scalars.endIndex]
        if text.utf8.count <= Self.longestCut {
            places += scalars.indices.reversed().filter {
                scalars[$0].properties.isWhitespace
            }
        }
        places.append(scalars.startIndex)
        return places.map { (part(scalars[..<$0]), part(scalars[$0...])) }
    }
}
