public import Ledger
import Records
import Storage

/// What can be traded: reference data that all users share.
public struct InstrumentService: Sendable {
    let work: UnitOfWork

    /// Every instrument that has one of these symbols, in a fixed order.
    public func all(symbols: Set<ExactText>) async throws -> [Instrument] {
        try await work.read { tx in
            try Instruments.with(symbols: symbols.sorted(), in: tx)
                .sorted { $0.id.raw < $1.id.raw }.map(\.instrument)
        }
    }
}
