import Logging
import Services
import Wire

extension Route {
    static let postCorrections = Route(
        .post, "/v1/trades/corrections", .ingest,
        summary: "Busts a trade, or corrects its quantity, price, fee or time",
        details: """
            Positions, lots, campaigns and P&L end as if the old trade had never been; it stays, \
            superseded. The same `correction_id` with the same content is a `duplicate`, with \
            other content a 409.
            """,
        request: .json(CorrectionField.object, example: requestExample),
        answer: .json(.correction, example: answerExample),
        refusals: [
            .unknownPortfolio, .forbiddenPortfolio, .unknownTrade, .forbiddenStrategy, .conflict,
            .outOfRange,
        ],
        .authorized(.ingest) { call, authority in
            try call.body.require("application/json")
            let request = try readCorrection(try await call.body.collect())
            _ = try call.query()
            let report = try await call.services.corrections.post(
                try request.get(), through: .http, as: authority)
            call.logger.info(
                "correction",
                metadata: [
                    "status": "\(report.status)", "action": "\(report.action.rawValue)",
                    "trade_uid": "\(report.tradeUID)",
                ])
            return Answer(report, as: .correction)
        })
}

private func readCorrection(
    _ body: [UInt8]
) throws(Problem) -> Result<CorrectionRequest, ServiceError> {
    do throws(JSONError) {
        return try CorrectionReader.request(from: body)
    } catch {
        throw Problem(.notJSON, "the body is not JSON: \(error)")
    }
}

extension CorrectionReport {
    fileprivate var status: String { isDuplicate ? "duplicate" : "accepted" }
}

extension AnswerFormat<CorrectionReport> {
    fileprivate static let correction = AnswerFormat(
        "CorrectionResult",
        [
            .init("status", as: .words(["accepted", "duplicate"])) { $0.status },
            .init("correction_id") { $0.correctionID },
            .word("action") { $0.action },
            .init("trade_uid", "The trade that it took out") { $0.tradeUID },
            .init("replacement_uid", "The trade in its place; null of a bust") {
                $0.replacementUID
            },
        ])
}

private let requestExample = """
    {"broker_trade_id":"t-1","correction_id":"c-1","action":"correct","price":"65000.2",\
    "reason":"the broker corrected the price"}
    """

private let answerExample = """
    {"status":"accepted","correction_id":"c-1","action":"correct",\
    "trade_uid":"01a1ff92-5d1e-7c40-9d3b-0c5f8e2b7a11",\
    "replacement_uid":"01a1ff92-5d1e-7c40-9d3b-0c5f8e2b7a12"}
    """
