import HTTPTypes
import Logging
import Services
import Wire

extension Route {
    static let postCorrections = Route(
        .post, "/v1/trades/corrections",
        summary: "Busts a trade, or corrects its quantity, price, fee or time",
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
            return Answer(CorrectionAnswer(report: report))
        })
}

private func readCorrection(
    _ body: [UInt8]
) throws(Problem) -> Result<CorrectionRequest, ServiceError> {
    do throws(JSONError) {
        return try CorrectionReader.request(from: body)
    } catch {
        throw Problem(.badRequest, "NOT_JSON", "the body is not JSON: \(error)")
    }
}

extension CorrectionReport {
    fileprivate var status: String { isDuplicate ? "duplicate" : "accepted" }
}

private struct CorrectionAnswer: JSONWritable {
    let report: CorrectionReport

    func writeJSON(to bytes: inout [UInt8]) {
        JSONWriter.object(to: &bytes) { answer in
            answer.write("status", report.status)
            answer.write("correction_id", report.correctionID)
            answer.write("action", report.action.rawValue)
            answer.write("trade_uid", report.tradeUID)
            answer.write("replacement_uid", report.replacementUID)
        }
    }
}
