/// Writes CSV (RFC 4180): CR LF line ends, quotes where a field needs them to be read back. Defuses
/// nothing: a field that a spreadsheet would take for a formula is written as it is.
public enum CSVWriter {
    /// Appends one record of at least one field.
    public static func append(
        _ fields: [String], to bytes: inout [UInt8], separator: UInt8 = UInt8(ascii: ",")
    ) {
        // Alone and without quotes, an empty field would be an empty line.
        let isLoneEmptyField = fields.count == 1 && fields[0].isEmpty
        for (index, field) in fields.enumerated() {
            if index > 0 { bytes.append(separator) }
            if isLoneEmptyField || needsQuotes(field, separator) {
                appendQuoted(field, to: &bytes)
            } else {
                bytes.append(contentsOf: field.utf8)
            }
        }
        bytes.append(ASCII.carriageReturn)
        bytes.append(ASCII.lineFeed)
    }

    private static func needsQuotes(_ field: String, _ separator: UInt8) -> Bool {
        // The last one begins the byte order mark, which a reader takes off a file's start.
        field.utf8.first == 0xEF
            || field.utf8.contains { byte in
                byte == separator || byte == ASCII.quote || byte == ASCII.lineFeed
                    || byte == ASCII.carriageReturn
            }
    }

    private static func appendQuoted(_ field: String, to bytes: inout [UInt8]) {
        bytes.append(ASCII.quote)
        for byte in field.utf8 {
            if byte == ASCII.quote { bytes.append(ASCII.quote) }
            bytes.append(byte)
        }
        bytes.append(ASCII.quote)
    }
}
