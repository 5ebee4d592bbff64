import HTTPTypes
import Ledger
import Wire

/// What the routes answer, as a description in OpenAPI tells it.
enum OpenAPIResponses {
    static let requestID: JSONValue = [
        "description": "Names the request in the service's log", "schema": ["type": "string"],
    ]

    /// The answers to a route's requests, by status.
    static func all(of route: Route) -> JSONValue {
        var success: [JSONMember] = [
            JSONMember("description", "Done"),
            JSONMember("headers", headers(isLimited: route.scope != nil)),
            JSONMember("content", content(route.description.answer)),
        ]
        if route.description.query.contains(where: { $0.name == "cursor" }) {
            success.append(JSONMember("links", ["next": nextPage(of: route)]))
        }
        let problems = byStatus(route.problems).map { codes in
            JSONMember(
                status(codes[0]),
                codes.count == 1
                    ? ["$ref": .text("#/components/responses/\(codes[0].typeName)")]
                    : refusal(codes))
        }
        var successes = [JSONMember("200", .object(success))]
        if route.description.isCreating {
            success[0].value = "Made"
            successes[0].value = .object(
                [JSONMember("description", "It was there already")] + success.dropFirst())
            successes.append(JSONMember("201", .object(success)))
        }
        return .object(successes + problems)
    }

    /// Those that several routes give.
    static func shared(by routes: [Route]) -> JSONValue {
        let alone = Set(routes.flatMap { byStatus($0.problems) }.filter { $0.count == 1 })
        return .object(
            ProblemCode.allCases.filter { alone.contains([$0]) }
                .map { JSONMember(.init($0.typeName), refusal([$0])) })
    }

    static func content(_ content: Content) -> JSONValue {
        .object(
            content.forms.map { form in
                JSONMember(
                    .init(form.mediaType),
                    ["schema": form.schema.json, "example": value(of: form)])
            })
    }

    /// What is not JSON, or lines of it, stands for itself.
    private static func value(of form: Content.Form) -> JSONValue {
        guard form.mediaType == "application/json",
            let value = try? JSONValue(parsing: form.example)
        else { return .text(form.example) }
        return value
    }

    private static func byStatus(_ codes: [ProblemCode]) -> [[ProblemCode]] {
        Dictionary(grouping: codes, by: \.status.code).sorted { $0.key < $1.key }.map(\.value)
    }

    private static func status(_ code: ProblemCode) -> ExactText {
        .init(String(code.status.code))
    }

    private static func headers(
        _ codes: [ProblemCode] = [], isLimited: Bool = false
    ) -> JSONValue {
        var members = [
            JSONMember("X-Request-Id", ["$ref": "#/components/headers/X-Request-Id"])
        ]
        if isLimited {
            members += rateLimits.map { name, sentence in
                JSONMember(
                    .init(name), ["description": .text(sentence), "schema": ["type": "integer"]])
            }
        }
        if codes.contains(.rateLimited) || codes.contains(.unavailable) {
            members.append(
                JSONMember(
                    "Retry-After",
                    [
                        "description": "After how many seconds to send it again",
                        "schema": ["type": "integer", "minimum": 1], "required": true,
                    ]))
        }
        if codes.contains(.unauthorized) || codes.contains(.forbiddenScope) {
            members.append(
                JSONMember(
                    "WWW-Authenticate",
                    ["description": "RFC 6750 §3", "schema": ["type": "string"]]))
        }
        return .object(members)
    }

    private static let rateLimits: [(String, String)] = [
        ("RateLimit-Limit", "How many requests a minute the token may be used for"),
        ("RateLimit-Remaining", "How many of them are left"),
        ("RateLimit-Reset", "After how many seconds all of them are there again"),
    ]

    /// The page that follows.
    private static func nextPage(of route: Route) -> JSONValue {
        var parameters = [JSONMember("cursor", "$response.body#/next_cursor")]
        for segment in route.description.segments {
            parameters.append(
                JSONMember(.init(segment.name), .text("$request.path.\(segment.name)")))
        }
        return [
            "operationId": .text(route.operationID), "parameters": .object(parameters),
            "description": "With the other parameters as they were, until next_cursor is null",
        ]
    }
}

extension OpenAPIResponses {
    /// The refusal with one of some codes of one status.
    private static func refusal(_ codes: [ProblemCode]) -> JSONValue {
        let meanings = codes.map { "`\($0.rawValue)`: \($0.meaning)." }
        let example = codes[0]
        return [
            "description": .text(meanings.joined(separator: " ")), "headers": headers(codes),
            "content": [
                "application/problem+json": [
                    "schema": problem(codes).json,
                    "example": [
                        "type": "about:blank", "title": .text(example.status.reasonPhrase),
                        "status": JSONValue(integerLiteral: example.status.code),
                        "detail": .text(example.meaning), "code": .text(example.rawValue),
                    ],
                ]
            ],
        ]
    }

    /// A problem with one of these codes.
    static func problem(_ codes: [ProblemCode]) -> JSONSchema {
        let choices = Dictionary(grouping: codes, by: \.status.code).sorted { $0.key < $1.key }
            .flatMap { status, codes in
                let plain = codes.filter { $0 != .notStored }
                let part = plain.isEmpty ? [] : [problem(plain, status, [])]
                return codes.contains(.notStored)
                    ? part + [problem([.notStored], status, FillsAnswer.properties)] : part
            }
        return choices.count == 1 ? choices[0] : .anyOf(choices)
    }

    private static func problem(
        _ codes: [ProblemCode], _ status: Int, _ others: [JSONSchema.Property]
    ) -> JSONSchema {
        let properties: [JSONSchema.Property] = [
            .init(name: "status", schema: .constant(JSONValue(integerLiteral: status))),
            .init(name: "code", schema: .words(codes.map(\.rawValue))),
        ]
        return .allOf([anyProblem, .object(properties + others, isOpen: true)])
    }

    private static let anyProblem = JSONSchema.object(
        [
            .init(name: "type", schema: .constant("about:blank")),
            .init(
                name: "title", schema: JSONSchema.text.described("The status in words")),
            .init(name: "status", schema: .integer(400...599)),
            .init(name: "detail", schema: JSONSchema.text.described("For people")),
            .init(
                name: "code",
                schema: JSONSchema.words(of: ProblemCode.self).described("For programs")),
            .init(
                name: "field",
                schema: JSONSchema.text.described("The member or parameter at fault"),
                isRequired: false),
        ], isOpen: true
    ).described("Why a request was not carried out (RFC 9457)").named("Problem")
}
