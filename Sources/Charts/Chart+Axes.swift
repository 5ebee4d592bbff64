extension Chart {
    private static let mostTimes = 7

    var timeAxis: TimeAxis { TimeAxis(span, mostTicks: Self.mostTimes) }

    /// The dates or times of day along the lower edge, from left to right; where they would touch
    /// each other some are left out of the picture.
    public var timeLabels: [String] { timeAxis.ticks.map(\.label) }

    /// The round numbers along each panel's axis, from the lowest up.
    public var valueLabels: [[String]] { panels.map { $0.axis(height: 0).ticks.map(\.label) } }
}

extension Chart.Panel {
    private static let heightPerTick = 75.0
    private static let fewestTicks = 4

    /// With as many round numbers as have room.
    func axis(height: Double) -> ValueAxis {
        ValueAxis(
            values, includesZero: includesZero,
            mostTicks: max(Self.fewestTicks, Int(height / Self.heightPerTick)))
    }
}
