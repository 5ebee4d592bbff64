import Ledger
import Records
import Storage

/// Follows the position that a strategy's alerts tell of, and tells the hook's owner where one of
/// them did not come.
struct AlertSequence {
    let hook: HookRecord

    /// Takes an alert's word for the position before it, held against what the last alert told, and
    /// for the one after it. An alert that came before, or is older than the last, changes nothing.
    func follow(
        _ reading: HookReading, _ identity: String, in tx: any Transaction, _ draw: inout Draw
    ) throws {
        guard let symbol = reading.symbol, symbol.text.utf8.count <= FillLimits.nameBytes,
            let after = reading.after
        else { return }
        let time = reading.execTime ?? draw.now
        let last = try HookPositions.last(
            of: hook.id, symbol: symbol, for: hook.caller, in: tx)
        if let last {
            guard last.alertIdentity != identity, time >= last.alertedAt else { return }
            if let before = reading.before,
                !before.agrees(with: last.direction, size: last.size)
            {
                try Notice.alertMissed(
                    hook: hook.name.text, symbol: symbol.text,
                    expected: Self.words(last.direction, last.size),
                    told: Self.words(before.direction, before.size)
                ).post(to: hook.owner, in: tx, &draw)
            }
        } else {
            let known = try HookPositions.count(of: hook.id, for: hook.caller, in: tx)
            guard known < Limits.symbolsPerHook else { return }
        }
        try HookPositions.put(
            HookPosition(
                direction: after.direction, size: after.size, alertIdentity: identity,
                alertedAt: time),
            of: hook.id, symbol: symbol, for: hook.caller, in: tx)
    }

    /// Such as `long 2`.
    private static func words(_ direction: HookPosition.Direction, _ size: Decimal?) -> String {
        guard direction != .flat, let size else { return direction.rawValue }
        return "\(direction.rawValue) \(size)"
    }
}
