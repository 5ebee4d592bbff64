/// `<name attribute="value" flag>` or `</name>`, without its angle brackets.
struct BotAPIHTMLTag: Sendable {
    let name: String
    let isClosing: Bool
    let isSelfClosing: Bool
    /// A flag's value is empty.
    let attributes: [String: String]

    /// Nil where it does not read as a tag.
    init?(_ scalars: ArraySlice<Unicode.Scalar>) {
        var text = String(String.UnicodeScalarView(scalars))
        isClosing = text.hasPrefix("/")
        if isClosing { text.removeFirst() }
        isSelfClosing = !isClosing && text.hasSuffix("/")
        if isSelfClosing { text.removeLast() }
        var rest = Substring(text)
        let name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
        guard name.first?.isLetter == true else { return nil }
        self.name = name.lowercased()
        rest = rest.dropFirst(name.count)
        var attributes: [String: String] = [:]
        while let first = rest.first {
            guard first == " " else { return nil }
            rest = rest.drop { $0 == " " }
            guard !rest.isEmpty else { break }
            let key = rest.prefix { $0.isASCII && ($0.isLetter || $0 == "-") }
            guard !key.isEmpty, !isClosing, attributes[String(key)] == nil else { return nil }
            rest = rest.dropFirst(key.count)
            guard rest.hasPrefix("=\"") else {
                attributes[String(key)] = ""
                continue
            }
            rest = rest.dropFirst(2)
            guard let end = rest.firstIndex(of: "\"") else { return nil }
            attributes[String(key)] = String(rest[..<end])
            rest = rest[rest.index(after: end)...]
        }
        self.attributes = attributes
    }
}

/// Which tags, attributes and entities Telegram takes, and where.
struct BotAPIHTMLRules: Sendable {
    let dialect: BotAPIHTML.Dialect

    private static let inlineOfRich: Set<String> = [
        "b", "i", "u", "s", "code", "mark", "sub", "sup", "tg-spoiler", "a", "tg-time",
    ]
    private static let blocks: Set<String> = [
        "h1", "h2", "h3", "h4", "h5", "h6", "p", "hr", "footer", "ul", "ol", "li", "blockquote",
        "pre", "details", "table", "tr",
    ]
    private static let classicTags: Set<String> = [
        "b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "tg-spoiler", "span", "a",
        "code", "pre", "blockquote", "tg-emoji", "tg-time",
    ]
    /// What may stand in a block, beside inline tags where text may.
    private static let children: [String: Set<String>] = [
        "ul": ["li"], "ol": ["li"], "table": ["caption", "tr"], "tr": ["td", "th"],
    ]
    /// Blocks that hold other blocks (and the whole message).
    private static let containers: Set<String> = ["li", "blockquote", "details"]
    private static let partsOf: [String: Set<String>] = [
        "li": ["ul", "ol"], "caption": ["table"], "tr": ["table"], "td": ["tr"], "th": ["tr"],
        "summary": ["details"],
    ]
    private static let attributes: [String: Set<String>] = [
        "a": ["href"], "tg-time": ["unix", "format"], "details": ["open"],
        "table": ["bordered", "striped"], "td": ["align", "colspan", "rowspan"],
        "th": ["align", "colspan", "rowspan"], "span": ["class"], "code": ["class"],
        "tg-emoji": ["emoji-id"], "blockquote": ["expandable"],
    ]
    private static let entities: [String: Unicode.Scalar] = [
        "lt": "<", "gt": ">", "amp": "&", "quot": "\"", "apos": "'", "nbsp": "\u{a0}",
        "hellip": "…", "mdash": "—", "ndash": "–", "lsquo": "‘", "rsquo": "’", "ldquo": "“",
        "rdquo": "”",
    ]
    private static let classicEntities: Set<String> = ["lt", "gt", "amp", "quot"]

    func isBlock(_ name: String) -> Bool { dialect == .rich && Self.blocks.contains(name) }

    /// `nil` is the message itself.
    func isTextAllowed(in name: String?) -> Bool {
        guard dialect == .rich else { return true }
        guard let name else { return false }
        return Self.children[name] == nil
    }

    func entity(_ scalars: ArraySlice<Unicode.Scalar>) -> Unicode.Scalar? {
        let name = String(String.UnicodeScalarView(scalars))
        // U+0000 has no entity.
        if let digits = name.suffixAfter("#x") {
            return UInt32(digits, radix: 16).flatMap { $0 == 0 ? nil : Unicode.Scalar($0) }
        }
        if let digits = name.suffixAfter("#") {
            return UInt32(digits).flatMap { $0 == 0 ? nil : Unicode.Scalar($0) }
        }
        guard dialect == .rich || Self.classicEntities.contains(name) else { return nil }
        return Self.entities[name]
    }

    /// `open`: the tags it stands in, outermost first.
    func problems(with tag: BotAPIHTMLTag, in open: [String]) -> [String] {
        let name = tag.name
        let isInline =
            dialect == .classic
            ? Self.classicTags.contains(name) : Self.inlineOfRich.contains(name)
        guard isInline || isKnownBlock(name) else { return ["<\(name)> is not allowed"] }
        return placeProblems(name, isInline: isInline, open) + attributeProblems(tag)
    }

    private func isKnownBlock(_ name: String) -> Bool {
        dialect == .rich && (Self.blocks.contains(name) || Self.partsOf[name] != nil)
    }

    private func placeProblems(_ name: String, isInline: Bool, _ open: [String]) -> [String] {
        let parent = open.last
        let wrong = ["<\(name)> is not allowed in \(parent.map { "<\($0)>" } ?? "no block")"]
        if open.contains("code") || (open.contains("pre") && name != "code") { return wrong }
        if name == "a", open.contains("a") { return wrong }
        if name == "blockquote", dialect == .classic, open.contains("blockquote") { return wrong }
        guard dialect == .rich else { return [] }
        if let parents = Self.partsOf[name] {
            return parent.map(parents.contains) == true ? [] : wrong
        }
        if let parent, let children = Self.children[parent] {
            return children.contains(name) ? [] : wrong
        }
        if isInline { return parent == nil ? wrong : [] }
        return parent.map(Self.containers.contains) ?? true ? [] : wrong
    }

    private func attributeProblems(_ tag: BotAPIHTMLTag) -> [String] {
        var allowed = Self.attributes[tag.name] ?? []
        if tag.name == "blockquote", dialect == .rich { allowed = [] }
        var problems = tag.attributes.keys.sorted().filter { !allowed.contains($0) }.map {
            "<\(tag.name)> has no attribute \($0)"
        }
        let value = { (name: String) in tag.attributes[name] }
        switch tag.name {
        case "a":
            let schemes = ["http://", "https://", "tg://", "mailto:", "tel:"]
            let target = value("href") ?? ""
            if !schemes.contains(where: target.hasPrefix) { problems.append("<a> needs an href") }
        case "tg-time":
            if Int64(value("unix") ?? "") == nil { problems.append("<tg-time> needs unix") }
            if let format = value("format"), !Self.isTimeFormat(format) {
                problems.append("<tg-time> has no format \(format)")
            }
        case "span":
            if value("class") != "tg-spoiler" { problems.append("<span> is for tg-spoiler only") }
        case "td", "th":
            if let align = value("align"), !["left", "center", "right"].contains(align) {
                problems.append("<\(tag.name)> has no align \(align)")
            }
            for name in ["colspan", "rowspan"] {
                if let span = value(name), !(1...100).contains(Int(span) ?? 0) {
                    problems.append("<\(tag.name)> has no \(name) \(span)")
                }
            }
        default: break
        }
        return problems
    }

    /// `r`, or at most one of each: `w`, `d` or `D`, `t` or `T`.
    private static func isTimeFormat(_ format: String) -> Bool {
        if format == "r" { return true }
        var rest = Substring(format)
        for choice in ["w", "dD", "tT"] {
            if let first = rest.first, choice.contains(first) { rest = rest.dropFirst() }
        }
        return rest.isEmpty
    }
}
