import HTTPTypes
import Ledger
import Logging
import Services
import Wire

extension Route {
    static let postOrderReports = Route(
        .post, "/v1/orders/reports", .ingest,
        summary: "Stores what became of up to 10,000 orders that were placed elsewhere",
        details: """
            An order is known by its portfolio and `broker_order_id`; fills that name it are \
            linked to it in whichever order both arrive. A report of what is known already is a \
            `duplicate`.
            """,
        request: .json(ReportBatchField.orderBatch, example: ordersRequest),
        answer: .json(OrderReportsAnswer.schema, example: ordersAnswer),
        refusals: [
            .unknownPortfolio, .forbiddenPortfolio, .forbiddenStrategy, .tooManyOrders,
        ],
        .authorized(.ingest) { call, authority in
            try call.body.require("application/json")
            let batch = readBatch(try await call.body.collect())
            if case .failure(let problem) = batch, problem.status != .unprocessableContent {
                throw problem
            }
            _ = try call.query()
            let orders = try batch.get()
            let answer = try await call.services.orders.report(orders, as: authority)
            call.logger.log(answer, of: orders)
            return Answer(OrderReportsAnswer(answer: answer))
        })
}

private func readBatch(_ body: [UInt8]) -> Result<OrderBatch, Problem> {
    Result { () throws(BatchError) in try OrderReader.batch(from: body) }
        .mapError { Problem($0) }
}

extension Logger {
    /// Refused reports beyond that are only counted.
    private static let orderRefusalsLogged = 20

    fileprivate func log(_ answer: OrderReportAnswer, of batch: OrderBatch) {
        var refusals = 0
        for (order, outcome) in zip(batch.orders, answer.outcomes) {
            guard case .rejected(let refusal) = outcome else { continue }
            refusals += 1
            guard refusals <= Logger.orderRefusalsLogged else { break }
            let id = try? order.get().brokerOrderID.text
            notice(
                "order report refused",
                metadata: ["broker_order_id": "\(id ?? "")", "reason": "\(refusal)"])
        }
        info(
            "order reports",
            metadata: [
                "accepted": "\(answer.accepted)", "duplicates": "\(answer.duplicates)",
                "rejected": "\(answer.rejected)",
            ])
    }
}

private struct OrderReportsAnswer: JSONWritable {
    let answer: OrderReportAnswer

    func writeJSON(to bytes: inout [UInt8]) {
        bytes.reserveCapacity(bytes.count + 100 + answer.outcomes.count * 96)
        JSONWriter.object(to: &bytes) { object in
            object.write("accepted", answer.accepted)
            object.write("duplicates", answer.duplicates)
            object.write("rejected", answer.rejected)
            object.array("results") { results in
                for (index, outcome) in answer.outcomes.enumerated() {
                    results.object { result in
                        result.write("index", index)
                        write(outcome, to: &result)
                    }
                }
            }
        }
    }

    private func write(_ outcome: OrderReportOutcome, to result: inout JSONObjectWriter) {
        switch outcome {
        case .accepted(let uid):
            result.write("status", "accepted")
            result.write("order_uid", uid)
        case .duplicate(let uid):
            result.write("status", "duplicate")
            result.write("order_uid", uid)
        case .rejected(let refusal):
            result.writeRejected(refusal)
        }
    }
}

extension OrderReportsAnswer {
    /// What it writes.
    fileprivate static let schema = JSONSchema.object([
        .init(name: "accepted", schema: .count), .init(name: "duplicates", schema: .count),
        .init(name: "rejected", schema: .count),
        .init(
            name: "results",
            schema: .array(
                of: .oneOf([
                    entry(
                        ["accepted", "duplicate"], [.init(name: "order_uid", schema: .text)]),
                    entry(["rejected"], [.init(name: "error", schema: .itemError)]),
                ]))),
    ]).named("OrderResults")

    private static func entry(
        _ statuses: [String], _ properties: [JSONSchema.Property]
    ) -> JSONSchema {
        .object(
            [
                .init(name: "index", schema: .count),
                .init(name: "status", schema: .words(statuses)),
            ] + properties)
    }
}

private let ordersRequest = """
    {"strategy":"momo@1.0","orders":[{"broker_order_id":"o-1","symbol":"BTCUSDT",\
    "exchange":"BINANCE","asset_type":"CRYPTO","currency":"USDT","side":"BUY","type":"LIMIT",\
    "status":"NEW","quantity":"1","price":"65000.1","time_in_force":"GTC",\
    "placed_at":"2026-02-19T14:31:58Z"}]}
    """

private let ordersAnswer = """
    {"accepted":1,"duplicates":0,"rejected":0,"results":[{"index":0,"status":"accepted",\
    "order_uid":"01a1ff92-5d1e-7c40-9d3b-0c5f8e2b7a12"}]}
    """
