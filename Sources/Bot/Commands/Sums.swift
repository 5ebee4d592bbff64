import Ledger

/// Sums of money, each currency for itself: different money is never added up.
struct Sums {
    /// Nil where the sum does not fit a decimal.
    private var amounts: [Currency: Decimal?] = [:]

    var isEmpty: Bool { amounts.isEmpty }

    mutating func add(_ amount: Decimal, _ currency: Currency) {
        guard let known = amounts[currency] else {
            amounts[currency] = amount
            return
        }
        amounts[currency] = .some(known.flatMap { try? $0 + amount })
    }

    mutating func add(_ fees: [Currency: Decimal]) {
        for (currency, amount) in fees { add(amount, currency) }
    }

    /// With the marks of gains and losses.
    var gains: Cell { cell(Cell.gain) }
    var money: Cell { cell(Cell.money) }

    private func cell(_ shown: (Decimal, Currency) -> Cell) -> Cell {
        .joined(
            amounts.sorted { $0.key < $1.key }.map { currency, amount in
                amount.map { shown($0, currency) } ?? "too large to add up (\(currency))"
            })
    }
}
