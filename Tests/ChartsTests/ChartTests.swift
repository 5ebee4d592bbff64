import Charts
import Foundation
import Ledger
import Testing

/// Pictures: of the stated size, whatever is drawn, with round numbers and dates along their edges.
///
/// With `BLOTTER_TEST_PICTURES=FOLDER` in the environment each is written there, to be looked at.
@Suite struct ChartTests {
    private static func day(_ text: String) throws -> Day { try #require(Day(canonical: text)) }

    /// A walk of `count` steps of `days` days.
    private static func walk(
        from start: String, count: Int, days: Int = 1, subject: String? = "main",
        amount: (Int) -> Ledger.Decimal
    ) throws -> Chart {
        var sum = Ledger.Decimal.zero
        var day = try day(start)
        var points = [Chart.Point(day.start, .zero)]
        var bars: [Chart.Bar] = []
        let first = day
        for index in 0..<count {
            let next = day.adding(days: days)
            sum = try sum + amount(index)
            bars.append(Chart.Bar(from: day.start, to: next.start, amount(index)))
            points.append(Chart.Point(next.start, sum))
            day = next
        }
        return Chart(
            title: "Net P&L", subject: subject, period: "\(first) to \(day), UTC",
            headline: "\(sum) USD", tone: .neutral, span: first.start...day.start,
            panels: [
                .init("Cumulative, USD", includesZero: true, weight: 3, series: [.area(points)]),
                .init("By day, USD", includesZero: true, weight: 2, series: [.bars(bars)]),
            ])
    }

    /// Up and down without any chance in it.
    private static func zigzag(_ index: Int) -> Ledger.Decimal {
        Ledger.Decimal((index * 7919) % 201 - 97)
    }

    private static func scaled(_ amount: Ledger.Decimal, _ scale: String) throws -> Ledger.Decimal {
        try amount * Ledger.Decimal(parsing: scale)
    }

    /// A price path with every kind of marker.
    private static func path(_ count: Int) throws -> Chart {
        let start = try day("2026-02-02").start
        var price = Ledger.Decimal(65_000)
        var points: [Chart.Point] = []
        var markers: [Chart.Marker] = []
        for index in 0..<count {
            price = try price + zigzag(index)
            let point = Chart.Point(start.adding(seconds: Int64(index) * 1800), price)
            points.append(point)
            let kind: Chart.Marker.Kind =
                index == 0 ? .open : index == count - 1 ? .close : index % 2 == 0 ? .add : .reduce
            markers.append(Chart.Marker(kind, point))
        }
        let end = points[count - 1].time
        return Chart(
            title: "Long, closed", subject: "BTCUSDT", period: "2026-02-02, UTC",
            headline: "▼ -1.00 USDT", tone: .loss, span: start...max(end, start),
            panels: [
                .init(
                    "Price, USDT", includesZero: false,
                    series: [
                        .steps(points, label: "average"), .path(points),
                        .level(price, label: "mark \(price)"), .markers(markers),
                        .outlook(
                            from: points[0], to: points[count - 1], label: "with what is open"),
                    ])
            ])
    }

    private static func cases() throws -> [(name: String, chart: Chart)] {
        let marks = "a\u{301}\u{202E}<b>&\"\u{200B}\u{7}"
        return [
            ("one-day", try walk(from: "2026-02-19", count: 1, amount: zigzag)),
            ("week", try walk(from: "2026-02-16", count: 7, amount: zigzag)),
            ("quarter", try walk(from: "2026-01-01", count: 90, amount: zigzag)),
            ("year", try walk(from: "2025-02-19", count: 365, amount: zigzag)),
            ("five-years", try walk(from: "2021-02-19", count: 60, days: 30, amount: zigzag)),
            ("centuries", try walk(from: "1900-01-01", count: 100, days: 365, amount: zigzag)),
            ("zero", try walk(from: "2026-02-01", count: 20) { _ in .zero }),
            ("losses", try walk(from: "2026-02-01", count: 20) { -Ledger.Decimal($0 + 1) }),
            (
                "tiny",
                try walk(from: "2026-02-01", count: 20) {
                    (try? scaled(zigzag($0), "0.000000000000000001")) ?? .zero
                }
            ),
            (
                "huge",
                try walk(from: "2026-02-01", count: 20) {
                    (try? scaled(zigzag($0), "10000000000000000")) ?? .zero
                }
            ),
            (
                "long-name",
                try walk(
                    from: "2026-02-01", count: 20,
                    subject: String(repeating: "Übergröße ", count: 400), amount: zigzag)
            ),
            (
                "emoji",
                try walk(
                    from: "2026-02-01", count: 20, subject: String(repeating: "🚀", count: 4096),
                    amount: zigzag)
            ),
            ("hebrew", try walk(from: "2026-02-01", count: 20, subject: "עברית", amount: zigzag)),
            ("marks", try walk(from: "2026-02-01", count: 20, subject: marks, amount: zigzag)),
            ("empty-name", try walk(from: "2026-02-01", count: 20, subject: "", amount: zigzag)),
            ("one-fill", try path(1)), ("fills", try path(9)), ("many-fills", try path(200)),
            ("all-fills", try path(2000)),
        ]
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> Int {
        bytes.reduce(0) { $0 << 8 | Int($1) }
    }

    @Test func `a picture of anything is a PNG of the stated size below 100 KB`() throws {
        let folder = ProcessInfo.processInfo.environment["BLOTTER_TEST_PICTURES"]
        for (name, chart) in try Self.cases() {
            let png = try ChartRenderer.png(chart)
            #expect(png.starts(with: [0x89, 0x50, 0x4E, 0x47]), "\(name)")
            #expect(Self.number(png[16..<20]) == ChartRenderer.width, "\(name)")
            #expect(Self.number(png[20..<24]) == ChartRenderer.height, "\(name)")
            #expect(png.count < ChartRenderer.mostBytes, "\(name): \(png.count) bytes")
            if let folder {
                try Data(png).write(to: URL(filePath: folder).appending(path: "\(name).png"))
            }
        }
    }

    @Test func `the same chart is the same picture, also from many tasks at once`() async throws {
        let chart = try Self.path(9)
        let first = try ChartRenderer.png(chart)
        try await withThrowingTaskGroup { group in
            for _ in 0..<16 { group.addTask { try await ChartRenderer.draw(chart) } }
            for try await png in group { #expect(png == first) }
        }
    }

    /// What a font lacks, or can't be shown letter by letter, is left out rather than shown wrong.
    @Test func `a name that the font can't show changes nothing`() throws {
        let nameless = try Self.walk(from: "2026-02-01", count: 5, subject: nil) { _ in 1 }
        let bare = try ChartRenderer.png(nameless)
        for name in ["עברית", "🚀", "東京", "", "a\u{202E}b", "क्षि"] {
            var chart = nameless
            chart.subject = name
            #expect(try ChartRenderer.png(chart) == bare, "\(name)")
        }
        for name in ["main", "Übergröße", "Ελλάδα", "Москва"] {
            var chart = nameless
            chart.subject = name
            #expect(try ChartRenderer.png(chart) != bare, "\(name)")
        }
    }

    @Test(arguments: [
        (["0", "223.21"], ["0", "100", "200"]),
        (["-900", "900"], ["−1000", "0", "1000"]),
        (["0", "5529783"], ["0", "2M", "4M"]),
        (["0", "0"], ["0"]),
        (["0", "0.00000013"], ["0", "0.00000005", "0.0000001"]),
        (["0", "100000000000000000000"], ["0", "5e19", "1e20"]),
        (["0", "48000"], ["0", "20k", "40k"]),
        (["-3", "-1"], ["−3", "−2", "−1", "0"]),
    ])
    func `amounts stand along round numbers from zero`(
        values: [String], labels: [String]
    ) throws {
        let points = try values.enumerated().map {
            Chart.Point(
                Timestamp(microseconds: Int64($0)), try Ledger.Decimal(parsing: $1))
        }
        var chart = try Self.path(2)
        chart.panels = [.init("USD", includesZero: true, series: [.area(points)])]
        #expect(chart.valueLabels == [labels])
    }

    @Test(arguments: [
        (["65000.1", "65021"], ["65000", "65010", "65020"]),
        (["1.08123", "1.08131"], ["1.08125", "1.0813"]),
        (["182.1", "182.1"], ["175", "180", "185", "190"]),
    ])
    func `prices stand along the round numbers between them`(
        values: [String], labels: [String]
    ) throws {
        let points = try values.enumerated().map {
            Chart.Point(
                Timestamp(microseconds: Int64($0)), try Ledger.Decimal(parsing: $1))
        }
        var chart = try Self.path(2)
        chart.panels = [.init("USD", includesZero: false, series: [.path(points)])]
        #expect(chart.valueLabels == [labels])
    }

    @Test(arguments: [
        ("2026-02-19", 1, ["19 Feb", "06:00", "12:00", "18:00", "20 Feb"]),
        ("2026-02-16", 5, ["16 Feb", "17 Feb", "18 Feb", "19 Feb", "20 Feb", "21 Feb"]),
        ("2026-02-01", 28, ["2 Feb", "9 Feb", "16 Feb", "23 Feb"]),
        ("2025-11-15", 150, ["Dec", "2026", "Feb", "Mar", "Apr"]),
        ("2021-02-19", 1825, ["2022", "2023", "2024", "2025", "2026"]),
        ("1900-01-01", 36_500, ["1900", "1920", "1940", "1960", "1980"]),
    ])
    func `dates stand at round distances`(start: String, days: Int, labels: [String]) throws {
        var chart = try Self.path(2)
        let first = try Self.day(start)
        chart.span = first.start...first.adding(days: days).start
        #expect(chart.timeLabels == labels)
    }

    @Test func `a terminal gets a line of blocks`() throws {
        let chart = try Self.walk(from: "2026-02-01", count: 7) { _ in 1 }
        #expect(chart.sparkline() == "▁▂▃▄▅▆▇█")
        #expect(chart.range == 0...7)
        let long = try Self.walk(from: "2020-01-01", count: 2000, amount: Self.zigzag)
        #expect(long.sparkline(width: 60).count == 60)
        let flat = try Self.walk(from: "2026-02-01", count: 3) { _ in .zero }
        #expect(flat.sparkline() == "▅▅▅▅")
    }
}
