import Ledger

/// The values of a panel as heights, with round numbers along them.
struct ValueAxis {
    struct Tick: Hashable {
        let value: Double
        let label: String
    }

    let lowest: Double
    let highest: Double
    let ticks: [Tick]

    /// Room above and below the figures, as a part of their range.
    private static let margin = 0.06

    /// At most `mostTicks` (2 or more) round numbers in steps of 1, 2 or 5 times a power of ten.
    init(_ values: [Decimal], includesZero: Bool, mostTicks: Int) {
        var numbers = values.map(\.drawn)
        if includesZero || numbers.isEmpty { numbers.append(0) }
        var low = numbers.min() ?? 0
        var high = numbers.max() ?? 0
        if low == high {
            // A single value stands in the middle.
            let pad = low == 0 ? 1 : low.magnitude * 0.05
            low -= pad
            high += pad
        } else {
            let pad = (high - low) * Self.margin
            if !(includesZero && low == 0) { low -= pad }
            if !(includesZero && high == 0) { high += pad }
        }
        (lowest, highest) = (low, high)
        let isFlat = (numbers.min() ?? 0) == (numbers.max() ?? 0)
        let step = RoundStep(range: high - low, mostSteps: mostTicks)
        ticks = isFlat && includesZero ? [Tick(value: 0, label: "0")] : step.ticks(low...high)
    }

    /// 0 at the bottom, 1 at the top.
    func height(_ value: Decimal) -> Double {
        (value.drawn - lowest) / (highest - lowest)
    }

    func height(_ value: Double) -> Double { (value - lowest) / (highest - lowest) }
}

extension Decimal {
    /// Near enough for a place on a picture.
    var drawn: Double { Double(units) / 1e18 }
}

/// A distance of 1, 2 or 5 times a power of ten.
struct RoundStep: Hashable {
    let digit: Int
    let exponent: Int

    /// The smallest that fits into `range` at most `mostSteps` times.
    init(range: Double, mostSteps: Int) {
        // Far below what a decimal tells apart.
        var exponent = -20
        var power = 1e-20
        while power * 10 * Double(mostSteps) < range, exponent < 24 {
            exponent += 1
            power *= 10
        }
        let digit = [1, 2, 5].first { Double($0) * power * Double(mostSteps) >= range }
        self.digit = digit ?? 1
        self.exponent = digit == nil ? exponent + 1 : exponent
    }

    private var size: Double { Double(digit) * Self.power(exponent) }

    private static func power(_ exponent: Int) -> Double {
        var power = 1.0
        for _ in 0..<exponent.magnitude { power *= 10 }
        return exponent < 0 ? 1 / power : power
    }

    func ticks(_ range: ClosedRange<Double>) -> [ValueAxis.Tick] {
        let first = (range.lowerBound / size).rounded(.up)
        let last = (range.upperBound / size).rounded(.down)
        // Where the range is tiny against its values the numbers are the same to a double.
        guard first <= last, last - first <= 100, first.magnitude < 1e15, last.magnitude < 1e15
        else { return [] }
        let unit = unit(upTo: max(range.lowerBound.magnitude, range.upperBound.magnitude))
        return (Int(first)...Int(last)).map { index in
            ValueAxis.Tick(
                value: Double(index) * size,
                label: Self.text(index * digit, exponent: exponent - unit.exponent)
                    + (index == 0 ? "" : unit.suffix))
        }
    }

    /// Large numbers are told in thousands, millions, … where that leaves one decimal at most.
    private func unit(upTo largest: Double) -> (exponent: Int, suffix: String) {
        let units = [(12, "T"), (9, "B"), (6, "M"), (3, "k")]
        guard largest < 1e15 else { return (0, "") }
        let fitting = units.first { unit, _ in
            let isLarge = largest >= Self.power(unit) * (unit == 3 ? 10 : 1)
            return isLarge && exponent >= unit - 1
        }
        return fitting ?? (0, "")
    }

    /// `number` × 10^`exponent` with all its digits, or as `2e-12` where they would be too many.
    static func text(_ number: Int, exponent: Int) -> String {
        guard number != 0 else { return "0" }
        let sign = number < 0 ? "−" : ""
        var digits = String(number.magnitude)
        var exponent = exponent
        while exponent < 0 || exponent > 12, digits.last == "0" {
            digits.removeLast()
            exponent += 1
        }
        if exponent < -10 || exponent > 12 { return "\(sign)\(digits)e\(exponent)" }
        if exponent >= 0 { return sign + digits + String(repeating: "0", count: exponent) }
        let decimals = -exponent
        if digits.count <= decimals {
            digits = String(repeating: "0", count: decimals - digits.count + 1) + digits
        }
        return sign + digits.dropLast(decimals) + "." + digits.suffix(decimals)
    }
}
