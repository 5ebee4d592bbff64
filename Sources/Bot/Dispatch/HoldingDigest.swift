import Ledger
import Records

/// What a button carries for one of its presser's holdings: portfolio, strategy and instrument in
/// few bytes.
enum HoldingDigest {
    static func of(
        portfolio: ExactText, strategy: ExactText?, _ instrument: Instrument
    ) -> String {
        let option = instrument.option.map {
            "\($0.underlying)|\($0.expiry)|\($0.strike)|\($0.right.rawValue)"
        }
        let parts: [String?] = [
            portfolio.text, strategy?.text, instrument.symbol.text, instrument.exchange?.text,
            instrument.assetType.rawValue, instrument.currency.code, option,
        ]
        // With each part's length, so that no two holdings read alike.
        let name = parts.map { $0.map { "\($0.utf8.count):\($0)" } ?? "-" }.joined(separator: ",")
        return NameDigest.of(ExactText(name))
    }
}

extension PositionListing {
    var digest: String {
        HoldingDigest.of(portfolio: portfolio, strategy: strategy, instrument.instrument)
    }
}
