import Ledger

/// Draws charts as PNG pictures: one neutral dark card that reads on light and on dark screens, and
/// on a phone's width.
///
/// Blocks its thread for some 30 ms; a picture has less than `mostBytes`.
public enum ChartRenderer {
    /// In pixels: as wide as a phone.
    public static let width = 1080
    public static let height = 810
    public static let mostBytes = 100_000
    /// The smallest letters have 22 pixels then.
    private static let pixelsPerUnit = 0.9

    /// Throws `ChartError`.
    public static func png(_ chart: Chart) throws(ChartError) -> [UInt8] {
        let smooth = try png(chart, isSmooth: true)
        // Soft edges are what does not pack well; few pictures have so many.
        return smooth.count < mostBytes ? smooth : try png(chart, isSmooth: false)
    }

    private static func png(_ chart: Chart, isSmooth: Bool) throws(ChartError) -> [UInt8] {
        let canvas = Canvas(
            width: width, height: height, pixelsPerUnit: pixelsPerUnit, Palette.ground,
            isSmooth: isSmooth)
        Drawing(chart: chart, canvas: canvas).draw()
        return try canvas.png()
    }
}

enum Palette {
    static let ground = Canvas.Color(0x1B2029)
    static let ink = Canvas.Color(0xF2F4F8)
    static let quiet = Canvas.Color(0xAEB8C6)
    static let grid = Canvas.Color(0x333B48)
    static let zero = Canvas.Color(0x6B7686)
    static let line = Canvas.Color(0x7CB7FF)
    static let gain = Canvas.Color(0x35C493)
    static let loss = Canvas.Color(0xFF7A68)
    static let accent = Canvas.Color(0xFFC857)

    static func of(_ tone: Chart.Tone) -> Canvas.Color {
        switch tone {
        case .gain: gain
        case .loss: loss
        case .neutral: ink
        }
    }
}

/// Where everything on one chart goes.
struct Drawing {
    let chart: Chart
    let canvas: Canvas

    static let left = 44.0
    static let right = 44.0
    static let small = 25.0
    private static let title = 34.0
    private static let headline = 52.0
    private static let headBottom = 176.0
    private static let panelGap = 18.0
    private static let labelHeight = 44.0
    private static let timeHeight = 48.0
    private static let legendHeight = 46.0
    private static let bottom = 26.0
    /// Between the values' labels and the figures.
    private static let gutter = 16.0

    func draw() {
        head()
        let legend = Legend(chart)
        let hasLegend = !legend.entries.isEmpty
        let plotBottom =
            canvas.height - Self.bottom - Self.timeHeight - (hasLegend ? Self.legendHeight : 0)
        let axes = frames(from: Self.headBottom, to: plotBottom)
        let labelWidth =
            axes.flatMap(\.axis.ticks).map { canvas.width(of: $0.label, size: Self.small) }.max()
            ?? 0
        let plotRight = canvas.width - Self.right - labelWidth - Self.gutter
        let time = chart.timeAxis
        for (panel, frame) in zip(chart.panels, axes) {
            PanelDrawing(
                panel: panel, axis: frame.axis, time: time, canvas: canvas,
                box: Box(left: Self.left, right: plotRight, top: frame.top, bottom: frame.bottom)
            ).draw()
        }
        times(time, left: Self.left, right: plotRight, y: plotBottom + 36)
        if hasLegend {
            legend.draw(on: canvas, y: canvas.height - Self.bottom - 8)
        }
    }

    /// Title and name on the left, the figure on the right.
    private func head() {
        let subject = chart.subject.flatMap { canvas.canShow($0) && !$0.isEmpty ? $0 : nil }
        let room = canvas.width - Self.left - Self.right
        let title = [chart.title, subject].compactMap(\.self).joined(separator: " · ")
        canvas.text(
            canvas.fitted(title, width: room, size: Self.title, isBold: true), x: Self.left, y: 66,
            size: Self.title, Palette.ink, isBold: true)
        let period = canvas.fitted(chart.period, width: room, size: Self.small)
        let periodWidth = canvas.width(of: period, size: Self.small)
        // However many digits it has, all of them are there.
        let full = canvas.width(of: chart.headline, size: Self.headline, isBold: true)
        let size = Self.headline * min(1, (room - periodWidth - 36) / max(1, full))
        canvas.text(
            chart.headline, x: Self.left, y: 136, size: size, Palette.of(chart.tone), isBold: true)
        canvas.text(
            period, x: canvas.width - Self.right, y: 134, size: Self.small, Palette.quiet, .right)
    }

    private struct Frame {
        let axis: ValueAxis
        let top: Double
        let bottom: Double
    }

    private func frames(from top: Double, to bottom: Double) -> [Frame] {
        let weights = chart.panels.reduce(0) { $0 + max(1, $1.weight) }
        let count = Double(chart.panels.count)
        let room = bottom - top - count * Self.labelHeight - (count - 1) * Self.panelGap
        var y = top
        return chart.panels.map { panel in
            let height = room * Double(max(1, panel.weight)) / Double(max(1, weights))
            y += Self.labelHeight
            defer { y += height + Self.panelGap }
            return Frame(
                axis: panel.axis(height: height),
                top: y, bottom: y + height)
        }
    }

    /// A time of day stands below its instant, a day, month or year where it begins.
    private func times(_ axis: TimeAxis, left: Double, right: Double, y: Double) {
        var free = left - 20
        for tick in axis.ticks {
            let width = canvas.width(of: tick.label, size: Self.small)
            let x = left + axis.place(tick.time) * (right - left)
            let start = axis.isClock ? max(x - width / 2, left) : x
            guard start >= free, start + width <= canvas.width - Self.right else { continue }
            canvas.line([(x, y - 36), (x, y - 27)], Palette.zero, width: 2)
            canvas.text(tick.label, x: start, y: y, size: Self.small, Palette.quiet)
            free = start + width + 20
        }
    }
}

struct Box {
    let left: Double
    let right: Double
    let top: Double
    let bottom: Double

    var width: Double { right - left }
    var height: Double { bottom - top }
}

extension Chart.Panel {
    /// All that must lie within its axis.
    var values: [Decimal] {
        series.flatMap { series -> [Decimal] in
            switch series {
            case .area(let points), .path(let points), .steps(let points, _): points.map(\.value)
            case .bars(let bars): bars.map(\.value)
            case .markers(let markers): markers.map(\.point.value)
            case .level(let value, _): [value]
            case .outlook(let from, let to, _): [from.value, to.value]
            }
        }
    }
}
