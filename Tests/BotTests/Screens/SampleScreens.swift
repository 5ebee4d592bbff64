import Bot
import Ledger
import Testing

/// Screens like those the commands make, for the golden files and the hostile texts.
enum SampleScreens {
    static func all() throws -> [(name: String, screen: Screen)] {
        [
            ("positions", try positions()), ("marks", try marks()),
            ("approval", try approval(of: "ada")),
            ("proposal", try proposal()), ("token", token()), ("empty", empty()),
            ("hostile", try hostile()),
            ("scripts", try scripts()),
        ]
    }

    static func decimal(_ text: String) throws -> Decimal { try Decimal(parsing: text) }

    static func currency(_ code: String) throws -> Currency { try #require(Currency(code)) }

    static func time(_ canonical: String) throws -> Timestamp {
        try #require(Timestamp(canonical: canonical))
    }

    static func positions() throws -> Screen {
        let usdt = try currency("USDT")
        let usd = try currency("USD")
        let table = Table(
            caption: "Portfolio main",
            columns: [
                .init("Symbol"), .init("Quantity", .right), .init("Average", .right),
                .init("Unrealized", .right), .init("Opened", .center),
            ],
            rows: [
                [
                    "BTCUSDT", .decimal(try decimal("0.5")), .decimal(try decimal("65000.1")),
                    .gain(try decimal("1250.4"), usdt),
                    .time(try time("2026-02-19T14:32:00.123000Z")),
                ],
                [
                    "ES", .decimal(-2), .decimal(try decimal("5210.25")),
                    .gain(try decimal("-387.505"), usd),
                    .time(try time("2026-02-20T09:00:59.999999Z")),
                ],
                ["AAPL", .decimal(10), .decimal(try decimal("181.3333333333")), .gain(0, usd)],
            ],
            total: ["Total", .empty, .empty, .joined([.gain(try decimal("862.895"), usd)])])
        return Screen(
            title: "Positions",
            blocks: [
                .facts([
                    Fact("Portfolio", "main"),
                    Fact("Realized", .money(try decimal("-12.345"), usd)),
                    Fact("Fees", .joined([.money(try decimal("0.65"), usdt), .money(0, usd)])),
                ]),
                .table(table),
                .note("Marks are of \(try time("2026-02-20T21:00:00.000000Z"))."),
            ],
            buttons: [
                [
                    try Button("1/3", action: "positions:1"),
                    try Button("2 ›", action: "positions:2"),
                ]
            ])
    }

    /// A stale mark, totals in the reader's own currency, and a rate that lacks.
    static func marks() throws -> Screen {
        let usdt = try currency("USDT")
        let euro = try currency("EUR")
        let table = Table(
            columns: [.init("Symbol"), .init("Mark", .right), .init("Unrealized", .right)],
            rows: [
                ["BTCUSDT", "\(try decimal("66890.5")) ⏱", .gain(try decimal("945.2"), usdt)],
                ["ETHUSDT", .decimal(try decimal("3164.7")), .gain(try decimal("-12.5"), usdt)],
            ])
        return Screen(
            title: "Positions",
            blocks: [
                .facts([
                    Fact("Unrealized", .gain(try decimal("932.7"), usdt)),
                    Fact("Unrealized in EUR (converted)", .gain(try decimal("858.084"), euro)),
                ]),
                .table(table),
                .note(
                    "⏱ The mark is older than 15 min: the oldest is of \(try time("2026-02-20T20:44:59.000000Z"))."
                ),
                .note("No rate from BNB to EUR: \(code: "/fx BNB EUR RATE")"),
            ])
    }

    static func approval(of name: String) throws -> Screen {
        Screen(
            title: "A new user asks to come in",
            blocks: [
                .facts([
                    Fact("Name", .text(name)), Fact("Telegram id", "\(4_242)"),
                    Fact("Asked", .time(try time("1969-12-31T23:59:59.500000Z"))),
                ]),
                .note("\(name) sees nothing until an admin decides."),
            ],
            buttons: [
                [
                    try Button("Approve", action: "approve:1f0c", style: .success),
                    try Button("Reject", action: "reject:1f0c", style: .danger),
                ],
                [try Button("All users", action: "users:1", style: .primary)],
            ])
    }

    static func proposal() throws -> Screen {
        let usd = try currency("USD")
        let price = try decimal("182.5")
        return Screen(
            title: "BUY 10 AAPL at 182.5?",
            blocks: [
                .facts([
                    Fact("Instrument", "AAPL, EQUITY, USD, NASDAQ"), Fact("Side", "BUY"),
                    Fact("Quantity", .decimal(10)), Fact("Price", .decimal(price)),
                    Fact("Notional", "\(1825 as Decimal) \(usd)"),
                    Fact("Fee", "\(1 as Decimal) \(usd)"),
                    Fact("Time", .time(try time("2026-02-01T14:30:00.000000Z"))),
                    Fact("Portfolio", "main"), Fact("Reason", .text("<b>dip</b> & “hope”")),
                    Fact("Position", "\(-4 as Decimal) → \(6 as Decimal)"),
                ]),
                .note("Nothing is stored before you confirm, within 15 minutes."),
            ],
            buttons: [
                [
                    try Button("Confirm", action: "confirm:1f0c", style: .success),
                    try Button("Discard", action: "discard:1f0c", style: .danger),
                ]
            ])
    }

    static func token() -> Screen {
        Screen(
            title: "Your new token",
            blocks: [
                .note("\(code: "blt_9f8e7d6c5b4a")"),
                .note("It is shown this once. Send it as “Authorization: Bearer …”."),
                .details(
                    Details(
                        summary: "How to post a fill",
                        text:
                            "curl -X POST https://example.org/v1/fills\n\n  -d '{\"fills\": []}' & wait"
                    )),
            ])
    }

    static func empty() -> Screen {
        let columns: [Table.Column] = [.init("Symbol"), .init("Quantity", .right)]
        return Screen(
            title: "Orders",
            blocks: [
                .facts([]),
                .table(Table(caption: "Open", columns: columns, whenEmpty: "No open orders.")),
                .table(Table(columns: columns)),
            ], buttons: [[]])
    }

    /// Every field that can hold text from outside holds `text`.
    static func filled(with text: String) throws -> Screen {
        let table = Table(
            caption: text, columns: [.init(text), .init(text, .right), .init(text, .center)],
            rows: [[.text(text), .code(text), "\(text)x"], [.text(text)]], total: [.text(text)],
            whenEmpty: text)
        return Screen(
            title: text,
            blocks: [
                .facts([Fact(text, .text(text)), Fact("x", .code(text))]), .table(table),
                .table(Table(caption: text, columns: [.init(text)], whenEmpty: text)),
                .note("a \(text) b"),
                .details(Details(summary: text, lines: [.text(text), .code(text)])),
            ],
            buttons: [[try Button("x" + text, action: "x")]])
    }

    static func hostile() throws -> Screen {
        try filled(
            with:
                "</pre><a href=\"x\">&amp;'\u{1B}[31m\u{202E}evil\u{200B}\u{0}\r\n<\u{338}z\u{FEFF}"
        )
    }

    /// Wide, combining, joined and right-to-left characters, side by side with numbers.
    static func scripts() throws -> Screen {
        let names = [
            "plain", "株式会社", "한국", "e\u{301}te\u{301}", "👩‍👩‍👧 family", "🇩🇪 flag", "❤️ heart",
            "תיק ראשי", "محفظة", "\u{301}lone", "z\u{300}\u{301}\u{302}\u{303}\u{304}\u{305}!",
        ]
        let table = Table(
            columns: [.init("Name"), .init("Mid", .center), .init("Quantity", .right)],
            rows: names.map { [.text($0), .text($0), .decimal(12)] },
            total: ["Total", .empty, .decimal(132)])
        return Screen(title: "Portfolios", blocks: [.table(table)])
    }
}
