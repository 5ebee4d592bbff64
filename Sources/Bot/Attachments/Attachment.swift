public import Charts

/// What follows a screen once it is shown: it is made and sent beside everything else, so that no
/// text waits for it.
public enum Attachment: Sendable, Hashable {
    case chart(Chart)
    /// What it shows is read only then.
    case picture(Picture)
    case export(ListExport)
}

extension Attachment {
    /// What a terminal prints in its place.
    var lines: [String] {
        switch self {
        case .chart(let chart):
            guard let range = chart.range, let label = chart.panels.first?.label else { return [] }
            let span =
                range.lowerBound == range.upperBound
                ? "\(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
            return [chart.sparkline(), "\(label): \(span)"]
        case .picture: return []
        case .export(let export):
            return ["Files are sent in Telegram. Here: \(export.commandLine)"]
        }
    }
}
