import Ledger
import Logging
import Wire

/// One message with all that belongs to it, before it is written in one of the two formats.
struct LogLine {
    let time: Timestamp
    let level: Logger.Level
    let label: String
    let message: String
    /// Sorted by key.
    let metadata: [(key: String, value: Logger.MetadataValue)]
    let secrets: HiddenSecrets

    /// Longer texts are cut there, and say how long they were.
    private static let mostBytes = 8192
    private static let ownKeys: Set<String> = ["time", "level", "logger", "message"]

    func bytes(as format: LogFormat) -> [UInt8] {
        switch format {
        case .json: json + [UInt8(ascii: "\n")]
        case .text: Array(text.utf8) + [UInt8(ascii: "\n")]
        }
    }

    /// `{"time":…,"level":…,"logger":…,"message":…}` and the metadata beside them; a metadata key
    /// that is taken gets a line below its name.
    private var json: [UInt8] {
        JSONWriter.object { line in
            line.write("time", time.description)
            line.write("level", level.rawValue)
            line.write("logger", label)
            line.write("message", shown(message))
            for (key, value) in metadata {
                line.write(Self.ownKeys.contains(key) ? key + "_" : key, json(value))
            }
        }
    }

    private func json(_ value: Logger.MetadataValue) -> JSONValue {
        switch value {
        case .string(let text): .string(.init(shown(text)))
        case .stringConvertible(let value): .string(.init(shown(value.description)))
        case .array(let values): .array(values.map(json))
        case .dictionary(let values):
            .object(
                values.sorted { $0.key < $1.key }.map { JSONMember(.init($0.key), json($0.value)) })
        }
    }

    /// `2026-02-19 14:32:00.123 WARNING telegram: message key=value`.
    private var text: String {
        let canonical = time.description
        let clock = "\(canonical.prefix(10)) \(canonical.dropFirst(11).prefix(12))"
        let head =
            "\(clock) \(level.rawValue.uppercased()) \(label): \(Self.oneLine(shown(message)))"
        return metadata.reduce(head) { line, entry in
            let value = json(entry.value)
            let word = value.string.flatMap { Self.isWord($0) ? $0 : nil } ?? value.description
            return line + " \(entry.key)=\(word)"
        }
    }

    /// Without secrets, without the control characters that JSON lets through, and not too long.
    private func shown(_ text: String) -> String {
        let text = secrets.hide(in: text)
        let size = text.utf8.count
        let cut =
            size > Self.mostBytes
            ? String(decoding: text.utf8.prefix(Self.mostBytes), as: UTF8.self)
                + "… (\(size) bytes)"
            : text
        guard cut.unicodeScalars.contains(where: Self.isHiddenControl) else { return cut }
        return String(
            String.UnicodeScalarView(
                cut.unicodeScalars.map { Self.isHiddenControl($0) ? "\u{FFFD}" : $0 }))
    }

    private static func isHiddenControl(_ scalar: Unicode.Scalar) -> Bool {
        // Nearly all of it, and the look-up is dear.
        if scalar.value < 0x7F { return false }
        return switch scalar.properties.generalCategory {
        case .control: true
        case .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }

    /// Line breaks and the like as JSON escapes them.
    private static func oneLine(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 < 0x20 }) else { return text }
        return String(JSONValue.string(.init(text)).description.dropFirst().dropLast())
    }

    private static func isWord(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 != UInt8(ascii: "\"") }
    }
}
