import Ledger

/// A second ledger, written from the words of the design and not from the first one: for a list of
/// fills in any order it works out everything from scratch, in whole units of 10⁻¹⁸ of any size.
/// It is slow, and nothing in it can overflow.
struct PlainLedger {
    /// In the order of truth.
    let trades: [PlainTrade]
    /// The campaigns, in the order in which they were opened; the last one may be open.
    private(set) var journeys: [PlainJourney] = []
    /// Where the parts of each trade are: the one that closed, the one that opened.
    private(set) var places: [(closing: PlainPlace?, opening: PlainPlace?)] = []

    init(_ fills: [Fill], windowSeconds: Int = 300) {
        let ordered = fills.sorted { one, other in
            one.time.microseconds != other.time.microseconds
                ? one.time.microseconds < other.time.microseconds
                : Array(one.id.text.utf8).lexicographicallyPrecedes(Array(other.id.text.utf8))
        }
        trades = ordered.enumerated().map { PlainTrade(number: Int64($0), fill: $1) }

        var journeys: [[PlainPart]] = []
        var held = BigInteger(0)
        for trade in trades {
            let isOpposite = held.signum * trade.bought.signum < 0
            let closed = isOpposite ? min(held.magnitude, trade.quantity) : BigInteger(0)
            let opened = trade.quantity - closed
            let isThrough = !closed.isZero && !opened.isZero
            // The last part of what is split takes what is left.
            let paidToClose =
                isThrough
                ? halfEven(trade.paid * closed, over: trade.quantity)
                : closed.isZero ? BigInteger(0) : trade.paid
            var place: (closing: PlainPlace?, opening: PlainPlace?) = (nil, nil)
            if !closed.isZero {
                journeys[journeys.count - 1].append(
                    PlainPart(
                        trade: trade, quantity: closed, paid: paidToClose, opens: false,
                        isThrough: isThrough))
                place.closing = PlainPlace(journeys)
            }
            if !opened.isZero {
                if held.isZero || isThrough { journeys.append([]) }
                journeys[journeys.count - 1].append(
                    PlainPart(
                        trade: trade, quantity: opened, paid: trade.paid - paidToClose,
                        opens: true, isThrough: isThrough))
                place.opening = PlainPlace(journeys)
            }
            places.append(place)
            held = held + trade.bought
        }
        self.journeys = journeys.map { PlainJourney(parts: $0, windowSeconds: windowSeconds) }
    }

    /// Signed, after the trade at `index`.
    func quantity(after index: Int) -> BigInteger {
        trades[...index].reduce(BigInteger(0)) { $0 + $1.bought }
    }

    func realizedPnL(through index: Int) -> BigInteger {
        (0...index).reduce(BigInteger(0)) { $0 + realizedPnL(of: $1) }
    }

    func realizedPnL(of index: Int) -> BigInteger {
        places[index].closing.map { journeys[$0.journey].average[$0.part].realizedPnL }
            ?? BigInteger(0)
    }

    func closures(of index: Int, _ method: LotMethod) -> [PlainClosure] {
        places[index].closing.map { journeys[$0.journey].lots(method)[$0.part].closures } ?? []
    }

    func lotRealizedPnL(of index: Int, _ method: LotMethod) -> BigInteger {
        closures(of: index, method).reduce(BigInteger(0)) { $0 + $1.realizedPnL }
    }

    /// By the codes of their currencies, without the sums that are zero.
    func fees(through index: Int) -> [String: BigInteger] {
        var fees: [String: BigInteger] = [:]
        for trade in trades[...index] {
            let code = trade.fill.feeCurrency.code
            fees[code] = (fees[code] ?? BigInteger(0)) + BigInteger(trade.fill.fee.units)
        }
        return fees.filter { !$0.value.isZero }
    }

    /// The part that was the last one after the trade at `index`, and where it is.
    func last(after index: Int) -> PlainPlace? { places[index].opening ?? places[index].closing }

    /// Realized P&L by average cost and by lots, fees and trades of each day and currency, of an
    /// instrument in `currency`.
    func days(currency: String, _ method: LotMethod) -> [PlainDay: PlainDayFigures] {
        var days: [PlainDay: PlainDayFigures] = [:]
        for (index, trade) in trades.enumerated() {
            let day = trade.day
            days[PlainDay(number: day, currency: currency), default: PlainDayFigures()].count(
                realizedPnL(of: index), lotRealizedPnL(of: index, method))
            let fee = BigInteger(trade.fill.fee.units)
            guard !fee.isZero else { continue }
            let key = PlainDay(number: day, currency: trade.fill.feeCurrency.code)
            days[key, default: PlainDayFigures()].charge(fee)
        }
        return days
    }
}

/// A fill in its place.
struct PlainTrade {
    let number: Int64
    let fill: Fill
    let quantity: BigInteger
    /// price × quantity × multiplier, rounded once.
    let notional: BigInteger

    init(number: Int64, fill: Fill) {
        self.number = number
        self.fill = fill
        quantity = BigInteger(fill.quantity.units)
        let product = BigInteger(fill.price.units) * quantity
        let multiplier = BigInteger(fill.multiplier.units).reduced
        notional = halfEven(
            product * multiplier.units, over: multiplier.one * .powerOfTen(18))
    }

    var isBuy: Bool { fill.side == .buy }
    /// Below zero for a sale; so is what it paid.
    var bought: BigInteger { isBuy ? quantity : -quantity }
    var paid: BigInteger { isBuy ? notional : -notional }

    /// UTC days since 1970-01-01, counted down before it.
    var day: Int64 {
        let length: Int64 = 86_400_000_000
        let time = fill.time.microseconds
        return (time - (time % length + length) % length) / length
    }
}

/// What of a trade belongs to one campaign.
struct PlainPart {
    let trade: PlainTrade
    let quantity: BigInteger
    /// Below zero where it came in.
    let paid: BigInteger
    let opens: Bool
    /// Whether the other part of the trade is in the next campaign, or in the one before.
    let isThrough: Bool

    var notional: BigInteger { trade.isBuy ? paid : -paid }
}

struct PlainPlace {
    let journey: Int
    let part: Int

    /// The last one there is.
    init(_ journeys: [[PlainPart]]) {
        journey = journeys.count - 1
        part = journeys[journey].count - 1
    }
}

struct PlainDay: Hashable {
    let number: Int64
    let currency: String
}

struct PlainDayFigures: Equatable {
    var realizedPnL = BigInteger(0)
    var lotRealizedPnL = BigInteger(0)
    var fees = BigInteger(0)
    var trades = 0

    mutating func count(_ realized: BigInteger, _ lotRealized: BigInteger) {
        realizedPnL = realizedPnL + realized
        lotRealizedPnL = lotRealizedPnL + lotRealized
        trades += 1
    }

    mutating func charge(_ fee: BigInteger) { fees = fees + fee }
}

extension BigInteger {
    /// A number of units as a fraction over what is one; of whole numbers a small one.
    var reduced: (units: BigInteger, one: BigInteger) {
        let one = BigInteger.powerOfTen(18)
        let (whole, rest) = quotientAndRemainder(dividingBy: one)
        return rest.isZero ? (whole, BigInteger(1)) : (self, one)
    }
}

/// The nearest whole number, the even one of two that are as near.
func halfEven(_ dividend: BigInteger, over divisor: BigInteger) -> BigInteger {
    let (cut, rest) = dividend.quotientAndRemainder(dividingBy: divisor)
    let twice = rest.magnitude + rest.magnitude
    guard divisor.magnitude < twice || (twice == divisor.magnitude && !cut.isEven) else {
        return cut
    }
    return cut + BigInteger(dividend.signum * divisor.signum < 0 ? -1 : 1)
}
