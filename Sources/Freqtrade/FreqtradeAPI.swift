import FoundationEssentials
public import Transport

/// The REST API of one freqtrade bot, as far as trades are read from it.
public struct FreqtradeAPI: Sendable {
    private let transport: any HTTPTransport
    private let baseURL: String
    private let authorization: String

    private static let timeoutSeconds = 30.0

    /// `baseURL` is what stands before `/api/v1`, such as `http://127.0.0.1:8080`.
    public init(
        transport: any HTTPTransport, baseURL: String, username: String, password: String
    ) {
        self.transport = transport
        self.baseURL = baseURL.hasSuffix("/") ? String(baseURL.dropLast()) : baseURL
        authorization =
            "Basic " + Data("\(username):\(password)".utf8).base64EncodedString()
    }

    /// One trade with its orders, as JSON; nil where the bot has no such trade.
    public func trade(_ id: Int) async throws -> [UInt8]? {
        do {
            return try await get("trade/\(id)")
        } catch FreqtradeError.notFound {
            return nil
        }
    }

    /// All open trades, as a JSON list.
    public func openTrades() async throws -> [UInt8] { try await get("status") }

    /// Closed trades in the order of their ids, as JSON: `{"trades":[…],"total_trades":n}`.
    public func closedTrades(limit: Int, offset: Int) async throws -> [UInt8] {
        try await get("trades?limit=\(limit)&offset=\(offset)")
    }

    private func get(_ path: String) async throws -> [UInt8] {
        let response: HTTPResponse
        do {
            response = try await transport.send(
                HTTPRequest(
                    method: .get, url: "\(baseURL)/api/v1/\(path)",
                    headers: [("Authorization", authorization), ("Accept", "application/json")],
                    timeoutSeconds: Self.timeoutSeconds))
        } catch let error as TransportError {
            throw FreqtradeError.network(error)
        }
        switch response.status {
        case 200: return response.body
        case 401, 403: throw FreqtradeError.unauthorized
        case 404: throw FreqtradeError.notFound
        default: throw FreqtradeError.server(status: response.status)
        }
    }
}

/// Why a bot did not answer; holds neither its address nor its credentials.
public enum FreqtradeError: Error, Sendable, Hashable {
    case unauthorized
    case notFound
    case server(status: Int)
    case network(TransportError)
}

extension FreqtradeError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unauthorized:
            "the bot refuses the username or password that hooks.freqtrade_file has for it"
        case .notFound: "the bot's address has no REST API of freqtrade"
        case .server(let status): "the bot answered with status \(status)"
        case .network(.unreachable): "the bot can't be reached: is its api_server enabled?"
        case .network(.interrupted): "the connection to the bot broke"
        case .network(.timedOut): "the bot did not answer in time"
        case .network(.tooLarge(let limit)): "the bot's answer has more than \(limit) bytes"
        case .network(.closed): "the service is about to stop"
        }
    }
}
