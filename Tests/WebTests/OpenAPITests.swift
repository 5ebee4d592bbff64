import Ledger
import Services
import TestSupport
import Testing
import Web
import Wire
import World

/// The API's description. That every answer is as described is checked wherever a test of this
/// target gets one: see `WebClient`.
struct OpenAPITests {
    private let api = DescribedAPI.own

    @Test func `the description is served to everybody, and is that of all routes`() async throws {
        try await WebWorld.run { web in
            let reply = try await web.client.get("/openapi.json")
            #expect(reply.status == 200)
            #expect(reply.header("content-type") == "application/json")
            #expect(reply.json == api.document)
            #expect(reply.json["openapi"] == "3.1.0")
            #expect(reply.json["info"]?["version"] == "1.2.3")
            let described = api.operations.map { "\($0.method.uppercased()) \($0.path)" }
            #expect(
                described.sorted()
                    == Routes.all.map { "\($0.method.rawValue) \($0.path)" }.sorted())
        }
    }

    @Test func `it says where the service is reached from outside`() throws {
        func server(_ publicURL: String?) throws -> JSONValue? {
            let document = OpenAPIDocument(
                routes: Routes.all, version: "1", publicURL: publicURL)
            return try JSONValue(parsing: document.json)["servers"]?[0]?["url"]
        }
        #expect(
            try server("https://blotter.example.com/desk") == "https://blotter.example.com/desk")
        #expect(try server(nil) == "/")
    }

    @Test func `operations have names of their own, and scopes where tokens are needed`() throws {
        let names = api.operations.compactMap { $0.operation["operationId"]?.string }
        #expect(names.count == Routes.all.count && Set(names).count == names.count)
        #expect(names.allSatisfy { $0.wholeMatch(of: /[a-z]+[A-Za-z0-9]+/) != nil })
        for (path, _, operation) in api.operations {
            let scope = operation["security"]?[0]?["bearer"]?[0]?.string
            let route = Routes.all.first { $0.path == path && name($0) == operation }
            #expect(scope == route?.scope?.rawValue, "\(path)")
        }
        func name(_ route: Route) -> JSONValue? {
            api.operation(route.method.rawValue, route.samplePath)
        }
    }

    @Test func `every parameter of a path is described, and every reference leads somewhere`() {
        for (path, _, operation) in api.operations {
            let described = (operation["parameters"]?.array ?? [])
                .filter { $0["in"] == "path" }.compactMap { $0["name"]?.string }
            #expect(path.matches(of: /\{(\w+)\}/).map { String($0.output.1) } == described)
        }
        for reference in references(in: api.document) {
            #expect(api.check.resolve(reference) != nil, "\(reference)")
        }
        let components = (api.document["components"]?["schemas"]?.object ?? []).map(\.key)
        #expect(components.count > 40 && Set(components).count == components.count)
    }

    private func references(in value: JSONValue) -> [JSONValue] {
        switch value {
        case .array(let elements): elements.flatMap(references)
        case .object(let members):
            members.flatMap { member in
                member.key == "$ref" ? [member.value] : references(in: member.value)
            }
        case .null, .bool, .number, .string: []
        }
    }

    @Test func `examples are as described`() throws {
        var count = 0
        for (path, method, operation) in api.operations {
            let bodies =
                (operation["requestBody"]?["content"]?.object ?? [])
                + (operation["responses"]?.object ?? []).flatMap { status in
                    api.response(operation, Int(status.key.text) ?? 0)?["content"]?.object ?? []
                } + (operation["parameters"]?.array ?? []).map { JSONMember("parameter", $0) }
            for body in bodies {
                guard let example = body.value["example"], let schema = body.value["schema"] else {
                    continue
                }
                count += 1
                #expect(
                    api.check.faults(of: example, by: schema) == [],
                    "\(method) \(path) \(body.key.text)")
            }
        }
        #expect(count > 100)
    }

    @Test(arguments: TestBackend.allCases)
    func `every example of a request is accepted`(backend: TestBackend) async throws {
        try await WebWorld.run(on: backend) { web in
            await web.world.advance(seconds: 60 * 86_400)
            let (_, token) = try await web.member()
            for (path, method, operation) in api.operations
            where method == "post" && !path.contains("{hook}") && !path.contains("{uid}") {
                let content = operation["requestBody"]?["content"]?.object ?? []
                #expect(!content.isEmpty, "\(path)")
                for body in content {
                    let example = body.value["example"] ?? .null
                    let reply = try await web.client.send(
                        "POST", path.replacing("{name}", with: "momo"), token: token,
                        headers: [("Content-Type", body.key.text)],
                        body: Array((example.string ?? example.description).utf8))
                    #expect(reply.status < 202, "\(path): \(reply.text)")
                    let signs = [
                        "\"accepted\":1", "\"status\":\"accepted\"", "\"beats\":1",
                        "\"status\":\"PENDING\"", "\"decision\":\"ALLOW\"",
                    ]
                    #expect(signs.contains { reply.text.contains($0) }, "\(path): \(reply.text)")
                }
            }
            for (path, method, operation) in api.operations where method == "get" {
                let query = (operation["parameters"]?.array ?? [])
                    .filter { $0["in"] == "query" }
                    .compactMap { parameter in
                        parameter["example"].flatMap { example in
                            parameter["name"]?.string.map {
                                "\($0)=\(example.string ?? example.description)"
                            }
                        }
                    }
                guard let route = Routes.all.first(where: { $0.path == path }) else { continue }
                let target = "\(route.samplePath)?\(query.joined(separator: "&"))"
                let reply = try await web.client.get(target, token: token)
                #expect(
                    reply.status == (path.contains("{uid}") ? 404 : 200),
                    "\(target): \(reply.text)")
            }
        }
    }

    @Test func `a fill needs just the members that are required`() async throws {
        let fill = try #require(api.document["components"]?["schemas"]?["Fill"])
        let batch = try #require(
            api.operation("POST", "/v1/fills")?["requestBody"]?["content"]?["application/json"]?[
                "example"])
        let example = try #require(batch["fills"]?[0]?.object)
        try await WebWorld.run { web in
            let (_, token) = try await web.member()
            // The instrument is known from here on.
            let first = JSONValue.object([JSONMember("fills", .array([.object(example)]))])
            #expect(try await web.client.post(token: token, first.description).status == 200)
            for member in example {
                let name = member.key.text
                let rest = JSONValue.object(example.filter { $0.key != member.key })
                let reply = try await web.client.post(token: token, batch(rest.description))
                let isRequired = fill["required"]?.array?.contains(.string(member.key)) == true
                #expect(
                    (reply.json["results"]?[0]?["error"]?["detail"] == "is missing") == isRequired,
                    "\(name): \(reply.text)")
            }
            func batch(_ fill: String) -> String { "{\"fills\":[\(fill)]}" }
        }
    }

    @Test func `every code of a problem is described, and comes from somewhere`() {
        let described = Set(
            api.operations.flatMap { operation in
                (operation.operation["responses"]?.object ?? []).flatMap { status in
                    codes(in: api.response(operation.operation, Int(status.key.text) ?? 0) ?? .null)
                }
            })
        let elsewhere: Set<ProblemCode> = [.notFound, .methodNotAllowed]
        #expect(
            described
                == Set(ProblemCode.allCases.filter { !elsewhere.contains($0) }.map(\.rawValue)))
    }

    /// The words of the schemas of members called `code`.
    private func codes(in value: JSONValue) -> [String] {
        switch value {
        case .array(let elements): elements.flatMap(codes)
        case .object(let members):
            members.flatMap { member in
                member.key == "code"
                    ? (member.value["enum"]?.array ?? []).compactMap(\.string)
                    : codes(in: member.value)
            }
        case .null, .bool, .number, .string: []
        }
    }
}
