import Telegram
import Testing
import Transport

struct PollerTests {
    typealias Step = (event: Poller.Event, actions: [Poller.Action])

    private static let lost = TelegramError.network(.interrupted(detail: "x"))
    private static let other = TelegramError.conflict(
        description: "Conflict: terminated by other getUpdates request")
    private static let hook = TelegramError.conflict(
        description: "Conflict: can't use getUpdates method while webhook is active")

    private func check(
        _ steps: [Step], settings: Poller.Settings = .init(),
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        var poller = Poller(settings: settings)
        for (number, step) in steps.enumerated() {
            #expect(
                poller.handle(step.event) == step.actions, "step \(number): \(step.event)",
                sourceLocation: sourceLocation)
        }
    }

    @Test func `it polls without an offset until something was committed`() {
        check([
            (.started, [.poll(offset: nil, timeoutSeconds: 50)]),
            (.received([]), [.poll(offset: nil, timeoutSeconds: 50)]),
            (.received([5, 6, 7]), []),
            (.committed(upTo: 7), [.poll(offset: 8, timeoutSeconds: 50)]),
            (.received([]), [.poll(offset: 8, timeoutSeconds: 50)]),
        ])
    }

    @Test func `the offset moves only as far as was committed`() {
        check([
            (.started, [.poll(offset: nil, timeoutSeconds: 50)]),
            (.received([7, 5, 6]), []),
            (.committed(upTo: 5), []),
            (.committed(upTo: 6), []),
            (.committed(upTo: 5), []),
            (.abandoned(random: 1), [.wait(seconds: 1)]),
            (.waited, [.poll(offset: 7, timeoutSeconds: 50)]),
            (.received([7]), []),
            (.abandoned(random: 1), [.wait(seconds: 2)]),
            (.waited, [.poll(offset: 7, timeoutSeconds: 50)]),
            (.received([7, 8]), []),
            (.committed(upTo: 8), [.poll(offset: 9, timeoutSeconds: 50)]),
        ])
    }

    @Test func `numbers that start anew lower are followed`() {
        check([
            (.started, [.poll(offset: nil, timeoutSeconds: 50)]),
            (.received([900]), []),
            (.committed(upTo: 900), [.poll(offset: 901, timeoutSeconds: 50)]),
            (.received([17]), []),
            (.committed(upTo: 17), [.poll(offset: 18, timeoutSeconds: 50)]),
        ])
    }

    @Test func `a committed number beyond what was received does not skip updates`() {
        check([
            (.started, [.poll(offset: nil, timeoutSeconds: 50)]),
            (.received([5]), []),
            (.committed(upTo: 50), [.poll(offset: 6, timeoutSeconds: 50)]),
        ])
    }

    @Test func `the largest number does not overflow`() {
        check([
            (.started, [.poll(offset: nil, timeoutSeconds: 50)]),
            (.received([UpdateID(.max)]), []),
            (
                .committed(upTo: UpdateID(.max)),
                [.poll(offset: UpdateID(.max), timeoutSeconds: 50)]
            ),
        ])
    }

    @Test func `failures back off up to a limit and are said once`() {
        check([
            (.started, [.poll(offset: nil, timeoutSeconds: 50)]),
            (.failed(Self.lost, random: 0), [.wait(seconds: 0.5)]),
            (.waited, [.poll(offset: nil, timeoutSeconds: 0)]),
            (
                .failed(.server(status: 502), random: 0),
                [.report(.away(.server(status: 502))), .wait(seconds: 1)]
            ),
            (.waited, [.poll(offset: nil, timeoutSeconds: 0)]),
            (.failed(Self.lost, random: 0.5), [.wait(seconds: 3)]),
            (.waited, [.poll(offset: nil, timeoutSeconds: 0)]),
            (.failed(Self.lost, random: 1), [.wait(seconds: 8)]),
            (.waited, [.poll(offset: nil, timeoutSeconds: 0)]),
            (.failed(.malformed, random: 1), [.wait(seconds: 16)]),
            (.waited, [.poll(offset: nil, timeoutSeconds: 0)]),
            (.failed(Self.lost, random: 1), [.wait(seconds: 30)]),
            (.waited, [.poll(offset: nil, timeoutSeconds: 0)]),
            (.failed(Self.lost, random: 0), [.wait(seconds: 15)]),
            (.waited, [.poll(offset: nil, timeoutSeconds: 0)]),
            (.received([]), [.report(.back), .poll(offset: nil, timeoutSeconds: 50)]),
            (.failed(Self.lost, random: 1), [.wait(seconds: 1)]),
            (.waited, [.poll(offset: nil, timeoutSeconds: 0)]),
            (.received([3]), []),
            (.committed(upTo: 3), [.poll(offset: 4, timeoutSeconds: 50)]),
        ])
    }

    @Test func `being back is said with updates too and before they are committed`() {
        check([
            (.started, [.poll(offset: nil, timeoutSeconds: 50)]),
            (.failed(Self.lost, random: 1), [.wait(seconds: 1)]),
            (.waited, [.poll(offset: nil, timeoutSeconds: 0)]),
            (.failed(Self.lost, random: 1), [.report(.away(Self.lost)), .wait(seconds: 2)]),
            (.waited, [.poll(offset: nil, timeoutSeconds: 0)]),
            (.received([3]), [.report(.back)]),
        ])
    }

    @Test func `a pause that Telegram asks for is kept`() {
        check([
            (.started, [.poll(offset: nil, timeoutSeconds: 50)]),
            (.failed(.retryAfter(seconds: 40), random: 0), [.wait(seconds: 40.5)]),
            (.waited, [.poll(offset: nil, timeoutSeconds: 0)]),
        ])
    }

    @Test func `a refused token stops for good`() {
        check([
            (.started, [.poll(offset: nil, timeoutSeconds: 50)]),
            (
                .failed(.unauthorized, random: 0),
                [.report(.tokenRefused), .stop(.unauthorized)]
            ),
            (.waited, []), (.started, []), (.received([1]), []),
            (.failed(Self.lost, random: 0), []), (.committed(upTo: 1), []),
        ])
    }

    @Test func `another poller is said once and backed off from slowly`() {
        let report = Poller.Action.report(
            .anotherPoller(description: "Conflict: terminated by other getUpdates request"))
        let poll = Poller.Action.poll(offset: nil, timeoutSeconds: 50)
        check([
            (.started, [poll]),
            (.failed(Self.other, random: 1), [report, .wait(seconds: 10)]),
            (.waited, [poll]),
            (.failed(Self.other, random: 0), [.wait(seconds: 10)]),
            (.waited, [poll]),
            // They take turns in being served.
            (.received([]), [poll]),
            (.received([]), [poll]),
            (.failed(Self.other, random: 1), [.wait(seconds: 40)]),
            (.waited, [poll]),
            (.failed(Self.other, random: 1), [.wait(seconds: 80)]),
            (.waited, [poll]),
            (.failed(Self.other, random: 1), [.wait(seconds: 120)]),
            (.waited, [poll]),
            (.received([]), [poll]),
            (.received([]), [poll]),
            (.received([]), [.report(.conflictOver), poll]),
            (.failed(Self.other, random: 1), [report, .wait(seconds: 10)]),
        ])
    }

    @Test func `a webhook is told from another poller and an outage ends before it`() {
        check([
            (.started, [.poll(offset: nil, timeoutSeconds: 50)]),
            (.failed(Self.lost, random: 1), [.wait(seconds: 1)]),
            (.waited, [.poll(offset: nil, timeoutSeconds: 0)]),
            (.failed(Self.lost, random: 1), [.report(.away(Self.lost)), .wait(seconds: 2)]),
            (.waited, [.poll(offset: nil, timeoutSeconds: 0)]),
            (
                .failed(Self.hook, random: 1),
                [
                    .report(.back),
                    .report(
                        .webhookSet(
                            description:
                                "Conflict: can't use getUpdates method while webhook is active")),
                    .wait(seconds: 10),
                ]
            ),
        ])
    }

    @Test func `what does not fit the phase asks for nothing`() {
        check([
            (.waited, []), (.received([1]), []), (.committed(upTo: 1), []),
            (.started, [.poll(offset: nil, timeoutSeconds: 50)]),
            (.started, []), (.waited, []), (.committed(upTo: 1), []),
            (.abandoned(random: 0), []),
            (.received([5]), []),
            (.received([6]), []), (.failed(Self.lost, random: 0), []), (.waited, []),
            (.committed(upTo: 5), [.poll(offset: 6, timeoutSeconds: 50)]),
        ])
    }

    @Test(arguments: [-5.0, 2, .nan, .infinity])
    func `no random value makes a pause leave its bounds`(random: Double) {
        var poller = Poller()
        _ = poller.handle(.started)
        guard case .wait(let seconds) = poller.handle(.failed(Self.lost, random: random)).last
        else {
            Issue.record("no pause")
            return
        }
        #expect((0.5...1).contains(seconds))
    }

    @Test func `a poll is held open no longer than Telegram does`() {
        check(
            [(.started, [.poll(offset: nil, timeoutSeconds: 50)])],
            settings: .init(pollTimeoutSeconds: 500))
        check(
            [(.started, [.poll(offset: nil, timeoutSeconds: 0)])],
            settings: .init(pollTimeoutSeconds: -1))
    }
}
