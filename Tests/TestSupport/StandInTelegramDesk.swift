import FoundationEssentials

/// Takes HTTP requests to the state and answers back.
struct StandInDesk: Sendable {
    let state: Guarded<StandInTelegramState>
    let watchers: Guarded<StandInWatchers>

    func reply(to request: HTTPServer.Request) async -> HTTPServer.Reply {
        let receivedAt = StandInTelegramState.nowSeconds()
        if request.path.hasPrefix("/file/bot") { return download(request.path) }
        guard let (token, method) = Self.addressee(of: request) else {
            return answer(StandInRefusal(status: 404, description: "Not Found").json, 404)
        }
        guard token == state.withLock({ $0.options.token[...] }) else {
            return refusal(StandInRefusal(status: 401, description: "Unauthorized")).0
        }
        let parameters = parameters(of: request, method: method)
        let (reply, status) = await reply(method, parameters)
        state.withLock {
            $0.calls.append(
                StandInCall(
                    method: method, parameters: parameters ?? [:], status: status,
                    receivedAtSeconds: receivedAt))
        }
        watchers.withLock { $0.changed() }
        return reply
    }

    /// Token and method of `/bot<token>/<method>`, where the path has that form.
    private static func addressee(
        of request: HTTPServer.Request
    ) -> (token: Substring, method: String)? {
        let parts = request.path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].isEmpty, parts[1].hasPrefix("bot"),
            parts[1].contains(":"), !parts[2].isEmpty
        else { return nil }
        return (parts[1].dropFirst(3), String(parts[2]))
    }

    private func reply(
        _ method: String, _ parameters: [String: BotAPIJSON]?
    ) async -> (HTTPServer.Reply, Int?) {
        if state.withLock({ $0.isAway }) { return (.reset, nil) }
        let fault = nextFault(method)
        switch fault {
        case .serverErrorPage(let status):
            let page = "<html><head><title>\(status)</title></head><body>nginx</body></html>"
            let headers = [("Content-Type", "text/html")]
            return (.answer(status: status, headers: headers, body: Array(page.utf8)), status)
        case .internalError:
            return refusal(StandInRefusal(status: 500, description: "Internal Server Error"))
        case .tooManyRequests(let seconds):
            return refusal(
                StandInRefusal(
                    status: 429, description: "Too Many Requests: retry after \(seconds)",
                    parameters: ["retry_after": .integer(Int64(seconds))]))
        case .tooManyRequestsUntold:
            return refusal(StandInRefusal(status: 429, description: "Too Many Requests"))
        case .conflict: return refusal(Self.conflict("terminated by other getUpdates request"))
        case .pageInsteadOfJSON:
            let page = Array("<html><body>Log in to this network</body></html>".utf8)
            return (.answer(status: 200, headers: [("Content-Type", "text/html")], body: page), 200)
        case .unauthorized:
            return refusal(StandInRefusal(status: 401, description: "Unauthorized"))
        case .forbidden(let description):
            return refusal(StandInRefusal(status: 403, description: description))
        case .badRequest(let description):
            return refusal(StandInRefusal(status: 400, description: description))
        case .resetBefore: return (.reset, nil)
        case .hang: return (.hang, nil)
        case .resetAfter, .truncatedJSON, .cutAnswer, .hangAfter, .otherJSON, .delay, nil: break
        }
        let (body, status) = await outcome(method, parameters)
        if case .delay(let milliseconds) = fault {
            try? await Task.sleep(for: .milliseconds(milliseconds))
        }
        if state.withLock({ $0.isAway }) { return (.reset, nil) }
        return spoiled(body, status, fault)
    }

    /// A file that `getFile` has given the path of; a fault on `download` spoils it.
    private func download(_ path: String) -> HTTPServer.Reply {
        let fault = nextFault("download")
        let body = state.withLock { state -> [UInt8]? in
            let folder = "/file/bot\(state.options.token)/"
            state.downloads += 1
            guard path.hasPrefix(folder) else { return nil }
            let name = String(path.dropFirst(folder.count))
            return state.files.values.first { $0.path == name }?.content
        }
        watchers.withLock { $0.changed() }
        switch fault {
        case nil: break
        case .serverErrorPage(let status): return .answer(status: status, body: [])
        default: return .reset
        }
        guard let body else {
            return answer(StandInRefusal(status: 404, description: "Not Found").json, 404)
        }
        let headers = [("Content-Type", "application/octet-stream")]
        return .answer(status: 200, headers: headers, body: body)
    }

    private func nextFault(_ method: String) -> StandInFault? {
        state.withLock { state in
            for key in [method, "*"] where state.faults[key]?.isEmpty == false {
                return state.faults[key]?.removeFirst()
            }
            return state.plan?.fault(of: method)
        }
    }

    /// An answer to what was done, but for what gets lost on the way.
    private func spoiled(
        _ body: BotAPIJSON, _ status: Int, _ fault: StandInFault?
    ) -> (HTTPServer.Reply, Int?) {
        let bytes = body.bytes
        let half = Array(bytes.prefix(bytes.count / 2))
        switch fault {
        case .resetAfter: return (.reset, nil)
        case .hangAfter: return (.hang, nil)
        case .truncatedJSON: return (.answer(status: status, body: half), status)
        case .otherJSON:
            let other: BotAPIJSON = ["ok": "yes", "result": ["?", 7, true]]
            return (answer(other, status), status)
        case .cutAnswer:
            return (.cut(status: status, promisedBytes: bytes.count, body: half), nil)
        default: return (answer(body, status), status)
        }
    }

    private func outcome(
        _ method: String, _ parameters: [String: BotAPIJSON]?
    ) async -> (BotAPIJSON, Int) {
        do {
            let parameters = try checked(parameters, of: method)
            let result =
                method == "getUpdates"
                ? try await updates(parameters)
                : try state.withLock { try $0.perform(method, parameters) }
            state.withLock { state in
                for problem in state.description.problems(inResult: result, of: method) {
                    // Elements that a test delivers on purpose may be wrong.
                    guard method != "getUpdates" else { continue }
                    state.violations.append("the stand-in itself: \(method): \(problem)")
                }
            }
            return (["ok": true, "result": result], 200)
        } catch let refusal as StandInRefusal {
            if refusal.isViolation {
                state.withLock { $0.violations.append("\(method): \(refusal.description)") }
            }
            return (refusal.json, refusal.status)
        } catch {
            return (StandInRefusal(status: 500, description: "Internal Server Error").json, 500)
        }
    }

    /// Holds the call against the description.
    private func checked(
        _ parameters: [String: BotAPIJSON]?, of method: String
    ) throws -> [String: BotAPIJSON] {
        try state.withLock { state in
            let unknown = StandInRefusal(status: 404, description: "Not Found: method not found")
            let isNew = ["sendRichMessage", "sendRichMessageDraft"].contains(method)
            if isNew, !state.options.knowsRichMessages { throw unknown }
            guard state.description.knows(method: method) else {
                state.violations.append("unknown method \(method)")
                throw unknown
            }
            guard let parameters else { throw StandInRefusal.wrong("the body cannot be read") }
            let problems = state.description.problems(inParameters: parameters, of: method)
            if let first = problems.first {
                state.violations += problems.dropFirst()
                throw StandInRefusal.wrong(first)
            }
            return parameters
        }
    }

    // MARK: Long polling

    private func updates(_ parameters: [String: BotAPIJSON]) async throws -> BotAPIJSON {
        let limit = Int(parameters["limit"]?.integer ?? 100)
        let timeout = parameters["timeout"]?.integer ?? 0
        guard (1...100).contains(limit), (0...50).contains(timeout) else {
            throw StandInRefusal.wrong("limit 1 to 100, timeout 0 to 50")
        }
        let offset = parameters["offset"]?.integer
        let number = state.withLock { state in
            state.pollNumber += 1
            state.waitingPolls += 1
            if let kinds = parameters["allowed_updates"]?.array {
                let names = Set(kinds.compactMap(\.string))
                state.allowedUpdates = names.isEmpty ? nil : names
            }
            return state.pollNumber
        }
        defer { state.withLock { $0.waitingPolls -= 1 } }
        watchers.withLock { $0.changed() }
        let outcome = await StandInWatchers.first(watchers, withinSeconds: Double(timeout)) {
            state.withLock { Self.poll(&$0, number: number, offset: offset, limit: limit) }
        }
        return try outcome?.get() ?? []
    }

    /// Nil while there is nothing to say.
    private static func poll(
        _ state: inout StandInTelegramState, number: Int, offset: Int64?, limit: Int
    ) -> Result<BotAPIJSON, StandInRefusal>? {
        if state.isAway { return .success([]) }
        if state.webhookURL != nil {
            return .failure(
                conflict(
                    "can't use getUpdates method while webhook is active; "
                        + "use deleteWebhook to delete the webhook first"))
        }
        if state.pollNumber != number {
            return .failure(
                conflict(
                    "terminated by other getUpdates request; "
                        + "make sure that only one bot instance is running"))
        }
        let updates = state.take(offset: offset, limit: limit)
        return updates.isEmpty ? nil : .success(.array(updates))
    }

    private static func conflict(_ description: String) -> StandInRefusal {
        StandInRefusal(status: 409, description: "Conflict: \(description)")
    }

    // MARK: HTTP

    private func refusal(_ refusal: StandInRefusal) -> (HTTPServer.Reply, Int?) {
        (answer(refusal.json, refusal.status), refusal.status)
    }

    private func answer(_ json: BotAPIJSON, _ status: Int) -> HTTPServer.Reply {
        .answer(
            status: status, headers: [("Content-Type", "application/json")], body: json.bytes)
    }

    /// From a JSON body, a form or the query string; nil where it cannot be read.
    private func parameters(
        of request: HTTPServer.Request, method: String
    ) -> [String: BotAPIJSON]? {
        let type = request.header("content-type") ?? ""
        if type.hasPrefix("application/json"), !request.body.isEmpty {
            guard case .object(let members) = try? BotAPIJSON(parsing: request.body) else {
                return nil
            }
            return members
        }
        if type.hasPrefix("multipart/form-data") {
            return multipart(request.body, contentType: type, method: method)
        }
        var pairs = (request.query ?? "").split(separator: "&")
        let form = String(decoding: request.body, as: UTF8.self)
        if type.hasPrefix("application/x-www-form-urlencoded") {
            pairs += form.split(separator: "&")
        } else if !request.body.isEmpty {
            return nil
        }
        var members: [String: BotAPIJSON] = [:]
        for pair in pairs {
            let parts = pair.split(separator: "=", maxSplits: 1).map(Self.decoded)
            guard let name = parts.first else { continue }
            let text = parts.count > 1 ? parts[1] : ""
            members[name] = state.withLock {
                $0.description.typed(text, parameter: name, of: method)
            }
        }
        return members
    }

    /// Files are kept beside the parameters.
    private func multipart(
        _ body: [UInt8], contentType: String, method: String
    ) -> [String: BotAPIJSON]? {
        guard let multipart = StandInMultipart(body, contentType: contentType) else { return nil }
        return state.withLock { state in
            var members: [String: BotAPIJSON] = [:]
            for part in multipart.parts {
                if let name = part.fileName {
                    members[part.name] = state.keep(
                        StandInUpload(
                            name: name, mediaType: part.mediaType, content: part.content))
                } else {
                    members[part.name] = state.description.typed(
                        String(decoding: part.content, as: UTF8.self), parameter: part.name,
                        of: method)
                }
            }
            return members
        }
    }

    private static func decoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
