import Ledger

/// Orders by a figure that a quote is held against: those that it reaches stand at the end, so that
/// a quote which reaches none looks at one rung alone.
///
/// To put one in or take one out costs a binary search, and moving the rungs behind it; to change
/// many at once one pass over all.
struct Ladder: Sendable {
    struct Rung: Sendable, Hashable, Comparable {
        let height: Int128
        /// The order's own number.
        let order: Int

        static func < (left: Rung, right: Rung) -> Bool {
            left.height == right.height ? left.order < right.order : left.height < right.height
        }
    }

    struct Change: Sendable {
        let rung: Rung
        let isAdded: Bool
    }

    /// Ascending by height, those of one height by number.
    private(set) var rungs: [Rung] = []

    var highest: Rung? { rungs.last }

    mutating func insert(_ rung: Rung) {
        rungs.insert(rung, at: place(of: rung))
    }

    mutating func remove(_ rung: Rung) {
        let place = place(of: rung)
        if place < rungs.count, rungs[place] == rung { rungs.remove(at: place) }
    }

    /// What comes of all changes, whatever their number.
    mutating func apply(_ changes: [Change]) {
        let changes = changes.sorted { $0.rung < $1.rung }
        var result: [Rung] = []
        result.reserveCapacity(rungs.count + changes.count)
        var old = rungs[...]
        var place = 0
        while place < changes.count {
            // A rung that is taken out and put in again stays.
            let rung = changes[place].rung
            var balance = 0
            while place < changes.count, changes[place].rung == rung {
                balance += changes[place].isAdded ? 1 : -1
                place += 1
            }
            while let next = old.first, next < rung {
                result.append(next)
                old.removeFirst()
            }
            if old.first == rung {
                old.removeFirst()
                balance += 1
            }
            if balance > 0 { result.append(rung) }
        }
        rungs = result + old
    }

    /// Adds the orders whose height is at or above `threshold`.
    func reach(_ threshold: Int128, into found: inout [Int]) {
        var place = rungs.count
        while place > 0, rungs[place - 1].height >= threshold {
            place -= 1
            found.append(rungs[place].order)
        }
    }

    /// Of the first rung that is not before this one.
    private func place(of rung: Rung) -> Int {
        var low = 0
        var high = rungs.count
        while low < high {
            let middle = (low + high) / 2
            if rungs[middle] < rung {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }
}
