import Ledger
import Records

/// What is to be written of one holding.
struct HoldingChange {
    let holding: HoldingKey
    let instrument: Instrument
    /// Nil where no trade is left.
    let position: Position?
    /// What these days come to; an empty one is forgotten.
    let days: [DailyPnL.Key: DailyPnL]
    /// Whether no other day is to stay.
    var forgetsOtherDays = false
    let journey: Journey
    /// Stored campaigns that are written anew with all that is below them; those that the journey
    /// does not have are gone.
    var replaced: [TradeID] = []
    /// Stored trades that come to something else now.
    var moved: [(TradeID, DerivedOfTrade)] = []
}
