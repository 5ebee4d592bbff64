public import Ledger

/// A picture of figures over time: panels one below the other over one time axis.
///
/// Amounts stay decimals until they are drawn. All texts but `subject` are ours; `subject` is what
/// people name their things and is left out of the picture where the font lacks a letter of it.
public struct Chart: Sendable, Hashable {
    /// How a figure is to be taken; shown by sign and shape too, never by colour alone.
    public enum Tone: Sendable, Hashable { case gain, loss, neutral }

    /// One line.
    public var title: String
    /// A name that somebody gave: a portfolio's, an instrument's.
    public var subject: String?
    /// Which days are shown, and in which zone.
    public var period: String
    /// The one figure to be seen at first sight, with its currency.
    public var headline: String
    public var tone: Tone
    /// From the left edge to the right one.
    public var span: ClosedRange<Timestamp>
    /// Never empty.
    public var panels: [Panel]

    public init(
        title: String, subject: String? = nil, period: String, headline: String, tone: Tone,
        span: ClosedRange<Timestamp>, panels: [Panel]
    ) {
        self.title = title
        self.subject = subject
        self.period = period
        self.headline = headline
        self.tone = tone
        self.span = span
        self.panels = panels
    }

    /// One value axis with what is drawn against it.
    public struct Panel: Sendable, Hashable {
        /// What is measured, with its unit.
        public var label: String
        /// Whether the axis begins at zero, as amounts want it, or where the figures do, as prices
        /// want it.
        public var includesZero: Bool
        /// Its height against that of the others.
        public var weight: Int
        /// The first is drawn first.
        public var series: [Series]

        public init(_ label: String, includesZero: Bool, weight: Int = 1, series: [Series]) {
            self.label = label
            self.includesZero = includesZero
            self.weight = weight
            self.series = series
        }
    }

    public enum Series: Sendable, Hashable {
        /// A line with its area down to zero; the last point is marked.
        case area([Point])
        /// A thin line from point to point.
        case path([Point])
        /// A dashed line that keeps its value until the next point.
        case steps([Point], label: String)
        /// From zero to their amounts.
        case bars([Bar])
        case markers([Marker])
        /// A line at one value over all of the span.
        case level(Decimal, label: String)
        /// From where a line ended to what it would come to now.
        case outlook(from: Point, to: Point, label: String)
    }

    public struct Point: Sendable, Hashable {
        public var time: Timestamp
        public var value: Decimal

        public init(_ time: Timestamp, _ value: Decimal) {
            self.time = time
            self.value = value
        }
    }

    /// What a stretch of time came to.
    public struct Bar: Sendable, Hashable {
        public var from: Timestamp
        public var to: Timestamp
        public var value: Decimal

        public init(from: Timestamp, to: Timestamp, _ value: Decimal) {
            self.from = from
            self.to = to
            self.value = value
        }
    }

    /// What was done at a point; each kind has a shape of its own.
    public struct Marker: Sendable, Hashable {
        public enum Kind: String, Sendable, Hashable, CaseIterable {
            case open, add, reduce, close
        }

        public var point: Point
        public var kind: Kind

        public init(_ kind: Kind, _ point: Point) {
            self.kind = kind
            self.point = point
        }
    }
}
