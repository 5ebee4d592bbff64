public import Ledger

/// What can stand in a JSON text that this service writes.
public protocol JSONWritable {
    /// Appends exactly one JSON value.
    func writeJSON(to bytes: inout [UInt8])
}

/// Bytes that are one JSON value already, such as a stored `meta_json`; they are not checked.
public struct JSONRaw: JSONWritable, Sendable {
    public let text: String

    public init(_ text: String) { self.text = text }

    public func writeJSON(to bytes: inout [UInt8]) { bytes.append(contentsOf: text.utf8) }
}

/// Nil is null.
extension Optional: JSONWritable where Wrapped: JSONWritable {
    public func writeJSON(to bytes: inout [UInt8]) {
        if let self { self.writeJSON(to: &bytes) } else { bytes.append(contentsOf: "null".utf8) }
    }
}

extension Bool: JSONWritable {
    public func writeJSON(to bytes: inout [UInt8]) {
        bytes.append(contentsOf: (self ? "true" : "false").utf8)
    }
}

extension Int: JSONWritable {
    public func writeJSON(to bytes: inout [UInt8]) { bytes.append(contentsOf: description.utf8) }
}

extension Int64: JSONWritable {
    public func writeJSON(to bytes: inout [UInt8]) { bytes.append(contentsOf: description.utf8) }
}

extension String: JSONWritable {
    public func writeJSON(to bytes: inout [UInt8]) { JSONText.append(self, to: &bytes) }
}

extension ExactText: JSONWritable {
    public func writeJSON(to bytes: inout [UInt8]) { JSONText.append(text, to: &bytes) }
}

/// A string in the canonical form, so that no reader takes it for a binary float.
extension Decimal: JSONWritable {
    public func writeJSON(to bytes: inout [UInt8]) {
        bytes.append(ASCII.quote)
        write(to: &bytes)
        bytes.append(ASCII.quote)
    }
}

/// A string in the short ISO-8601 form.
extension Timestamp: JSONWritable {
    public func writeJSON(to bytes: inout [UInt8]) {
        bytes.append(ASCII.quote)
        writeISO8601(to: &bytes)
        bytes.append(ASCII.quote)
    }
}

extension Day: JSONWritable {
    public func writeJSON(to bytes: inout [UInt8]) { JSONText.append(description, to: &bytes) }
}

extension Currency: JSONWritable {
    public func writeJSON(to bytes: inout [UInt8]) { JSONText.append(code, to: &bytes) }
}

extension JSONWritable where Self: RawRepresentable, RawValue == String {
    public func writeJSON(to bytes: inout [UInt8]) { JSONText.append(rawValue, to: &bytes) }
}

extension Side: JSONWritable {}
extension AssetType: JSONWritable {}
extension OptionRight: JSONWritable {}
extension OrderStatus: JSONWritable {}

enum JSONText {
    /// Appends `text` in quotes. Escaped is only what has to be.
    static func append(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(ASCII.quote)
        if text.utf8.contains(where: needsEscape) {
            for byte in text.utf8 { append(byte, to: &bytes) }
        } else {
            bytes.append(contentsOf: text.utf8)
        }
        bytes.append(ASCII.quote)
    }

    @inline(__always)
    private static func needsEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == ASCII.quote || byte == ASCII.backslash
    }

    private static func append(_ byte: UInt8, to bytes: inout [UInt8]) {
        switch byte {
        case ASCII.quote, ASCII.backslash:
            bytes.append(ASCII.backslash)
            bytes.append(byte)
        case ASCII.lineFeed:
            bytes.append(contentsOf: "\\n".utf8)
        case ASCII.carriageReturn:
            bytes.append(contentsOf: "\\r".utf8)
        case ASCII.tab:
            bytes.append(contentsOf: "\\t".utf8)
        case ..<0x20:
            bytes.append(contentsOf: "\\u00".utf8)
            bytes.append(ASCII.hexadecimalDigits[Int(byte >> 4)])
            bytes.append(ASCII.hexadecimalDigits[Int(byte & 15)])
        default:
            bytes.append(byte)
        }
    }
}
