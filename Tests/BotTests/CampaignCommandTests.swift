import Bot
import Ledger
import Services
import TestSupport
import Testing

/// Campaigns, their legs, and what stands behind a position, in chat.
@Suite struct CampaignCommandTests {
    private func at(
        _ time: String, _ id: String, _ side: String, _ quantity: String, _ price: String,
        symbol: String = "BTCUSDT", portfolio: String? = nil, strategy: String? = nil
    ) -> String {
        fill(
            id, side, quantity, at: price, fee: "0.1", symbol: symbol,
            time: "2026-02-\(time):00Z", portfolio: portfolio, strategy: strategy)
    }

    /// A journey of four legs and one that is open, with the numbers 1 and 5.
    private func postJourney(_ desk: Desk, _ authority: Authority) async throws {
        try await desk.world.post(
            at("01T10:00", "1", "BUY", "60", "10"), at("01T10:04", "2", "BUY", "40", "11"),
            at("02T11:00", "3", "BUY", "50", "12"), at("03T12:00", "4", "SELL", "30", "11"),
            at("04T14:30", "5", "SELL", "170", "13"), as: authority)
    }

    private func number(of label: String, in shown: String) throws -> String {
        let start = try #require(shown.firstRange(of: "] \(label)")?.lowerBound, "\(shown)")
        return String(shown[..<start].reversed().prefix { $0 != "[" }.reversed())
    }

    private func press(
        _ label: String, in shown: String, of console: ConsoleBot
    ) async throws -> String {
        try await console.says(try number(of: label, in: shown))
    }

    /// What is not blank and no rule, with single blanks.
    private func squeezedLines(_ shown: String) -> [String] {
        shown.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
            .filter { line in line.contains { $0 != "-" && $0 != " " } }
    }

    @Test func `a campaign is shown with its figures, journey and legs`() async throws {
        try await Desk.run { desk in
            let (console, authority) = try await desk.member()
            try await postJourney(desk, authority)
            let shown = try await console.says("/campaign #1")
            #expect(
                squeezedLines(shown) == [
                    "BTCUSDT long, closed",
                    "====================",
                    "Number: #1",
                    "Portfolio: main",
                    "Opened: 2026-02-01 10:00 UTC",
                    "Closed: 2026-02-04 14:30 UTC",
                    "Held: 3d 4h",
                    "Realized: ▲ +250.00 USDT",
                    "Return: 15.24%",
                    "Most held: 150",
                    "Open price: 10.4",
                    "Close price: 12.6",
                    "Fills: 5 in 4 legs",
                    "Journey: ● +100 ● +50 ● −30 ● −120",
                    "Leg Type Side Quantity Average Began Ended Fills",
                    "1 open BUY 100 10.4 2026-02-01 10:00 UTC 2026-02-01 10:04 UTC 2",
                    "2 add BUY 50 12 2026-02-02 11:00 UTC – 1",
                    "3 reduce SELL 30 11 2026-02-03 12:00 UTC – 1",
                    "4 flip_close SELL 120 13 2026-02-04 14:30 UTC – 1",
                    "▁▃▆▃█", "Price, USDT: 10 to 13",
                    "[1] Leg 1 [2] Leg 2 [3] Leg 3 [4] Leg 4",
                    "[5] Why [6] Trades [7] Campaigns", "[8] Chart [9] Refresh",
                ])
            let leg = try await press("Leg 4", in: shown, of: console)
            #expect(leg.contains("120 of 170"))
            #expect(leg.contains("Leg 4 of BTCUSDT #1"))
            // A button that leads back brings no picture.
            #expect(
                try await press("‹ Campaign #1", in: leg, of: console)
                    == shown.replacing("▁▃▆▃█\nPrice, USDT: 10 to 13\n\n", with: ""))
            _ = try await console.says("/campaign #1")
            #expect(try await press("Chart", in: shown, of: console) == shown)
            for line in ["/campaign 1", "/campaign #1 "] {
                #expect(try await console.says(line) == shown)
            }
            #expect(try await console.says("/campaign 1 leg 4") == leg)
            #expect(try await console.says("/campaign #1 4") == leg)
            let uid = try await desk.world.texts(
                "SELECT uid FROM position_campaigns ORDER BY id")[0]
            #expect(try await console.says("/campaign \(uid.uppercased())") == shown)

            // By its symbol the last one, which is open.
            let last = try await console.says("/campaign btcusdt")
            #expect(last.hasPrefix("BTCUSDT short, open\n"))
            #expect(last.contains("#5"))
            #expect(last.contains("Journey:     ● −50"))
            _ = try await console.says("/campaign #1")
            #expect(
                try await press("Trades", in: shown, of: console).hasPrefix("Trades in BTCUSDT\n"))
            _ = try await console.says("/campaign #1")
            #expect(
                try await press("Campaigns", in: shown, of: console)
                    .hasPrefix("Campaigns in BTCUSDT\n"))
        }
    }

    @Test func `a long journey is shortened in its middle`() async throws {
        try await Desk.run { desk in
            let (console, authority) = try await desk.member()
            for index in 0..<10 {
                try await desk.world.post(
                    at(
                        "\(index + 10)T10:00", "\(index)", index % 2 == 0 ? "BUY" : "SELL",
                        index % 2 == 0 ? "3" : "1.5", "10"), as: authority)
                if index == 8 {
                    let whole = try await console.says("/campaign #1")
                    #expect(
                        whole.contains("● +3 ● −1.5 ● +3 ● −1.5 ● +3 ● −1.5 ● +3 ● −1.5 ● +3\n"))
                }
            }
            let shown = try await console.says("/campaign #1")
            #expect(
                shown.contains(
                    "● +3 ● −1.5 ● +3 ● −1.5 … 2 more … ● +3 ● −1.5 ● +3 ● −1.5\n"))
            #expect(shown.contains(" 10  reduce "))
        }
    }

    @Test(arguments: [
        ("01T10:00", "01T10:00", "0s"), ("01T10:00", "01T10:05", "5m"),
        ("01T10:00", "01T12:05", "2h 5m"), ("01T10:00", "02T10:00", "1d"),
        ("01T10:00", "02T10:05", "1d"), ("01T10:00", "03T13:59", "2d 3h"),
    ])
    func `how long it was held is told in its largest units`(
        _ opened: String, _ closed: String, _ held: String
    ) async throws {
        try await Desk.run { desk in
            let (console, authority) = try await desk.member()
            try await desk.world.post(
                at(opened, "1", "BUY", "1", "10"), at(closed, "2", "SELL", "1", "10"),
                as: authority)
            let shown = try await console.says("/campaign #1")
            #expect(shown.contains("Held:        \(held)\n"), "\(shown)")
        }
    }

    @Test func `campaigns are listed by status, symbol and portfolio`() async throws {
        try await Desk.run { desk in
            let (console, authority) = try await desk.member()
            #expect(try await console.says("/campaigns").contains("No campaigns yet."))
            #expect(try await console.says("/campaigns open").contains("No open campaigns."))
            try await postJourney(desk, authority)
            _ = try await desk.world.services.portfolios.add(
                name: "my book", brokerCode: "IBKR", currency: .usd, isDefault: false,
                for: authority.caller)
            try await desk.world.post(
                at("05T10:00", "6", "BUY", "1", "10", symbol: "OPEN", portfolio: "my book"),
                at("06T10:00", "7", "BUY", "1", "10", symbol: "A  B", portfolio: "my book"),
                as: authority)

            let all = try await console.says("/campaigns")
            let rows = all.split(separator: "\n").filter { $0.hasPrefix("#") }
                .map { $0.split(separator: " ").joined(separator: " ") }
            #expect(
                rows == [
                    "#7 A B my book long 2026-02-06 10:00 UTC open 1 1 0.00 USDT",
                    "#6 OPEN my book long 2026-02-05 10:00 UTC open 1 1 0.00 USDT",
                    "#5 BTCUSDT main short 2026-02-04 14:30 UTC open 1 50 0.00 USDT",
                    "#1 BTCUSDT main long 2026-02-01 10:00 UTC 2026-02-04 14:30 UTC 4 150"
                        + " ▲ +250.00 USDT",
                ])
            func numbers(_ line: String) async throws -> [String] {
                try await console.says(line).split(separator: "\n").filter { $0.hasPrefix("#") }
                    .map { String($0.prefix { $0 != " " }) }
            }
            for (line, expected) in [
                ("/campaigns open", ["#7", "#6", "#5"]), ("/campaigns CLOSED", ["#1"]),
                ("/campaigns btcusdt", ["#5", "#1"]), ("/campaigns closed BTCUSDT main", ["#1"]),
                ("/campaigns open my book", ["#7", "#6"]), ("/campaigns all OPEN", ["#6"]),
                ("/campaigns open open my book", ["#6"]), ("/campaigns A  B my book", ["#7"]),
                ("/campaigns BTCUSDT my book", []),
            ] {
                #expect(try await numbers(line) == expected, "\(line)")
            }
            // Pressing goes on with what was asked for.
            let open = try await console.says("/campaigns open BTCUSDT main")
            #expect(open.hasPrefix("Open campaigns in BTCUSDT, main\n"))
            let closed = try await press("Closed", in: open, of: console)
            #expect(closed.hasPrefix("Closed campaigns in BTCUSDT, main\n"))
            #expect(closed.contains("#1 ") && !closed.contains("#5 "))
            let both = try await press("All", in: closed, of: console)
            #expect(both.contains("#1 ") && both.contains("#5 ") && !both.contains("#6"))
            let one = try await press("#1", in: both, of: console)
            #expect(one.hasPrefix("BTCUSDT long, closed\n"))

            let unknown = try await console.says("/campaigns BTCUSDX")
            #expect(unknown.contains("no traded symbol, portfolio or strategy named “BTCUSDX”"))
            #expect(unknown.contains("/campaigns closed BTCUSDT"))
        }
    }

    @Test func `every campaign is on one page, whatever the names are`() async throws {
        try await Desk.run { desk in
            // The largest number that a button may have to stand for.
            let (console, authority) = try await desk.member(.max)
            let symbol = String(repeating: "\u{1F4A9}", count: 15)
            var fills: [String] = []
            for index in 0..<46 {
                fills.append(
                    at(
                        "1\(index / 20)T10:00", "\(index + 10)", index % 2 == 0 ? "BUY" : "SELL",
                        "1", "10", symbol: symbol))
            }
            let report = try await desk.world.ingest(fills, as: authority)
            #expect(report.accepted == 46)
            for line in ["/campaigns", "/campaigns closed \(symbol) main"] {
                var page = try await console.says(line)
                let newest = page
                var seen: [String] = []
                var pages = 1
                while true {
                    seen += page.split(separator: "\n").filter { $0.hasPrefix("#") }
                        .map { String($0.prefix { $0 != " " }) }
                    guard page.contains("Older ›") else { break }
                    page = try await press("Older ›", in: page, of: console)
                    pages += 1
                    try #require(pages < 50)
                }
                #expect(seen.count == 23)
                #expect(Set(seen).count == 23)
                #expect(pages == 3)
                #expect(try await press("⇤ Newest", in: page, of: console) == newest)
            }
        }
    }

    @Test func `what stands behind a position is shown so that it can be checked`() async throws {
        try await Desk.run { desk in
            let (console, authority) = try await desk.member()
            try await postJourney(desk, authority)
            try await desk.world.post(at("05T10:00", "6", "BUY", "20", "12.5"), as: authority)
            let shown = try await console.says("/why BTCUSDT main")
            #expect(
                squeezedLines(shown) == [
                    "Why BTCUSDT stands at -30",
                    "=========================",
                    "Portfolio: main",
                    "Held: -30",
                    "Cost: -390",
                    "Average: 13",
                    "Realized: ▲ +260.00 USDT",
                    "Of it before: ▲ +250.00 USDT in 1 earlier",
                    "Campaign: #5",
                    "Realized in it: ▲ +10.00 USDT",
                    "Time Did Quantity Price Realized Held then Cost then Lot left",
                    "2026-02-04 14:30 UTC STC+STO 50 of 170 13 – -50 -650 30",
                    "2026-02-05 10:00 UTC BTC 20 12.5 ▲ +10.00 USDT -30 -390 –",
                    "↳ 2026-02-04 14:30 UTC lot 20 13 ▲ +10.00 USDT",
                    "These are the open campaign's trades; realized and cost are by average cost.",
                    "↳ is what a trade took from a lot (fifo), at its cost.",
                    "[1] Refresh", "[2] Campaign #5 [3] Trades [4] Position",
                ])
            #expect(try await console.says("/why btcusdt") == shown)
            let campaign = try await press("Campaign #5", in: shown, of: console)
            #expect(campaign.hasPrefix("BTCUSDT short, open\n"))
            #expect(try await press("Why", in: campaign, of: console) == shown)
            #expect(try await console.says("/why").contains("Name its symbol"))
            #expect(try await console.says("/why NOTHING").contains("BTCUSDT"))
        }
    }

    @Test func `an account of many trades and lots is paged without a gap`() async throws {
        try await Desk.run { desk in
            let (console, authority) = try await desk.member()
            var fills: [String] = []
            for index in 0..<80 {
                let time = "01T1\(index / 40):\(index % 40 + 10)"
                fills.append(at(time, "b\(index)", "BUY", "1", "7\(index + 100)"))
            }
            fills.append(at("02T10:00", "s", "SELL", "79", "8000"))
            #expect(try await desk.world.ingest(fills, as: authority).accepted == 81)
            var page = try await console.says("/why BTCUSDT")
            let first = page
            var lines: [String] = []
            var pages = 1
            while true {
                lines += page.split(separator: "\n").filter {
                    $0.contains(":") && $0.contains("UTC")
                }
                .map { $0.split(separator: " ").prefix(7).joined(separator: " ") }
                guard page.contains("More ›") else { break }
                page = try await press("More ›", in: page, of: console)
                pages += 1
                try #require(pages < 50)
            }
            // 15 trades a page; what the last one closed takes more than one.
            #expect(pages > 6)
            #expect(lines.count { $0.contains(" BTO 1 ") } == 80)
            #expect(lines.count { $0.contains(" STC 79 ") } == 1)
            #expect(lines.count { $0.hasPrefix("↳") } == 79)
            #expect(Set(lines).count == 160)
            #expect(try await press("⇤ First", in: page, of: console) == first)
        }
    }

    @Test func `which of several positions is meant is asked for, with buttons`() async throws {
        try await Desk.run { desk in
            let (console, authority) = try await desk.member()
            _ = try await desk.world.services.portfolios.add(
                name: "second", brokerCode: "IBKR", currency: .usd, isDefault: false,
                for: authority.caller)
            try await desk.world.post(
                at("01T10:00", "1", "BUY", "1", "10"),
                at("01T10:00", "2", "BUY", "2", "10", strategy: "momo"),
                at("01T10:00", "3", "BUY", "3", "10", portfolio: "second"), as: authority)
            let choice = try await console.says("/why BTCUSDT")
            #expect(choice.hasPrefix("Which position in BTCUSDT?\n"))
            #expect(
                try await press("main · momo@1.0", in: choice, of: console)
                    .hasPrefix("Why BTCUSDT stands at 2\n"))
            _ = try await console.says("/why BTCUSDT")
            #expect(
                try await press("second", in: choice, of: console)
                    .hasPrefix("Why BTCUSDT stands at 3\n"))
            #expect(
                try await console.says("/why BTCUSDT second")
                    .hasPrefix("Why BTCUSDT stands at 3\n"))
            #expect(
                try await console.says("/why BTCUSDT main").hasPrefix("Which position"))
            try await desk.world.post(
                at("01T10:00", "4", "BUY", "1", "10", symbol: "ETH"), as: authority)
            let nowhere = try await console.says("/why ETH second")
            #expect(nowhere.contains("no position in ETH, second"))
            #expect(nowhere.contains("It is in: main"))
        }
    }

    @Test func `another's campaigns and positions do not exist for me`() async throws {
        try await Desk.run { desk in
            let (ada, adas) = try await desk.member(1001)
            let (bob, _) = try await desk.member(1002)
            try await postJourney(desk, adas)
            let uid = try await desk.world.texts(
                "SELECT uid FROM position_campaigns ORDER BY id")[0]
            for line in ["/campaign #1", "/campaign 1", "/campaign \(uid)", "/campaign #1 leg 1"] {
                #expect(try await ada.says(line).contains("BTCUSDT"))
                let shown = try await bob.says(line)
                #expect(shown.contains("There is no such campaign."), "\(line)")
                #expect(!shown.contains("BTCUSDT"), "\(line)")
            }
            for line in ["/campaigns", "/campaign BTCUSDT", "/why BTCUSDT", "/campaigns BTCUSDT"] {
                let shown = try await bob.says(line)
                #expect(!shown.contains("250") && !shown.contains("2026-02"), "\(line)")
            }
        }
    }

    @Test(arguments: [
        ("/campaign", "/campaigns lists their numbers"), ("/campaign #99", "no such campaign"),
        ("/campaign #1 leg 9", "the legs 1 to 4"), ("/campaign #1 leg", "“#1 leg”"),
        ("/campaign #99999999999999999999", "no campaign or traded symbol"),
        ("/campaign BTCUSD", "no campaign or traded symbol"),
        ("/campaign 00000000-0000-7000-8000-000000000000", "no such campaign"),
    ])
    func `what names no campaign is told so`(_ line: String, _ reason: String) async throws {
        try await Desk.run { desk in
            let (console, authority) = try await desk.member()
            try await postJourney(desk, authority)
            let shown = try await console.says(line)
            #expect(shown.lowercased().contains(reason.lowercased()), "\(shown)")
        }
    }

    @Test func `buttons lead from one command to another in Telegram too`() async throws {
        try await BotWorld.run { bot in
            let (ada, authority) = try await bot.member(1001)
            try await bot.world.post(
                at("01T10:00", "1", "BUY", "1", "10"), at("02T10:00", "2", "SELL", "1", "11"),
                as: authority)
            try await bot.running {
                ada.says("/campaigns")
                let list = try await ada.hears("Campaigns")
                try ada.presses("#1", on: list)
                let campaign = try await ada.hears("Journey")
                #expect(campaign.id == list.id)
                try ada.presses("Why", on: campaign)
                let why = try await ada.hears("Why BTCUSDT stands at 0")
                #expect(why.id == list.id)
                try await settled(bot)
            }
        }
    }
}
