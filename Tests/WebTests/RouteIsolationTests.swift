import FoundationEssentials
import Ledger
import Records
import Services
import TestSupport
import Testing
import Web
import Wire
import World

/// Whatever of another's somebody asks a route for is answered exactly as what does not exist: for
/// every route of the list, in every place that takes a text.
struct RouteIsolationTests {
    /// Where a text may stand in a request.
    private enum Place: Hashable {
        case segment(String)
        case query(String)
        /// The keys and indexes that lead to it.
        case body([String])
    }

    /// How requests to a route are addressed, with something in one place of them.
    private enum Asked {
        static func target(of route: Route, _ place: Place, _ text: String) -> String {
            var path = route.path
            for name in segments(of: route) {
                let isMeant = place == .segment(name)
                path = path.replacing("{\(name)}", with: isMeant ? text : samples[name] ?? "x")
            }
            if case .query(let name) = place { path += "?\(name)=\(text)" }
            return path
        }

        static func segments(of route: Route) -> [String] {
            route.path.matches(of: /\{(\w+)\}/).map { String($0.output.1) }
        }

        private static let samples = [
            "symbol": "owncoin", "uid": "00000000-0000-7000-8000-000000000000", "name": "mine",
            "hook": "nothing",
        ]
    }

    /// The body that the description gives as an example; nil where none is taken.
    private static func body(of route: Route) -> JSONValue? {
        let operation = DescribedAPI.own.operations.first {
            $0.path == route.path && $0.method == route.method.rawValue.lowercased()
        }?.operation
        let content = operation?["requestBody"]?["content"]?["application/json"]
        return content?["example"] ?? content?["examples"]?.object?.first?.value["value"]
    }

    private static func texts(in value: JSONValue, at path: [String] = []) -> [[String]] {
        switch value {
        case .string: [path]
        case .array(let elements):
            elements.enumerated().flatMap { texts(in: $1, at: path + ["\($0)"]) }
        case .object(let members):
            members.flatMap { texts(in: $0.value, at: path + [$0.key.text]) }
        default: []
        }
    }

    private static func setting(
        _ text: String, at path: ArraySlice<String>, in value: JSONValue
    ) -> JSONValue {
        guard let step = path.first else { return .string(ExactText(text)) }
        let rest = path.dropFirst()
        switch value {
        case .array(let elements):
            return .array(
                elements.enumerated().map {
                    "\($0)" == step ? setting(text, at: rest, in: $1) : $1
                })
        case .object(let members):
            return .object(
                members.map {
                    $0.key.text == step
                        ? JSONMember($0.key, setting(text, at: rest, in: $0.value)) : $0
                })
        default: return value
        }
    }

    private static func places(of route: Route) -> [Place] {
        Asked.segments(of: route).map(Place.segment) + route.parameters.map(Place.query)
            + (body(of: route).map { texts(in: $0) } ?? []).map(Place.body)
    }

    private static var routes: [Route] { Routes.all.filter { $0.path.hasPrefix("/v1/") } }

    private static func ask(
        _ route: Route, _ place: Place, _ text: String, token: String, in web: WebWorld
    ) async throws -> Reply {
        let target = Asked.target(of: route, place, percentEncoded(text))
        if route.method == .get { return try await web.client.get(target, token: token) }
        if route.method == .delete {
            return try await web.client.send("DELETE", target, token: token)
        }
        var body = body(of: route) ?? .object([])
        if case .body(let path) = place { body = setting(text, at: path[...], in: body) }
        let isOpen = route.scope == nil
        return try await web.client.post(target, token: isOpen ? nil : token, "\(body)")
    }

    private static func percentEncoded(_ text: String) -> String {
        text.utf8.map { byte in
            let isPlain =
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
                || (0x61...0x7A).contains(byte) || byte == UInt8(ascii: "-")
            let hex = String(byte, radix: 16, uppercase: true)
            return isPlain
                ? String(UnicodeScalar(byte)) : "%" + (hex.utf8.count < 2 ? "0" : "") + hex
        }.joined()
    }

    /// A member with one of what requests name, and a token of theirs.
    private static func settled(_ id: Int64, in web: WebWorld) async throws -> String {
        let (authority, token) = try await web.member(id)
        try await web.addPortfolio("mine", for: authority)
        let posted = try await web.client.post(
            token: token,
            batch(
                fill("own-1", "BUY", "2", at: "10", symbol: "owncoin", strategy: "mine"),
                fill("own-2", "SELL", "1", at: "11", symbol: "owncoin", strategy: "mine")))
        #expect(posted.json["accepted"] == 2)
        return token
    }

    // MARK: Tests

    @Test func `every route that takes anything is tried`() {
        #expect(!Self.routes.isEmpty)
        for route in Self.routes {
            #expect(!Self.places(of: route).isEmpty, "\(route.path)")
            if route.method == .post { #expect(Self.body(of: route) != nil, "\(route.path)") }
        }
    }

    @Test(arguments: TestBackend.allCases)
    func `what is another's is answered like what does not exist, by every route`(
        _ backend: TestBackend
    ) async throws {
        let limits = WebLimits(requestsPerMinutePerToken: 1_000_000)
        try await WebWorld.run(on: backend, limits: limits) { web in
            let ada = try await MarkedMember.settle(in: web.base)
            let token = try await web.token(
                named: "reader", for: ada.authority, permissions: [.read])
            let before = try await Self.everything(of: ada, token, in: web)
            let prying = try await Self.settled(20_000, in: web)
            let guessing = try await Self.settled(20_001, in: web)
            for route in Self.routes {
                try await Self.probe(
                    route, prying, guessing, ada, in: web, isThorough: backend == .sqlite)
            }
            #expect(try await Self.everything(of: ada, token, in: web) == before)
        }
    }

    /// Bodies name what their members say, by names of the sender's choice; a path or a query
    /// might take anything. Numbers are no handles over HTTP, but are counts and flags.
    private static func handles(
        for place: Place, of ada: MarkedMember, _ isThorough: Bool
    ) -> [MarkedMember.Handle] {
        let named: Set<MarkedMember.Handle.Kind> =
            isThorough
            ? [
                .portfolio, .strategy, .symbol, .brokerTradeID, .brokerOrderID, .clientOrderID,
                .correctionID, .runID, .tradeUID,
            ] : [.portfolio, .strategy, .symbol, .brokerTradeID]
        let isBody = if case .body = place { true } else { false }
        return ada.handles.filter { handle in
            isBody || !isThorough && place != .segment("uid")
                ? named.contains(handle.kind) : Int64(handle.text) == nil
        }
    }

    private static func probe(
        _ route: Route, _ prying: String, _ guessing: String, _ ada: MarkedMember,
        in web: WebWorld, isThorough: Bool
    ) async throws {
        for place in places(of: route) {
            for handle in handles(for: place, of: ada, isThorough) {
                let asked = try await ask(route, place, handle.text, token: prying, in: web)
                let other = try await ask(route, place, handle.madeUp, token: guessing, in: web)
                let what = "\(route.method.rawValue) \(route.path) \(place) \(handle)"
                #expect(asked.status == other.status, "\(what)")
                #expect(
                    Likeness.of(asked.text, askedFor: ada.handles.map(\.text))
                        == Likeness.of(other.text, askedFor: ada.handles.map(\.madeUp)),
                    "\(what)")
                #expect(ada.secretTraces(in: asked.text) == [], "\(what)")
                #expect(ada.traces(in: other.text) == [], "\(what)")
            }
        }
    }

    /// What every route that reads shows its owner, who finds what is theirs there.
    private static func everything(
        of ada: MarkedMember, _ token: String, in web: WebWorld
    ) async throws -> [String] {
        var shown: [String] = []
        for route in routes where route.method == .get && route.path != "/v1/fx" {
            var texts: [String] = []
            for place in places(of: route) {
                for handle in handles(for: place, of: ada, false) {
                    // The symbol stands in the path, whatever is asked of the query.
                    let target = Asked.target(of: route, place, percentEncoded(handle.text))
                        .replacing("/owncoin/", with: "/zqxcoin/")
                    texts.append(try await web.client.get(target, token: token).text)
                }
            }
            let traces = texts.flatMap { ada.traces(in: $0) }
            #expect(traces.contains("zqx"), "\(route.path)")
            shown += texts
        }
        return shown
    }

    @Test(arguments: TestBackend.allCases)
    func `another's cursors show nothing of theirs, and a made up one the same`(
        _ backend: TestBackend
    ) async throws {
        try await WebWorld.run(on: backend) { web in
            let ada = try await MarkedMember.settle(in: web.base)
            let token = try await web.token(
                named: "reader", for: ada.authority, permissions: [.read])
            let bob = try await Self.settled(20_000, in: web)
            var cursors: [(path: String, cursor: String)] = []
            for path in ["/v1/trades", "/v1/campaigns", "/v1/positions/zqxcoin/why"] {
                let page = try await web.client.get("\(path)?limit=1", token: token)
                cursors.append((path, try #require(page.json["next_cursor"]?.string)))
            }
            for (path, cursor) in cursors {
                let own = path.replacing("zqxcoin", with: "owncoin")
                let asked = try await web.client.get("\(own)?cursor=\(cursor)", token: bob)
                let guessed = try await web.client.get(
                    "\(own)?cursor=\(try Self.madeUp(cursor))", token: bob)
                #expect(asked.text == guessed.text, "\(path)")
                #expect(ada.traces(in: asked.text) == [], "\(path)")
            }
        }
    }

    /// The same place, of a trade that there is not.
    private static func madeUp(_ cursor: String) throws -> String {
        let padded =
            cursor.replacing("-", with: "+").replacing("_", with: "/")
            + String(repeating: "=", count: (4 - cursor.utf8.count % 4) % 4)
        let data = try #require(Data(base64Encoded: padded))
        let text = String(decoding: data, as: UTF8.self).replacing("zqx", with: "zvy")
        return Data(text.utf8).base64EncodedString().replacing("+", with: "-")
            .replacing("/", with: "_").replacing("=", with: "")
    }

    @Test func `what is another's opens no route as a token`() async throws {
        try await WebWorld.run { web in
            let ada = try await MarkedMember.settle(in: web.base)
            for kind in [.tokenName, .tokenUID, .userUID] as [MarkedMember.Handle.Kind] {
                let handle = try #require(ada.handle(kind))
                let asked = try await web.client.get("/v1/positions", token: handle.text)
                let guessed = try await web.client.get("/v1/positions", token: handle.madeUp)
                #expect(asked.status == 401 && asked.text == guessed.text)
            }
        }
    }
}
