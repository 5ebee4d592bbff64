public import Ledger

extension Chart {
    /// The first panel's figures as a line of blocks, for a terminal: `▁▂▄▇█`.
    ///
    /// At most `width` characters; empty where there is nothing to draw.
    public func sparkline(width: Int = 60) -> String {
        let points = panels.first?.sparkPoints ?? []
        guard let low = points.map(\.value).min(), let high = points.map(\.value).max() else {
            return ""
        }
        let columns = min(width, points.count)
        let blocks: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
        let range = high.drawn - low.drawn
        return String(
            (0..<columns).map { column in
                let point = points[(column + 1) * points.count / columns - 1]
                guard range > 0 else { return blocks[blocks.count / 2] }
                let height = (point.value.drawn - low.drawn) / range
                return blocks[min(blocks.count - 1, Int(height * Double(blocks.count)))]
            })
    }

    /// The lowest and the highest figure of the first panel; nil where there is none.
    public var range: ClosedRange<Decimal>? {
        let values = (panels.first?.sparkPoints ?? []).map(\.value)
        guard let low = values.min(), let high = values.max() else { return nil }
        return low...high
    }
}

extension Chart.Panel {
    fileprivate var sparkPoints: [Chart.Point] {
        for series in series {
            switch series {
            case .area(let points) where !points.isEmpty: return points
            case .path(let points) where !points.isEmpty: return points
            default: continue
            }
        }
        return []
    }
}
