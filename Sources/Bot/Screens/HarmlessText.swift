/// Text from anywhere made safe to show on one line.
///
/// - Control characters and line breaks become blanks; so do exotic blanks.
/// - Whatever changes the text's look without being seen (direction overrides, zero-width and
///   other ignorable characters) becomes `�`, so that no two names look alike by it. After an
///   emoji, where people's keyboards put them, joiners and variation selectors are dropped.
/// - Combining marks need something to combine with, and at most four stand on it.
/// - Text that is written from right to left is isolated, so that its neighbours keep their places.
struct HarmlessText: Sendable, Hashable {
    let text: String

    private static let mostMarks = 4

    init(_ raw: String) {
        if raw.unicodeScalars.allSatisfy(\.isPlain) {
            text = raw
            return
        }
        var scalars = String.UnicodeScalarView()
        var marks = 0
        var isRightToLeft = false
        for scalar in raw.unicodeScalars {
            switch Self.treatment(of: scalar, after: scalars.last) {
            case .keep:
                marks = 0
                scalars.append(scalar)
                isRightToLeft = isRightToLeft || scalar.isWrittenRightToLeft
            case .keepAsMark:
                if scalars.last == nil || scalars.last == " " {
                    scalars.append("\u{25CC}")
                    marks = 0
                }
                marks += 1
                if marks <= Self.mostMarks {
                    scalars.append(scalar)
                } else if marks == Self.mostMarks + 1 {
                    scalars.append("\u{FFFD}")
                }
            case .blank:
                marks = 0
                scalars.append(" ")
            case .replace:
                marks = 0
                if scalars.last != "\u{FFFD}" { scalars.append("\u{FFFD}") }
            case .drop:
                continue
            }
        }
        text = isRightToLeft ? Self.isolated(String(scalars)) : String(scalars)
    }

    /// At most `limit` characters, the last of them an ellipsis where some were left out.
    func shortened(to limit: Int) -> String {
        let content = text.unicodeScalars.filter { !Self.isIsolate($0) }
        guard content.count > limit else { return text }
        let cut = String(String.UnicodeScalarView(content.prefix(limit - 1))) + "…"
        return HarmlessText(cut).text
    }

    private enum Treatment { case keep, keepAsMark, blank, replace, drop }

    private static func treatment(
        of scalar: Unicode.Scalar, after previous: Unicode.Scalar?
    ) -> Treatment {
        if scalar.isASCII { return scalar.value < 0x20 || scalar.value == 0x7F ? .blank : .keep }
        let properties = scalar.properties
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .spaceSeparator:
            return .blank
        case _ where properties.isDefaultIgnorableCodePoint:
            let joins = scalar == "\u{200D}" || properties.isVariationSelector
            return joins && previous?.isPictographic == true ? .drop : .replace
        case .format, .surrogate:
            return .replace
        case .nonspacingMark, .enclosingMark, .spacingMark:
            return .keepAsMark
        default:
            return properties.isNoncharacterCodePoint ? .replace : .keep
        }
    }

    private static func isolated(_ text: String) -> String { "\u{2068}\(text)\u{2069}" }

    private static func isIsolate(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "\u{2068}" || scalar == "\u{2069}"
    }
}

extension Unicode.Scalar {
    /// Whether it is one of those that nearly all text is made of, each of which is harmless and
    /// one column wide: a look at tables of properties costs more than all else. False says
    /// nothing.
    var isPlain: Bool {
        switch value {
        // ASCII; Latin letters and signs without the soft hyphen; Greek and Cyrillic letters;
        // dashes, quotation marks and the ellipsis; currencies; arrows and operators; triangles.
        case 0x20...0x7E, 0xA1...0xAC, 0xAE...0x2FF, 0x391...0x3A1, 0x3A3...0x482,
            0x2010...0x2027, 0x2030...0x203A, 0x20A0...0x20C0, 0x2190...0x22FF, 0x25A0...0x25FC:
            true
        default: false
        }
    }

    fileprivate var isPictographic: Bool { !isASCII && properties.isEmoji }

    /// In a block of Hebrew, Arabic, Syriac, Thaana, N'Ko or another right-to-left script.
    fileprivate var isWrittenRightToLeft: Bool {
        switch value {
        case 0x0590...0x08FF, 0xFB1D...0xFDFF, 0xFE70...0xFEFF, 0x10800...0x10FFF,
            0x1E800...0x1EFFF:
            true
        default: false
        }
    }
}
