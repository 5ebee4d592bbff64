import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTPTypes

/// A request's body, still to come.
struct RequestContent: Sendable {
    private let request: Request
    private let limit: Int
    private let channel: any Channel

    init(_ request: Request, limit: Int, channel: any Channel) {
        self.request = request
        self.limit = limit
        self.channel = channel
    }

    /// Throws a 415 unless the body is `mediaType`, whatever its parameters, and not compressed.
    func require(_ mediaType: String) throws(Problem) {
        let type = request.headers[.contentType]?.prefix { $0 != ";" }.trimmingBlanks
        guard type?.lowercased() == mediaType else {
            var problem = Problem(
                .unsupportedMediaType, "UNSUPPORTED_MEDIA_TYPE",
                "expected Content-Type: \(mediaType)")
            problem.headers[.accept] = mediaType
            throw problem
        }
        let coding = request.headers[.contentEncoding]?.trimmingBlanks.lowercased()
        guard coding == nil || coding == "identity" else {
            var problem = Problem(
                .unsupportedMediaType, "UNSUPPORTED_MEDIA_TYPE",
                "expected a body without Content-Encoding")
            problem.headers[.acceptEncoding] = "identity"
            throw problem
        }
    }

    /// The whole body. Throws a 413 as soon as it is known to be too long, a 400 where it does not
    /// arrive whole.
    func collect() async throws(Problem) -> [UInt8] {
        if let length = declaredLength, length > limit { throw tooLarge }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(declaredLength ?? 0)
        do {
            try await askForBody()
            for try await part in request.body {
                guard bytes.count + part.readableBytes <= limit else { throw tooLarge }
                bytes.append(contentsOf: part.readableBytesView)
            }
        } catch let problem as Problem {
            throw problem
        } catch {
            throw Problem(.badRequest, "BAD_REQUEST", "the body did not arrive whole")
        }
        return bytes
    }

    /// Whether reading what was not read may take longer than an answer is worth: too much, nobody
    /// knows how much, or the client waits for word before it sends anything.
    var mayGoOnForEver: Bool {
        if let declaredLength, declaredLength > limit { return true }
        return request.headers[.transferEncoding] != nil || waitsForWord
    }

    private var declaredLength: Int? { request.headers[.contentLength].flatMap { Int($0) } }

    private var waitsForWord: Bool {
        request.headers[.expect]?.lowercased() == "100-continue"
    }

    private var tooLarge: Problem {
        Problem(
            .contentTooLarge, "BODY_TOO_LARGE",
            "a body has at most \(limit) bytes: send several requests")
    }

    private func askForBody() async throws {
        guard waitsForWord else { return }
        try await channel.writeAndFlush(HTTPResponsePart.head(HTTPResponse(status: .continue)))
    }
}

extension StringProtocol {
    /// Without blanks and tabs at its ends.
    var trimmingBlanks: SubSequence {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        let rest = drop(while: isBlank)
        guard let last = rest.lastIndex(where: { !isBlank($0) }) else { return rest }
        return rest[...last]
    }
}
