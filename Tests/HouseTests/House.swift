import Foundation

/// The project's own files, found from where this one stands.
enum House {
    static let root = URL(filePath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// All Swift that is ours: programs, tests, plugins and the manifest.
    static let sources: [SourceFile] =
        (["Package.swift"]
        + ["Plugins", "Sources", "Tests"].flatMap { files(below: $0, ending: ".swift") })
        .compactMap { path in (try? text(of: path)).map { SourceFile(path, $0) } }

    /// Paths from the root of all files below `folder` with this ending, sorted.
    static func files(below folder: String, ending: String) -> [String] {
        let base = root.appending(path: folder)
        let found = FileManager.default.enumerator(atPath: base.path)?.compactMap { $0 as? String }
        return (found ?? []).filter { $0.hasSuffix(ending) }.map { "\(folder)/\($0)" }.sorted()
    }

    static func text(of path: String) throws -> String {
        String(decoding: try Data(contentsOf: root.appending(path: path)), as: UTF8.self)
    }

    /// The source files below a folder, such as `Sources/Ledger`.
    static func sources(below folder: String) -> [SourceFile] {
        sources.filter { $0.path.hasPrefix(folder + "/") }
    }
}

/// A Swift file with what the rules look at.
struct SourceFile: Sendable {
    struct Line: Sendable {
        /// Counted from 1.
        let number: Int
        let text: Substring
        /// Names, keywords and numbers outside of comments and string literals; `try` and `as`
        /// with the exclamation mark behind them.
        let words: [String]
        let hasLiteral: Bool
    }

    let path: String
    let lines: [Line]

    init(_ path: String, _ text: String) {
        self.path = path
        let bare = SwiftCode.bare(text).split(separator: "\n", omittingEmptySubsequences: false)
        let full = text.split(separator: "\n", omittingEmptySubsequences: false)
        lines = zip(full, bare).enumerated().map { index, line in
            Line(
                number: index + 1, text: line.0, words: Self.words(in: line.1),
                hasLiteral: line.0.contains("\"") && !line.1.contains("\""))
        }
    }

    var name: String { String(path.split(separator: "/").last ?? "") }

    /// `path:line: word` of every word that `isForbidden`; it is told the line's words too.
    func findings(_ isForbidden: (_ word: String, _ line: [String]) -> Bool) -> [String] {
        lines.flatMap { line in
            line.words.filter { isForbidden($0, line.words) }
                .map { "\(path):\(line.number): \($0)" }
        }
    }

    /// The modules that are imported, those of single declarations included.
    var imports: [String] {
        let kinds: Set<String> = [
            "struct", "class", "enum", "protocol", "func", "var", "let", "typealias",
        ]
        return lines.compactMap { line in
            guard let index = line.words.firstIndex(of: "import"), index <= 2 else { return nil }
            return line.words.dropFirst(index + 1).first { !kinds.contains($0) }
        }
    }

    private static func words(in line: Substring) -> [String] {
        var words: [String] = []
        var word: [UInt8] = []
        for byte in Array(line.utf8) + [0] {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                word.append(byte)
            default:
                guard !word.isEmpty else { continue }
                let text = String(decoding: word, as: UTF8.self)
                let isForced = byte == UInt8(ascii: "!") && (text == "try" || text == "as")
                words.append(isForced ? text + "!" : text)
                word = []
            }
        }
        return words
    }
}
