import Ledger
import Web
import Wire

/// What the API's description says of the answers of each route.
struct DescribedAPI: Sendable {
    /// The server's own.
    static let own = DescribedAPI(
        (try? JSONValue(parsing: OpenAPIDocument(routes: Routes.all, version: "1.2.3").json))
            ?? .null)

    let document: JSONValue
    var check: JSONSchemaCheck { JSONSchemaCheck(document: document) }

    init(_ document: JSONValue) { self.document = document }

    /// Each operation with its path and method, which is in lower case.
    var operations: [(path: String, method: String, operation: JSONValue)] {
        (document["paths"]?.object ?? []).flatMap { path in
            (path.value.object ?? []).map { (path.key.text, $0.key.text, $0.value) }
        }
    }

    /// The operation that a request is for; nil where there is none.
    func operation(_ method: String, _ target: String) -> JSONValue? {
        // An absolute address is taken for its path.
        let path = target.replacing(/^http:\/\/[^\/?]*/, with: "").prefix { $0 != "?" }
        let parts = Self.segments(Substring(path))
        let found = operations.filter { path, name, _ in
            let pattern = Self.segments(Substring(path))
            return name == method.lowercased() && pattern.count == parts.count
                && zip(pattern, parts).allSatisfy { $0 == $1 || $0.hasPrefix("{") && !$1.isEmpty }
        }
        return (found.first { !$0.path.contains("{") } ?? found.first)?.operation
    }

    /// What of the answer is not as described.
    func faults(of reply: Reply, to method: String, _ target: String) -> [String] {
        if method == "HEAD" { return [] }
        let schema: JSONValue
        if let operation = operation(method, target) {
            guard let response = response(operation, reply.status) else {
                return ["the status \(reply.status)"]
            }
            let headers = (response["headers"]?.object ?? []).map(\.key.text)
            let missing = headers.filter {
                $0 != "WWW-Authenticate" && reply.header($0.lowercased()) == nil
            }
            guard missing.isEmpty else { return ["without the header \(missing)"] }
            let type = String((reply.header("content-type") ?? "").prefix { $0 != ";" })
            guard let described = response["content"]?[type]?["schema"] else {
                return ["the media type \(type)"]
            }
            if type == "application/x-ndjson" {
                return check.faults(of: .string(ExactText(reply.text)), by: described)
            }
            schema = type.hasSuffix("json") ? described : [:]
        } else {
            // No route of ours: a problem all the same.
            schema = ["$ref": "#/components/schemas/Problem"]
        }
        return check.faults(of: reply.json, by: schema)
    }

    func response(_ operation: JSONValue, _ status: Int) -> JSONValue? {
        let response = operation["responses"]?[String(status)]
        return response?["$ref"].flatMap(check.resolve) ?? response
    }

    private static func segments(_ path: Substring) -> [Substring] {
        path.split(separator: "/", omittingEmptySubsequences: false)
    }
}
