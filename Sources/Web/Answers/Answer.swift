import HTTPTypes
import Hummingbird
import Wire

/// What goes back to the client.
struct Answer: Sendable {
    let status: HTTPResponse.Status
    var headers: HTTPFields
    let body: [UInt8]

    /// A 200.
    init(_ value: some JSONWritable) {
        self.init(.ok, "application/json", value)
    }

    init(_ problem: Problem) {
        self.init(problem.status, "application/problem+json", problem)
        headers.append(contentsOf: problem.headers)
    }

    private init(
        _ status: HTTPResponse.Status, _ mediaType: String, _ value: some JSONWritable
    ) {
        self.status = status
        headers = [.contentType: mediaType]
        var bytes: [UInt8] = []
        value.writeJSON(to: &bytes)
        body = bytes
    }

    var head: HTTPResponse {
        var fields = headers
        fields[.contentLength] = String(body.count)
        return HTTPResponse(status: status, headerFields: fields)
    }

    func response(to method: HTTPRequest.Method) -> Response {
        let body =
            method == .head ? ResponseBody() : ResponseBody(byteBuffer: ByteBuffer(bytes: body))
        return Response(status: status, headers: head.headerFields, body: body)
    }

    /// Whether it may have been given before the request's body was read.
    var leavesBodyUnread: Bool {
        switch status {
        case .unauthorized, .forbidden, .notFound, .methodNotAllowed, .contentTooLarge,
            .unsupportedMediaType, .tooManyRequests, .serviceUnavailable, .internalServerError:
            true
        default: false
        }
    }
}
