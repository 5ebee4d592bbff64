import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// Any order, duplication and batching of the same fills, corrections and reports ends in the same
/// orders and links, which a plain account of them gives.
struct OrderPropertyTests {
    @Test
    func `fills and reports in any order end the same, on SQLite`() async throws {
        try await check(on: .sqlite, count: 300)
    }

    @Test
    func `fills and reports in any order end the same, on PostgreSQL`() async throws {
        try await check(on: .postgres, count: 60)
    }

    private func check(on backend: TestBackend, count: Int) async throws {
        let seeds = Seeds.range(count: count)
        try await ServiceWorld.run(on: backend, limits: Limits(maxUsers: seeds.count)) { world in
            for seed in seeds {
                let trader = try await world.member(Int64(seed))
                try await check(seed, as: trader, in: world)
            }
            try await world.expectVerified()
        }
    }

    private func check(
        _ seed: UInt64, as trader: Authority, in world: ServiceWorld
    ) async throws {
        var story = OrderStory(seed: seed)
        for batch in story.batches() {
            switch batch {
            case .fills(let fills):
                let words = try await world.ingest(fills.map(\.json), as: trader).words
                #expect(words.allSatisfy { $0 == "accepted" || $0 == "duplicate" }, "seed \(seed)")
            case .reports(let reports):
                let words = try await world.report(reports.map(\.json), as: trader).words
                #expect(words.allSatisfy { $0 == "accepted" || $0 == "duplicate" }, "seed \(seed)")
            case .bust(let trade):
                try await world.correct(.bust(trade), id: "bust \(trade)", as: trader)
            }
        }
        #expect(try await lines(of: trader, in: world) == story.expected, "seed \(seed)")
    }

    private func lines(of trader: Authority, in world: ServiceWorld) async throws -> [String] {
        let orders = try await world.services.orders.list(
            statuses: OrderStatus.allCases, for: trader)
        var lines: [String] = []
        for order in orders {
            let id = order.brokerOrderID?.text ?? "-"
            let price = order.price?.description ?? "-"
            let reported = order.reportedFilledQuantity?.description ?? "-"
            lines.append(
                "\(id): \(order.status.rawValue) \(order.filledQuantity)/\(order.quantity)"
                    + " at \(price) reported \(reported) client"
                    + " \(order.clientOrderID?.text ?? "-")")
            let trades = try await world.services.orders.detail(uid: order.uid, for: trader)
                .trades.trades
            lines += trades.map { "\($0.brokerTradeID) of \(id)" }
        }
        return lines.sorted()
    }
}

/// A few orders, what is reported of them and filled of them, in some order.
private struct OrderStory {
    enum Batch {
        case fills([StoryFill])
        case reports([StoryReport])
        case bust(String)
    }

    struct StoryFill {
        let id: String
        let order: Int
        let quantity: Int
        /// Some fills name their order by the client's id alone.
        let isByClient: Bool
        var isBusted = false

        var json: String {
            fill(
                id, "BUY", "\(quantity)", at: "10", order: isByClient ? nil : "o-\(order)",
                extra: isByClient ? "\"client_order_id\":\"c-\(order)\"" : "")
        }
    }

    struct StoryReport {
        let order: Int
        let quantity: Int
        let status: OrderStatus
        /// Seconds of the sender's clock.
        let second: Int
        let price: Int?
        let filled: Int?
        let hasClientID: Bool

        var json: String {
            ServicesTests.order(
                "o-\(order)", "\(quantity)", status.rawValue,
                client: hasClientID ? "c-\(order)" : nil, price: price.map { "\($0)" },
                filled: filled.map { "\($0)" }, updated: "2025-12-31T00:00:0\(second)Z")
        }
    }

    private var random: SeededGenerator
    private var fills: [StoryFill] = []
    private var reports: [StoryReport] = []

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        for order in 0..<number(1...3) {
            for second in 0..<number(1...4) {
                // Of one order, two reports of one second would be a matter of taste.
                reports.append(
                    StoryReport(
                        order: order, quantity: number(2...5),
                        status: OrderStatus.reportable[number(0...6)], second: second,
                        price: isTrue() ? number(1...9) : nil,
                        filled: isTrue() ? number(0...4) : nil, hasClientID: isTrue()))
            }
            for count in 0..<number(0...4) {
                fills.append(
                    StoryFill(
                        id: "f-\(order)-\(count)", order: order, quantity: number(1...3),
                        isByClient: number(0...3) == 0, isBusted: number(0...5) == 0))
            }
        }
    }

    private mutating func number(_ range: ClosedRange<Int>) -> Int {
        Int.random(in: range, using: &random)
    }

    private mutating func isTrue() -> Bool { number(0...1) == 0 }

    mutating func batches() -> [Batch] {
        var batches: [Batch] = []
        batches += split(fills + fills.filter { _ in isTrue() }).map(Batch.fills)
        batches += split(reports + reports.filter { _ in isTrue() }).map(Batch.reports)
        batches.shuffle(using: &random)
        // A bust comes at some time after its fill; the fill may be sent again after it.
        for fill in fills where fill.isBusted {
            let first = batches.firstIndex { batch in
                guard case .fills(let fills) = batch else { return false }
                return fills.contains { $0.id == fill.id }
            }
            guard let first else { continue }
            batches.insert(.bust(fill.id), at: number((first + 1)...batches.count))
        }
        return batches
    }

    private mutating func split<Element>(_ elements: [Element]) -> [[Element]] {
        var rest = elements.shuffled(using: &random)
        var parts: [[Element]] = []
        while !rest.isEmpty {
            let part = rest.prefix(number(1...3))
            rest.removeFirst(part.count)
            parts.append(Array(part))
        }
        return parts
    }

    /// What is to come out, told without the service's own rules.
    var expected: [String] {
        Set(reports.map(\.order)).flatMap { order -> [String] in
            let reports = reports.filter { $0.order == order }.sorted { $0.second < $1.second }
            let hasClientID = reports.contains(where: \.hasClientID)
            let linked = fills.filter { $0.order == order && (!$0.isByClient || hasClientID) }
            let filled = linked.filter { !$0.isBusted }.reduce(0) { $0 + $1.quantity }
            let quantity = reports.last?.quantity ?? 0
            let price = reports.last { $0.price != nil }?.price
            let reported = reports.last { $0.filled != nil }?.filled
            let told = Set(reports.map(\.status))
            let status: OrderStatus =
                if filled >= quantity || told.contains(.filled) {
                    .filled
                } else if let end = [.canceled, .expired, .rejected].first(where: told.contains) {
                    end
                } else if filled > 0 || told.contains(.partiallyFilled) {
                    .partiallyFilled
                } else {
                    told.contains(.new) ? .new : .pending
                }
            return [
                "o-\(order): \(status.rawValue) \(filled)/\(quantity) at"
                    + " \(price.map { "\($0)" } ?? "-") reported"
                    + " \(reported.map { "\($0)" } ?? "-") client"
                    + " \(hasClientID ? "c-\(order)" : "-")"
            ] + linked.map { "\($0.id) of o-\(order)" }
        }.sorted()
    }
}
