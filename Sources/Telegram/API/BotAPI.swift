import FoundationEssentials
public import Transport

/// Telegram's Bot API, typed: one call, one answer or one `TelegramError`. It repeats nothing.
public struct BotAPI: Sendable {
    private let transport: any HTTPTransport
    private let baseURL: String
    private let token: BotToken
    private let longestTimeoutSeconds: Double

    /// `baseURL` is `https://api.telegram.org` or that of a self-hosted server. No answer is waited
    /// for longer than `longestTimeoutSeconds`, whatever its method allows.
    public init(
        transport: any HTTPTransport, baseURL: String, token: BotToken,
        longestTimeoutSeconds: Double = .infinity
    ) {
        self.transport = transport
        self.token = token
        self.longestTimeoutSeconds = longestTimeoutSeconds
        self.baseURL = baseURL.hasSuffix("/") ? String(baseURL.dropLast()) : baseURL
    }

    /// Throws `TelegramError`, or `CancellationError` when the task is cancelled (Telegram may
    /// then have carried it out).
    public func call<Method: BotMethod>(_ method: Method) async throws -> Method.Answer {
        try await post(method, contentType: "application/json", try body(of: method))
    }

    /// The same for a call with a file. A refusal of its size is `.badRequest`.
    public func upload<Method: BotUpload>(_ method: Method) async throws -> Method.Answer {
        let multipart: Multipart
        do {
            multipart = try Multipart(method, fileParameter: Method.fileParameter)
        } catch {
            throw TelegramError.badRequest(description: "the parameters cannot be written")
        }
        return try await post(method, contentType: multipart.contentType, multipart.body)
    }

    private func post<Method: BotMethod>(
        _ method: Method, contentType: String, _ body: [UInt8]
    ) async throws -> Method.Answer {
        let response: HTTPResponse
        do {
            response = try await transport.send(
                HTTPRequest(
                    method: .post, url: "\(baseURL)/bot\(token.secret)/\(Method.name)",
                    headers: [("Content-Type", contentType)], body: body,
                    timeoutSeconds: min(method.timeoutSeconds, longestTimeoutSeconds)))
        } catch let error as TransportError {
            throw TelegramError.network(error)
        }
        return try answer(to: Method.self, from: response)
    }

    /// The file at `path` below the bot's folder.
    func download(
        _ path: String, limitBytes: Int, timeoutSeconds: Double
    ) async throws -> [UInt8] {
        let response: HTTPResponse
        do {
            response = try await transport.send(
                HTTPRequest(
                    method: .get, url: "\(baseURL)/file/bot\(token.secret)/\(path)",
                    timeoutSeconds: timeoutSeconds, maximumBodyBytes: limitBytes))
        } catch TransportError.tooLarge {
            throw TelegramError.fileTooLarge(limitBytes: limitBytes)
        } catch let error as TransportError {
            throw TelegramError.network(error)
        }
        switch response.status {
        case 200: return response.body
        case 401: throw TelegramError.unauthorized
        case let status: throw TelegramError.server(status: status)
        }
    }

    private func body(of method: some BotMethod) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        do {
            return [UInt8](try encoder.encode(method))
        } catch {
            throw TelegramError.badRequest(description: "the parameters cannot be written as JSON")
        }
    }

    private func answer<Method: BotMethod>(
        to method: Method.Type, from response: HTTPResponse
    ) throws(TelegramError) -> Method.Answer {
        let data = Data(response.body)
        let decoder = JSONDecoder()
        if response.status == 200 {
            if let success = try? decoder.decode(Success<Method.Answer>.self, from: data) {
                return success.result
            }
        }
        guard let failure = try? decoder.decode(Failure.self, from: data), !failure.isOK else {
            throw response.status == 200 ? .malformed : .server(status: response.status)
        }
        throw failure.error(
            status: response.status, method: method,
            description: token.redacting(failure.description ?? "no description"))
    }
}

private struct Success<Result: Decodable>: Decodable {
    let result: Result
}

/// `{"ok":false,"error_code":…,"description":…,"parameters":{…}}`
private struct Failure: Decodable {
    let isOK: Bool
    let errorCode: Int?
    let description: String?
    let migrateToChatID: ChatID?
    let retryAfterSeconds: Int?

    private enum CodingKeys: String, CodingKey {
        case isOK = "ok"
        case errorCode = "error_code"
        case description
        case parameters
    }

    private struct Parameters: Decodable {
        let migrate_to_chat_id: ChatID?
        let retry_after: Int?
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        isOK = try container.decode(Bool.self, forKey: .isOK)
        errorCode = container.decodeLeniently(.errorCode)
        description = container.decodeLeniently(.description)
        let parameters: Parameters? = container.decodeLeniently(.parameters)
        migrateToChatID = parameters?.migrate_to_chat_id
        retryAfterSeconds = parameters?.retry_after
    }

    func error<Method: BotMethod>(
        status: Int, method: Method.Type, description: String
    ) -> TelegramError {
        switch errorCode ?? status {
        case 400, 413: refusal(description)
        case 401: .unauthorized
        case 403: .blocked(description: description)
        case 404:
            // A token in a wrong form also ends in 404, and then nothing else is found either.
            Method.isRecent || description.lowercased().contains("method")
                ? .unknownMethod : .unauthorized
        case 409: .conflict(description: description)
        case 429: .retryAfter(seconds: min(max(retryAfterSeconds ?? 5, 1), 86_400))
        case let code: .server(status: code)
        }
    }

    /// 400 stands for many things; Telegram tells them apart by words alone.
    private func refusal(_ description: String) -> TelegramError {
        if let migrateToChatID { return .chatMigrated(to: migrateToChatID) }
        let words = description.lowercased()
        let names: [(part: String, error: TelegramError)] = [
            ("message is not modified", .notModified),
            ("message to edit not found", .messageGone),
            ("message can't be edited", .messageGone),
            ("message to delete not found", .messageGone),
            ("message can't be deleted", .messageGone),
            ("message_id_invalid", .messageGone),
            ("query is too old", .queryTooOld),
            ("query id is invalid", .queryTooOld),
            ("chat not found", .blocked(description: description)),
            ("peer_id_invalid", .blocked(description: description)),
            ("file is too big", .fileTooLarge(limitBytes: BotAPI.fileLimitBytes)),
            ("user is deactivated", .blocked(description: description)),
        ]
        return names.first { words.contains($0.part) }?.error
            ?? .badRequest(description: description)
    }
}
