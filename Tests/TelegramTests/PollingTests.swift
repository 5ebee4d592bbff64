import CurlTransport
import Telegram
import TestSupport
import Testing
import Transport

/// The poller, the client and the transport together against the stand-in.
@Suite(.timeLimit(.minutes(1)))
struct PollingTests {
    /// Does what the poller says, with pauses a thousand times shorter.
    private actor Driver {
        private let api: BotAPI
        private var poller = Poller(settings: .init(pollTimeoutSeconds: 5))
        private(set) var texts: [String] = []
        private(set) var reports: [Poller.Report] = []
        private(set) var stopped: TelegramError?
        private var seen: Set<UpdateID> = []

        init(_ api: BotAPI) { self.api = api }

        /// Returns once the poller stops, or the task is cancelled.
        func run() async throws {
            var actions = poller.handle(.started)
            while stopped == nil {
                var next: [Poller.Action] = []
                for action in actions { next += try await perform(action) }
                actions = next
            }
        }

        private func perform(_ action: Poller.Action) async throws -> [Poller.Action] {
            switch action {
            case .poll(let offset, let timeoutSeconds):
                return try await poll(offset, timeoutSeconds)
            case .wait(let seconds):
                try await Task.sleep(for: .seconds(seconds / 1000))
                return poller.handle(.waited)
            case .report(let report): reports.append(report)
            case .stop(let error): stopped = error
            }
            return []
        }

        private func poll(_ offset: UpdateID?, _ timeoutSeconds: Int) async throws
            -> [Poller.Action]
        {
            do {
                let answer = try await api.call(
                    GetUpdates(offset: offset, pollTimeoutSeconds: timeoutSeconds))
                var actions = poller.handle(.received(answer.updates.map(\.id)))
                for update in answer.updates {
                    if seen.insert(update.id).inserted, case .message(let message) = update.content
                    {
                        texts.append(message.text ?? "")
                    }
                    actions += poller.handle(.committed(upTo: update.id))
                }
                return actions
            } catch let error as TelegramError {
                return poller.handle(.failed(error, random: 0.5))
            }
        }
    }

    @Test func `every update arrives through every fault`() async throws {
        let bench = try await Bench()
        let driver = Driver(bench.api)
        let run = Task { try await driver.run() }
        let ada = bench.telegram.user(1001)
        let faults: [StandInFault] = [
            .serverErrorPage(status: 502), .resetBefore, .resetAfter, .truncatedJSON, .cutAnswer,
            .tooManyRequests(retryAfterSeconds: 1), .internalError,
        ]
        var last: Int64 = 0
        for (number, fault) in faults.enumerated() {
            bench.telegram.fault(fault, on: "getUpdates", times: 2)
            last = ada.says("\(number)").updateID
            bench.telegram.deliver(["message": ["unreadable": true]])
        }
        let confirmed = last
        _ = try await bench.telegram.eventually("all confirmed", withinSeconds: 30) {
            $0.confirmedBelow > confirmed && $0.unconfirmedUpdates.isEmpty ? true : nil
        }
        #expect(await driver.texts == faults.indices.map { "\($0)" })
        let reports = await driver.reports
        #expect(!reports.isEmpty)
        #expect(reports.last == .back)
        run.cancel()
        await #expect(throws: CancellationError.self) { try await run.value }
        #expect(bench.telegram.violations == [])
        await bench.close()
    }

    @Test func `a revoked token stops the poller`() async throws {
        let bench = try await Bench()
        let driver = Driver(bench.api)
        bench.telegram.fault(.unauthorized, on: "getUpdates")
        try await driver.run()
        #expect(await driver.stopped == .unauthorized)
        #expect(await driver.reports == [.tokenRefused])
        await bench.close()
    }

    @Test func `Telegram going away and coming back is said once each`() async throws {
        let bench = try await Bench()
        let driver = Driver(bench.api)
        bench.telegram.setAway(true)
        let run = Task { try await driver.run() }
        while await driver.reports.isEmpty { try await Task.sleep(for: .milliseconds(2)) }
        bench.telegram.setAway(false)
        bench.telegram.user(1).says("hello")
        while await driver.texts.isEmpty { try await Task.sleep(for: .milliseconds(2)) }
        let reports = await driver.reports
        try #require(reports.count == 2)
        guard case .away = reports[0] else {
            Issue.record("got \(reports)")
            return
        }
        #expect(reports[1] == .back)
        run.cancel()
        await bench.close()
    }
}
