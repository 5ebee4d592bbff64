/// A picture or a document that the bot sent.
public struct StandInUpload: Sendable, Hashable {
    public let name: String
    public let mediaType: String
    public let content: [UInt8]
    /// Whether it was sent as a photo.
    public internal(set) var isPhoto = false
}

extension StandInTelegramState {
    private static let longestCaptionUnits = 1024
    private static let largestPhotoBytes = 10 << 20
    private static let largestDocumentBytes = 50 << 20

    /// Keeps a file of a multipart body; returns what stands for it among the parameters.
    mutating func keep(_ upload: StandInUpload) -> BotAPIJSON {
        let key = "attached-\(uploads.count)"
        uploads[key] = upload
        return .string(key)
    }

    /// `sendPhoto` and `sendDocument`.
    mutating func sendFile(_ parameters: Parameters, isPhoto: Bool) throws -> BotAPIJSON {
        let parameter = isPhoto ? "photo" : "document"
        guard var upload = uploads[parameters[parameter]?.string ?? ""] else {
            throw StandInRefusal.wrong("\(parameter) has to come as a file of a multipart body")
        }
        let limit = isPhoto ? Self.largestPhotoBytes : Self.largestDocumentBytes
        guard !upload.content.isEmpty else { throw StandInRefusal.wrong("file must be non-empty") }
        guard upload.content.count <= limit else { throw StandInRefusal.wrong("file is too big") }
        if isPhoto, !upload.isPNG { throw StandInRefusal.wrong("IMAGE_PROCESS_FAILED") }
        let caption = parameters["caption"]?.string ?? ""
        if caption.utf16.count > Self.longestCaptionUnits {
            throw StandInRefusal.wrong("message caption is too long")
        }
        upload.isPhoto = isPhoto
        let version = StandInMessage.Version(
            text: caption, html: nil, isRich: false, tables: [], buttons: [])
        return try post(version, parameters, file: upload)
    }

    /// The members of a message that tell of its file.
    func fileJSON(_ file: StandInUpload) -> [String: BotAPIJSON] {
        let size: BotAPIJSON = .integer(Int64(file.content.count))
        guard file.isPhoto else {
            return [
                "document": [
                    "file_id": "D", "file_unique_id": "d", "file_name": .string(file.name),
                    "mime_type": .string(file.mediaType), "file_size": size,
                ]
            ]
        }
        return [
            "photo": [
                [
                    "file_id": "P", "file_unique_id": "p", "width": 1080, "height": 810,
                    "file_size": size,
                ]
            ]
        ]
    }
}

extension StandInUpload {
    var isPNG: Bool { content.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) }
}

/// A `multipart/form-data` body, taken apart.
struct StandInMultipart {
    struct Part {
        let name: String
        let fileName: String?
        let mediaType: String
        let content: [UInt8]
    }

    let parts: [Part]

    /// Nil where it is none, or damaged.
    init?(_ body: [UInt8], contentType: String) {
        guard let boundary = contentType.split(separator: "boundary=").dropFirst().first else {
            return nil
        }
        let lineBreak = Array("\r\n".utf8)
        let fence = lineBreak + Array("--\(boundary)".utf8)
        // As if a line break stood before the first fence, too.
        let pieces = Self.split(lineBreak + body, at: fence)
        guard let last = pieces.last, pieces.count >= 3, pieces[0].isEmpty,
            last.elementsEqual("--\r\n".utf8)
        else { return nil }
        var parts: [Part] = []
        for piece in pieces.dropFirst().dropLast() {
            guard piece.starts(with: lineBreak), let part = Part(Array(piece.dropFirst(2))) else {
                return nil
            }
            parts.append(part)
        }
        self.parts = parts
    }

    fileprivate static func split(_ bytes: [UInt8], at fence: [UInt8]) -> [ArraySlice<UInt8>] {
        var pieces: [ArraySlice<UInt8>] = []
        var start = 0
        var index = 0
        while let found = bytes[index...].firstIndex(of: fence[0]) {
            if bytes[found...].starts(with: fence) {
                pieces.append(bytes[start..<found])
                start = found + fence.count
                index = start
            } else {
                index = found + 1
            }
        }
        return pieces + [bytes[start...]]
    }
}

extension StandInMultipart.Part {
    fileprivate init?(_ bytes: [UInt8]) {
        let blank = Array("\r\n\r\n".utf8)
        let halves = StandInMultipart.split(bytes, at: blank)
        guard halves.count >= 2 else { return nil }
        var name: String?
        var fileName: String?
        var mediaType = "text/plain"
        for line in String(decoding: halves[0], as: UTF8.self).split(separator: "\r\n") {
            let lower = line.lowercased()
            if lower.hasPrefix("content-type: ") { mediaType = String(line.dropFirst(14)) }
            guard lower.hasPrefix("content-disposition: form-data;") else { continue }
            for attribute in line.split(separator: "; ").dropFirst() {
                let value = attribute.split(separator: "=", maxSplits: 1).last.map(String.init)
                let text = value.map { String($0.dropFirst().dropLast()) }
                if attribute.hasPrefix("name=") { name = text }
                if attribute.hasPrefix("filename=") { fileName = text }
            }
        }
        guard let name else { return nil }
        self.init(
            name: name, fileName: fileName, mediaType: mediaType,
            content: Array(bytes[halves[1].startIndex...]))
    }
}
