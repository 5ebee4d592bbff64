import HTTPTypes
import Ledger
import Services
import Wire

/// The API's description in OpenAPI 3.1, made from its routes.
public struct OpenAPIDocument: Sendable {
    private static let specification = "3.1.0"

    private let routes: [Route]
    private let version: String
    private let publicURL: String?

    /// `version` is the program's; without `publicURL` the service is where the document came from.
    public init(routes: [Route], version: String, publicURL: String? = nil) {
        self.routes = routes
        self.version = version
        self.publicURL = publicURL
    }

    public var json: [UInt8] {
        var bytes: [UInt8] = []
        value.writeJSON(to: &bytes)
        return bytes
    }

    private var value: JSONValue {
        [
            "openapi": .text(Self.specification), "info": info,
            "servers": [["url": .text(publicURL ?? "/")]],
            "tags": .array(
                RouteTag.allCases.map {
                    ["name": .text($0.rawValue), "description": .text($0.sentence)]
                }),
            "paths": paths,
            "components": [
                "securitySchemes": [
                    "bearer": [
                        "type": "http", "scheme": "bearer",
                        "description": """
                        Made by `/token new` in the chat, or by `blotter token create`. A \
                        token belongs to one user, has scopes (`ingest`, `trade`, `read`), \
                        and may be narrowed to one portfolio and one strategy.
                        """,
                    ]
                ],
                "headers": ["X-Request-Id": OpenAPIResponses.requestID],
                "responses": OpenAPIResponses.shared(by: routes),
                "schemas": schemas,
            ],
        ]
    }

    private var info: JSONValue {
        [
            "title": "Blotter", "version": .text(version),
            "summary": "A trading group's ledger: fills in, positions and P&L out",
            "description": """
            Amounts are exact decimals in strings; requests may send numbers too, which are \
            read by their digits. Times are ISO 8601 in UTC.

            A query parameter or a member of a body that is not described here is refused \
            with 422 `UNKNOWN_FIELD`: a typing error must not change a report in silence. A \
            parameter that is given twice or is empty is refused too.

            Every refusal is an RFC 9457 problem with a `code` for programs and a `detail` \
            for people. A path that does not take a method answers 405 with `Allow`. HEAD is \
            served where GET is. The probes and this description take no parameters and look \
            at none.

            Every POST may be sent again: what is known already is told and not stored twice. \
            An order that is placed is known by its `client_order_id`: give one.
            """,
        ]
    }

    private var paths: JSONValue {
        var paths: [JSONMember] = []
        for route in routes {
            let operation = JSONMember(
                .init(route.method.rawValue.lowercased()), self.operation(route))
            if let place = paths.firstIndex(where: { $0.key.text == route.path }),
                case .object(let others) = paths[place].value
            {
                paths[place].value = .object(others + [operation])
            } else {
                paths.append(JSONMember(.init(route.path), .object([operation])))
            }
        }
        return .object(paths)
    }

    private func operation(_ route: Route) -> JSONValue {
        let description = route.description
        var members: [JSONMember] = [
            JSONMember("operationId", .text(route.operationID)),
            JSONMember("tags", [.text(description.tag.rawValue)]),
            JSONMember("summary", .text(route.summary)),
        ]
        let scope = route.scope.map { "Needs a token with the scope `\($0.rawValue)`." }
        let paragraphs = [description.details, scope].compactMap { $0 }
        if !paragraphs.isEmpty {
            members.append(
                JSONMember("description", .text(paragraphs.joined(separator: "\n\n"))))
        }
        members.append(
            JSONMember(
                "security", route.scope.map { [["bearer": [.text($0.rawValue)]]] } ?? []))
        let parameters =
            description.segments.map { parameter($0, in: "path") }
            + description.query.map { parameter($0, in: "query") }
        if !parameters.isEmpty { members.append(JSONMember("parameters", .array(parameters))) }
        if let request = description.request {
            members.append(
                JSONMember(
                    "requestBody",
                    [
                        "required": .bool(!request.isOptional),
                        "content": OpenAPIResponses.content(request),
                    ]))
        }
        members.append(JSONMember("responses", OpenAPIResponses.all(of: route)))
        return .object(members)
    }

    private func parameter(_ parameter: RouteParameter, in place: String) -> JSONValue {
        var members: [JSONMember] = [
            JSONMember("name", .text(parameter.name)), JSONMember("in", .text(place)),
            JSONMember("description", .text(parameter.sentence)),
            JSONMember("required", .bool(place == "path")),
            JSONMember("schema", parameter.schema.json),
        ]
        if let example = parameter.example { members.append(JSONMember("example", example)) }
        return .object(members)
    }

    /// Every component that a route refers to, by name.
    private var schemas: JSONValue {
        var components: Set<JSONSchema.Component> = []
        for route in routes {
            let description = route.description
            let schemas =
                (description.query + description.segments).map(\.schema)
                + ((description.request?.forms ?? []) + description.answer.forms).map(\.schema)
                + [OpenAPIResponses.problem(route.problems)]
            for schema in schemas { components.formUnion(schema.components) }
        }
        return .object(
            components.sorted { $0.name < $1.name }
                .map { JSONMember(.init($0.name), $0.schema) })
    }
}

extension JSONValue {
    static func text(_ text: String) -> JSONValue { .string(.init(text)) }
}
