import Ledger

/// One panel: its grid, its figures, its label.
struct PanelDrawing {
    let panel: Chart.Panel
    let axis: ValueAxis
    let time: TimeAxis
    let canvas: Canvas
    let box: Box

    private static let lineWidth = 4.0
    private static let widestBar = 56.0
    /// From so many markers on they are drawn smaller, and beyond `mostMarkers` only a journey's
    /// ends.
    private static let manyMarkers = 40
    private static let mostMarkers = 120

    func draw() {
        canvas.text(
            panel.label, x: box.left, y: box.top - 16, size: Drawing.small, Palette.quiet)
        grid()
        // Dots and markers at the edges keep their whole shape.
        canvas.clipped(
            x: box.left - 14, y: box.top - 14, width: box.width + 28, height: box.height + 28
        ) {
            for series in panel.series { draw(series) }
        }
        for series in panel.series {
            if case .level(let value, _) = series { tag(value) }
        }
    }

    private func x(_ time: Timestamp) -> Double { box.left + self.time.place(time) * box.width }

    private func y(_ value: Decimal) -> Double { y(axis.height(value)) }

    private func y(_ height: Double) -> Double { box.bottom - height * box.height }

    private func place(_ point: Chart.Point) -> (x: Double, y: Double) {
        (x(point.time), y(point.value))
    }

    private func grid() {
        for tick in axis.ticks {
            let y = y(axis.height(tick.value)).rounded() + 0.5
            let isZero = tick.value == 0 && panel.includesZero
            canvas.line(
                [(box.left, y), (box.right, y)], isZero ? Palette.zero : Palette.grid,
                width: isZero ? 2.5 : 1.5)
            canvas.text(
                tick.label, x: canvas.width - Drawing.right, y: y + 8, size: Drawing.small,
                Palette.quiet, .right)
        }
    }

    private func draw(_ series: Chart.Series) {
        switch series {
        case .area(let points): area(points)
        case .path(let points):
            canvas.line(Thinning.of(points).map(place), Palette.line, width: 3)
        case .steps(let points, _):
            canvas.line(corners(points), Palette.accent, width: 3.5, dashes: [14, 8])
        case .bars(let bars): bars.forEach(bar)
        case .markers(let markers):
            let size = markers.count > Self.manyMarkers ? 10.0 : 16.0
            let isCrowded = markers.count > Self.mostMarkers
            for marker in markers where !isCrowded || marker.kind.isEnd {
                let (x, y) = place(marker.point)
                MarkerShape(kind: marker.kind, size: size).draw(on: canvas, x: x, y: y)
            }
        case .level(let value, _):
            canvas.line(
                [(box.left, y(value)), (box.right, y(value))], Palette.ink, width: 2.5,
                dashes: [3, 7])
        case .outlook(let from, let to, _):
            canvas.line([place(from), place(to)], Palette.ink, width: 3, dashes: [4, 8])
            let (x, y) = place(to)
            canvas.dot(x: x, y: y, radius: 9, fill: Palette.ground, edge: Palette.ink, width: 4)
        }
    }

    private func area(_ points: [Chart.Point]) {
        guard let first = points.first, let last = points.last else { return }
        let places = Thinning.of(points).map(place)
        let floor = y(min(max(axis.height(0.0), 0), 1))
        canvas.shape(
            [(x(first.time), floor)] + places + [(x(last.time), floor)],
            fill: Palette.line.faded(0.16), edge: nil)
        canvas.line(places, Palette.line, width: Self.lineWidth)
        let (x, y) = place(last)
        canvas.dot(
            x: x, y: y, radius: 8, fill: Palette.line, edge: Palette.ground, width: 3)
    }

    /// Level until the next point, then up or down to it.
    private func corners(_ points: [Chart.Point]) -> [(x: Double, y: Double)] {
        var corners: [(x: Double, y: Double)] = []
        for point in Thinning.of(points) {
            let next = place(point)
            if let last = corners.last { corners.append((next.x, last.y)) }
            corners.append(next)
        }
        return corners
    }

    private func bar(_ bar: Chart.Bar) {
        guard !bar.value.isZero else { return }
        let (from, to) = (x(bar.from), x(bar.to))
        let width = min(max(2, (to - from) * 0.72), Self.widestBar)
        let zero = y(axis.height(0.0))
        let end = y(bar.value)
        // What is there can be seen, however small it is.
        let height = max(2, (end - zero).magnitude)
        canvas.box(
            x: (from + to - width) / 2, y: bar.value.isNegative ? zero : zero - height,
            width: width, height: height, bar.value.isNegative ? Palette.loss : Palette.gain)
    }

    /// The level's value among the axis' labels, as it is written there.
    private func tag(_ value: Decimal) {
        let y = y(value)
        canvas.shape(
            [(box.right + 2, y), (box.right + 12, y - 8), (box.right + 12, y + 8)],
            fill: Palette.ink, edge: nil)
    }
}

/// A long line with fewer points that looks the same: of each stretch its lowest and its highest.
enum Thinning {
    private static let stretches = 150

    static func of(_ points: [Chart.Point]) -> [Chart.Point] {
        guard points.count > 3 * stretches else { return points }
        var thinned = [points[0]]
        let inner = points.dropFirst().dropLast()
        for stretch in 0..<stretches {
            let from = inner.startIndex + inner.count * stretch / stretches
            let to = inner.startIndex + inner.count * (stretch + 1) / stretches
            let part = inner[from..<to]
            guard let low = part.indices.min(by: { part[$0].value < part[$1].value }),
                let high = part.indices.max(by: { part[$0].value < part[$1].value })
            else { continue }
            thinned.append(part[min(low, high)])
            if low != high { thinned.append(part[max(low, high)]) }
        }
        return thinned + [points[points.count - 1]]
    }
}

extension Chart.Marker.Kind {
    fileprivate var isEnd: Bool { self == .open || self == .close }
}

/// What was done, told by shape: filled at a journey's ends, hollow within; up for more, down for
/// less.
struct MarkerShape {
    let kind: Chart.Marker.Kind
    let size: Double

    func draw(on canvas: Canvas, x: Double, y: Double) {
        let isUp = kind == .open || kind == .add
        let isFilled = kind == .open || kind == .close
        let color = isUp ? Palette.gain : Palette.loss
        let height = isUp ? -size : size
        canvas.shape(
            [(x, y + height), (x + size, y - height * 0.72), (x - size, y - height * 0.72)],
            fill: isFilled ? color : Palette.ground, edge: isFilled ? Palette.ground : color,
            width: isFilled ? 2 : size / 4)
    }
}

/// What the shapes and lines on a chart mean.
struct Legend {
    enum Entry: Hashable {
        case marker(Chart.Marker.Kind)
        case steps(String)
        case level(String)
        case outlook(String)
    }

    private(set) var entries: [Entry] = []

    private static let sampleWidth = 44.0

    init(_ chart: Chart) {
        for series in chart.panels.flatMap(\.series) {
            switch series {
            case .markers(let markers):
                let kinds = Set(markers.map(\.kind))
                entries += Chart.Marker.Kind.allCases.filter(kinds.contains).map(Entry.marker)
            case .steps(_, let label): entries.append(.steps(label))
            case .level(_, let label): entries.append(.level(label))
            case .outlook(_, _, let label): entries.append(.outlook(label))
            case .area, .path, .bars: break
            }
        }
    }

    func draw(on canvas: Canvas, y: Double) {
        var x = Drawing.left
        for entry in entries {
            let middle = y - 9
            let line = [(x: x, y: middle), (x: x + Self.sampleWidth, y: middle)]
            let label: String
            switch entry {
            case .marker(let kind):
                MarkerShape(kind: kind, size: 13).draw(on: canvas, x: x + 13, y: middle)
                label = kind.rawValue
                x += 36
            case .steps(let text):
                canvas.line(line, Palette.accent, width: 3.5, dashes: [14, 8])
                label = text
                x += Self.sampleWidth + 12
            case .level(let text):
                canvas.line(line, Palette.ink, width: 2.5, dashes: [3, 7])
                label = text
                x += Self.sampleWidth + 12
            case .outlook(let text):
                canvas.line(line, Palette.ink, width: 3, dashes: [4, 8])
                canvas.dot(
                    x: x + Self.sampleWidth, y: middle, radius: 8, fill: Palette.ground,
                    edge: Palette.ink, width: 3.5)
                label = text
                x += Self.sampleWidth + 22
            }
            let room = canvas.width - Drawing.right - x
            let shown = canvas.fitted(label, width: room, size: Drawing.small)
            canvas.text(shown, x: x, y: y, size: Drawing.small, Palette.quiet)
            x += canvas.width(of: shown, size: Drawing.small) + 40
        }
    }
}
