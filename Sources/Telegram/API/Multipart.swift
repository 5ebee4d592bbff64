import FoundationEssentials

/// A call's parameters and its file as `multipart/form-data` (RFC 7578).
struct Multipart {
    let contentType: String
    let body: [UInt8]

    /// Throws what encoding the parameters throws.
    init(_ method: some BotUpload, fileParameter: String) throws {
        let encoded = try JSONEncoder().encode(method)
        let parameters = try JSONDecoder().decode([String: Parameter].self, from: encoded)
        let fields = try parameters.sorted { $0.key < $1.key }.map { ($0.key, try $0.value.text) }
        let file = method.file
        var boundary = "----blotter"
        // What stands in the file must not look like its end.
        while file.bytes.contains(boundary) || fields.contains(where: { $1.contains(boundary) }) {
            boundary += "-"
        }
        var body: [UInt8] = []
        body.reserveCapacity(file.bytes.count + 1024)
        for (name, value) in fields {
            body += "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n".utf8
            body += value.utf8
            body += "\r\n".utf8
        }
        body +=
            """
            --\(boundary)\r
            Content-Disposition: form-data; name="\(fileParameter)"; \
            filename="\(Self.quoted(file.name))"\r
            Content-Type: \(file.mediaType)\r
            \r

            """.utf8
        body += file.bytes
        body += "\r\n--\(boundary)--\r\n".utf8
        self.body = body
        contentType = "multipart/form-data; boundary=\(boundary)"
    }

    /// As browsers write it in a header.
    private static func quoted(_ name: String) -> String {
        var text = ""
        for scalar in name.unicodeScalars {
            switch scalar {
            case "\"": text += "%22"
            case "\r": text += "%0D"
            case "\n": text += "%0A"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}

/// A parameter's value: a text as it is, all else as JSON.
private indirect enum Parameter: Codable {
    case text(String)
    case integer(Int64)
    case flag(Bool)
    case members([String: Parameter])
    case elements([Parameter])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let flag = try? container.decode(Bool.self) {
            self = .flag(flag)
        } else if let integer = try? container.decode(Int64.self) {
            self = .integer(integer)
        } else if let text = try? container.decode(String.self) {
            self = .text(text)
        } else if let members = try? container.decode([String: Parameter].self) {
            self = .members(members)
        } else {
            self = .elements(try container.decode([Parameter].self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .text(let text): try container.encode(text)
        case .integer(let integer): try container.encode(integer)
        case .flag(let flag): try container.encode(flag)
        case .members(let members): try container.encode(members)
        case .elements(let elements): try container.encode(elements)
        }
    }

    var text: String {
        get throws {
            switch self {
            case .text(let text): text
            case .integer(let integer): "\(integer)"
            case .flag(let flag): "\(flag)"
            case .members, .elements:
                String(decoding: try JSONEncoder().encode(self), as: UTF8.self)
            }
        }
    }
}

extension [UInt8] {
    /// Whether `text` stands somewhere in them.
    fileprivate func contains(_ text: String) -> Bool {
        let wanted = Array(text.utf8)
        guard let first = wanted.first, count >= wanted.count else { return false }
        var start = startIndex
        while let found = self[start...].firstIndex(of: first) {
            if self[found...].starts(with: wanted) { return true }
            start = found + 1
        }
        return false
    }
}
