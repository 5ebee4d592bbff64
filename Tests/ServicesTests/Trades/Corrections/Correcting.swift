import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// What a test says of one trade; what is nil stays as it was.
struct Correction: Sendable {
    let trade: String
    var isBust = false
    var quantity: String?
    var price: String?
    var fee: String?
    var time: String?
    var reason: String?

    static func bust(_ trade: String, reason: String? = nil) -> Correction {
        Correction(trade: trade, isBust: true, reason: reason)
    }

    static func correct(
        _ trade: String, quantity: String? = nil, price: String? = nil, fee: String? = nil,
        time: String? = nil, reason: String? = nil
    ) -> Correction {
        Correction(
            trade: trade, quantity: quantity, price: price, fee: fee, time: time, reason: reason)
    }

    func request(_ id: String, portfolio: String? = nil) throws -> CorrectionRequest {
        let fields: [(name: String, value: String?)] = [
            ("portfolio", portfolio), ("broker_trade_id", trade), ("correction_id", id),
            ("action", isBust ? "bust" : "correct"), ("quantity", quantity), ("price", price),
            ("fee", fee), ("exec_time", time), ("reason", reason),
        ]
        return try CorrectionReader.request(
            fromFields: fields.compactMap { field in field.value.map { (field.name, $0) } })
    }
}

extension ServiceWorld {
    @discardableResult
    func correct(
        _ correction: Correction, id: String = "c-1", portfolio: String? = nil,
        as authority: Authority
    ) async throws -> CorrectionReport {
        try await services.corrections.post(
            correction.request(id, portfolio: portfolio), through: .http, as: authority)
    }

    /// Why a correction is refused: code and field.
    func refusal(
        of correction: Correction, id: String = "c-1", portfolio: String? = nil,
        as authority: Authority, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> String {
        let error = await #expect(throws: ServiceError.self, sourceLocation: sourceLocation) {
            try await correct(correction, id: id, portfolio: portfolio, as: authority)
        }
        return [error?.code, error?.field].compactMap(\.self).joined(separator: " ")
    }

    /// The uid of a broker's trade, of its last revision or another.
    func uid(of trade: String, revision: Int = 0) async throws -> String {
        let uids = try await texts(
            "SELECT uid FROM trades WHERE broker_trade_id = $1 AND revision = $2",
            [.text(trade), .integer(Int64(revision))])
        return try #require(uids.first)
    }
}
