import Gzip
import HTTPTypes
import Hummingbird
import NIOConcurrencyHelpers
import NIOCore
import NIOHTTPTypes

/// A request's body, still to come. It may come packed by gzip.
struct RequestContent: Sendable {
    /// What the body has to match; nil where the request is not signed.
    var signature: RequestSignature?
    private let request: Request
    private let limits: WebLimits
    private let channel: any Channel
    private let wasRead = NIOLockedValueBox(false)

    init(_ request: Request, limits: WebLimits, channel: any Channel) {
        self.request = request
        self.limits = limits
        self.channel = channel
    }

    /// Throws a 415 unless the body is `mediaType`, whatever its parameters, plain or by gzip.
    func require(_ mediaType: String) throws(Problem) {
        _ = try self.mediaType(among: [mediaType])
    }

    /// Which of these the body is. Throws a 415 for another one.
    func mediaType(among mediaTypes: [String]) throws(Problem) -> String {
        let stated = request.headers[.contentType]?.prefix { $0 != ";" }.trimmingBlanks
        guard let stated, let type = mediaTypes.first(where: { $0 == stated.lowercased() }) else {
            var problem = Problem(
                .unsupportedMediaType,
                "expected Content-Type: \(mediaTypes.joined(separator: " or "))")
            problem.headers[.accept] = mediaTypes.joined(separator: ", ")
            throw problem
        }
        try requireKnownCoding()
        return type
    }

    /// As it was declared, with its parameters; nil where it was not.
    var mediaType: String? { request.headers[.contentType] }

    /// Throws a 415 for a body that is packed by another means than gzip.
    func requireKnownCoding() throws(Problem) {
        guard coding == nil else { return }
        var problem = Problem(
            .unsupportedMediaType, "expected a body by Content-Encoding gzip, or without any")
        problem.headers[.acceptEncoding] = "gzip, identity"
        throw problem
    }

    /// The whole body. Throws a 413 as soon as it is known to be too long, packed or unpacked, a
    /// 408 where it takes too long, a 400 where it does not arrive whole, a 401 where it is not
    /// what was signed. `ownLimit` is for a route that takes less than others.
    func collect(atMost ownLimit: Int = .max) async throws(Problem) -> [UInt8] {
        let limit = min(limits.maxBodyBytes, ownLimit)
        if let length = declaredLength, length > limit { throw tooLarge(limit) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(declaredLength ?? 0)
        var signed: [UInt8] = []
        let patience = Patience(seconds: limits.bodyTimeoutSeconds, for: channel)
        defer { patience.end() }
        do {
            try await askFor()
            try await read(gapSeconds: nil) { part in
                guard signature != nil else { return }
                guard signed.count + part.count <= limit else { throw tooLarge(limit) }
                signed.append(contentsOf: part)
            } take: { piece in
                guard bytes.count + piece.count <= limit else { throw tooLarge(limit) }
                bytes.append(contentsOf: piece)
            }
        } catch let problem as Problem {
            throw patience.isOver ? tooSlow : problem
        } catch {
            throw .notWhole
        }
        try signature?.check(signed)
        return bytes
    }

    /// Hands over the body piece by piece, unpacked, as it comes: as many bytes as there are. What
    /// `take` throws comes through; a 400 where the body does not arrive whole, a 408 where nothing
    /// comes for long. Before the answer begins, `askFor` has to have been called.
    func stream(_ take: (ArraySlice<UInt8>) async throws -> Void) async throws {
        try await read(gapSeconds: limits.bodyTimeoutSeconds, { _ in }, take: take)
    }

    /// `gapSeconds` is how long the next piece may be waited for.
    private func read(
        gapSeconds: Int?, _ note: (ArraySlice<UInt8>) throws -> Void,
        take: (ArraySlice<UInt8>) async throws -> Void
    ) async throws {
        let gunzip = coding == .gzip ? Gunzip() : nil
        var refusal: (any Error)?
        var parts = request.body.makeAsyncIterator()
        var patience: Patience?
        do {
            while true {
                patience = gapSeconds.map { Patience(seconds: $0, for: channel) }
                defer { patience?.end() }
                guard let part = try await parts.next() else { break }
                patience?.end()
                do {
                    let bytes = Array(part.readableBytesView)[...]
                    try note(bytes)
                    try await unpack(bytes, by: gunzip, take)
                } catch {
                    refusal = error
                    break
                }
            }
        } catch let error as CancellationError {
            throw error
        } catch {
            if let gapSeconds, patience?.isOver == true { throw Problem.silent(gapSeconds) }
            throw Problem.notWhole
        }
        if let refusal { throw refusal }
        wasRead.withLockedValue { $0 = true }
        try gunzip?.end()
    }

    private func unpack(
        _ bytes: ArraySlice<UInt8>, by gunzip: Gunzip?,
        _ take: (ArraySlice<UInt8>) async throws -> Void
    ) async throws {
        guard let gunzip else { return try await take(bytes) }
        gunzip.feed(bytes)
        while let piece = try gunzip.piece() { try await take(piece[...]) }
    }

    /// Ends the reading of a body that goes on and on: what has come is taken, the rest is not.
    func stopReading() {
        channel.close(mode: .input, promise: nil)
    }

    /// Whether it was not read to its end, and reading the rest may take longer than an answer is
    /// worth: too much, nobody knows how much, or the client waits for word before it sends
    /// anything.
    var isLeftUnread: Bool {
        if wasRead.withLockedValue({ $0 }) { return false }
        if let declaredLength, declaredLength > limits.maxBodyBytes { return true }
        return request.headers[.transferEncoding] != nil || waitsForWord
    }

    private enum Coding { case identity, gzip }

    /// Nil for another one.
    private var coding: Coding? {
        switch request.headers[.contentEncoding]?.trimmingBlanks.lowercased() {
        case nil, "", "identity": .identity
        case "gzip", "x-gzip": .gzip
        default: nil
        }
    }

    private var declaredLength: Int? { request.headers[.contentLength].flatMap { Int($0) } }

    private var waitsForWord: Bool {
        request.headers[.expect]?.trimmingBlanks.lowercased() == "100-continue"
    }

    private func tooLarge(_ limit: Int) -> Problem {
        Problem(
            .contentTooLarge, "BODY_TOO_LARGE",
            "a body has at most \(limit) bytes here: send several requests")
    }

    private var tooSlow: Problem {
        Problem(
            .requestTimeout, "BODY_TOO_SLOW",
            "a body has to arrive within \(limits.bodyTimeoutSeconds) s")
    }

    /// Lets a client go on that waits for word before it sends its body. Not after the answer has
    /// begun: the word would stand in the midst of it.
    func askFor() async throws {
        guard waitsForWord else { return }
        try await channel.writeAndFlush(HTTPResponsePart.head(HTTPResponse(status: .continue)))
    }
}

/// Cuts off a client that takes too long, however steadily it drips.
private struct Patience {
    private let over = NIOLockedValueBox(false)
    private let cut: Scheduled<Void>

    init(seconds: Int, for channel: any Channel) {
        let over = over
        cut = channel.eventLoop.scheduleTask(in: .seconds(Int64(seconds))) {
            over.withLockedValue { $0 = true }
            channel.close(mode: .input, promise: nil)
        }
    }

    var isOver: Bool { over.withLockedValue { $0 } }

    func end() { cut.cancel() }
}

extension Problem {
    fileprivate static let notWhole = Problem(
        .badRequest, "BAD_REQUEST", "the body did not arrive whole")

    fileprivate static func silent(_ seconds: Int) -> Problem {
        Problem(
            .requestTimeout, "BODY_TOO_SLOW",
            "nothing came for \(seconds) s: send an empty line where there is no fill to send")
    }

    fileprivate init(_ error: GzipError) {
        let fault = error == .incomplete ? "it ends too soon" : "it is damaged, or no gzip at all"
        self.init(.badRequest, "NOT_GZIP", "the body can't be unpacked: \(fault)")
    }
}

extension Gunzip {
    fileprivate func piece() throws(Problem) -> [UInt8]? {
        do { return try next() } catch { throw Problem(error) }
    }

    fileprivate func end() throws(Problem) {
        do { try finish() } catch { throw Problem(error) }
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
