import HTTPTypes
import Hummingbird
import Wire

/// What goes back to the client.
struct Answer: Sendable {
    /// Writes a body piece by piece; what it throws breaks the connection off.
    typealias Production = @concurrent @Sendable (_ write: Write) async throws -> Void
    typealias Write = @concurrent ([UInt8]) async throws -> Void

    private enum Body: Sendable {
        case whole([UInt8])
        case produced(Production)
    }

    let status: HTTPResponse.Status
    var headers: HTTPFields
    private let body: Body

    init(_ value: some JSONWritable, status: HTTPResponse.Status = .ok) {
        self.init(status, "application/json", value)
    }

    init(_ problem: Problem) {
        self.init(problem.status, "application/problem+json", problem)
        headers.append(contentsOf: problem.headers)
    }

    /// A 200 whose body comes into being while it is sent.
    init(_ mediaType: String, producing production: @escaping Production) {
        status = .ok
        headers = [.contentType: mediaType]
        body = .produced(production)
    }

    /// A 200 with what is ready to be sent.
    init(_ bytes: [UInt8], mediaType: String) {
        status = .ok
        headers = [.contentType: mediaType]
        body = .whole(bytes)
    }

    private init(
        _ status: HTTPResponse.Status, _ mediaType: String, _ value: some JSONWritable
    ) {
        self.status = status
        headers = [.contentType: mediaType]
        var bytes: [UInt8] = []
        value.writeJSON(to: &bytes)
        body = .whole(bytes)
    }

    /// Nil where it is not known yet.
    var wholeBody: [UInt8]? {
        if case .whole(let bytes) = body { bytes } else { nil }
    }

    var head: HTTPResponse {
        var fields = headers
        if let wholeBody { fields[.contentLength] = String(wholeBody.count) }
        return HTTPResponse(status: status, headerFields: fields)
    }

    /// `ended` is called once, when the body has been handed to the connection or has failed; what
    /// is whole goes out in one piece with its head where nobody is to be called.
    func response(
        to method: HTTPRequest.Method, ended: (@Sendable () -> Void)?
    ) -> Response {
        let content: ResponseBody
        switch body {
        case .whole where method == .head:
            content = ResponseBody()
            ended?()
        case .whole(let bytes) where ended == nil:
            content = ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
        case .whole(let bytes):
            content = ResponseBody(contentLength: bytes.count) { writer in
                defer { ended?() }
                try await writer.write(ByteBuffer(bytes: bytes))
                try await writer.finish(nil)
            }
        case .produced(let production):
            content = ResponseBody { writer in
                defer { ended?() }
                try await production { try await writer.write(ByteBuffer(bytes: $0)) }
                try await writer.finish(nil)
            }
        }
        return Response(status: status, headers: head.headerFields, body: content)
    }
}
