import Ledger
import Records

/// Puts what was read into the ledger, in the order of the file.
struct ImportPosting {
    let trades: TradeService
    let corrections: CorrectionService
    let portfolio: ExactText?
    let isDryRun: Bool
    let authority: Authority
    var report = ImportReport()

    init(
        trades: TradeService, corrections: CorrectionService, portfolio: ExactText?,
        isDryRun: Bool, authority: Authority
    ) {
        self.trades = trades
        self.corrections = corrections
        self.portfolio = portfolio
        self.isDryRun = isDryRun
        self.authority = authority
    }

    mutating func post(_ items: ArraySlice<ImportedItem>) async throws {
        var fills: [(line: Int, fill: Result<FillReport, FillRefusal>)] = []
        for item in items {
            switch item.content {
            case .fill(let fill): fills.append((item.line, fill))
            case .noted(let text): report.note(text, line: item.line)
            case .correction(let correction):
                // What it corrects may be among them.
                try await post(fills)
                fills = []
                try await post(correction, line: item.line)
            }
        }
        try await post(fills)
    }

    private mutating func post(
        _ fills: [(line: Int, fill: Result<FillReport, FillRefusal>)]
    ) async throws {
        guard !fills.isEmpty else { return }
        let stored = try await ingest(fills.map(\.fill))
        for (fill, outcome) in zip(fills, stored.outcomes) { report.add(outcome, line: fill.line) }
    }

    private func ingest(_ fills: [Result<FillReport, FillRefusal>]) async throws -> IngestReport {
        try await trades.ingest(
            IngestRequest(
                fills: fills, portfolio: portfolio, isDryRun: isDryRun, source: .imported),
            as: authority)
    }

    private mutating func post(_ correction: ImportedCorrection, line: Int) async throws {
        var request = correction.request
        request.portfolio = portfolio
        do {
            report.addCorrection(isDuplicate: try await isDuplicate(request))
        } catch let error as ServiceError where error.code == CorrectionService.unknownTrade {
            // Stored as it was first reported, and then corrected: whichever of the two files is
            // imported first, the ledger ends the same.
            let stored = try await ingest([.success(correction.original)])
            if case .rejected(let refusal)? = stored.outcomes.first {
                return report.reject(refusal, line: line)
            }
            // In a dry run the original may be in this very file: there is nothing to look up.
            if !isDryRun { _ = try await isDuplicate(request) }
            report.addCorrection(isDuplicate: false)
        } catch let error as ServiceError where error.code == CorrectionService.otherTrade {
            try await postApart(correction, line: line)
        } catch let error as ServiceError where error.isAboutTheFill {
            report.reject(FillRefusal(error), line: line)
        }
    }

    /// What was booked again is another trade under the old one's id: the old one is taken out, and
    /// this one is a fill of its own.
    private mutating func postApart(_ correction: ImportedCorrection, line: Int) async throws {
        var fill = correction.original
        fill.brokerTradeID = correction.ownID
        let stored = try await ingest([.success(fill)])
        if case .rejected(let refusal)? = stored.outcomes.first {
            return report.reject(refusal, line: line)
        }
        var bust = correction.request
        bust.portfolio = portfolio
        bust.correctionID = ExactText("\(bust.correctionID)-bust")
        bust.change = .bust
        bust.statedTrade = nil
        do {
            _ = try await isDuplicate(bust)
        } catch let error as ServiceError where error.code == FillRefusal.Code.conflict.rawValue {
            // Cancelled before, by a row of its own or by hand.
        } catch let error as ServiceError where error.isAboutTheFill {
            return report.reject(FillRefusal(error), line: line)
        }
        report.addCorrection(isDuplicate: stored.accepted == 0)
    }

    private func isDuplicate(_ request: CorrectionRequest) async throws -> Bool {
        try await corrections.post(request, through: .file, isDryRun: isDryRun, as: authority)
            .isDuplicate
    }
}

extension ServiceError {
    /// Whether it refuses this correction alone, and nothing of what the whole file needs.
    fileprivate var isAboutTheFill: Bool {
        switch kind {
        case .conflict, .invalid: true
        case .notFound, .forbidden, .unauthorized, .limit: false
        }
    }
}
