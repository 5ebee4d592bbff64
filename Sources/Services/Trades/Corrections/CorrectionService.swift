import Ledger
import Records
import Storage
import Wire

/// Takes trades out of the ledger that were not as reported, and puts in what they were.
public struct CorrectionService: Sendable {
    let work: UnitOfWork

    /// The code of `.notFound` where there is no such trade.
    static let unknownTrade = "UNKNOWN_TRADE"
    /// The code of `.conflict` where the trade is not what the request states that it is.
    static let otherTrade = "OTHER_TRADE"

    /// Thrown so that all is rolled back.
    private struct DryRun: Error {
        let report: CorrectionReport
    }

    /// Supersedes the trade that is in force under a broker's trade id, and posts its holding anew:
    /// the ledger ends as if the old trade had never been. `correct` on a busted trade books it
    /// again. All of it, its audit row included, is one unit of work; a correction that is known by
    /// its portfolio and id with the same content changes nothing.
    ///
    /// A dry run only tells what it would answer.
    ///
    /// Throws `ServiceError`: `.notFound` for an unknown portfolio or trade, `.forbidden` for what
    /// the authority does not reach, `.conflict` where the correction's id is known with other
    /// content or the trade is busted already, `.invalid` for a figure that can't be; then nothing
    /// was stored. `StorageError` as every unit of work.
    public func post(
        _ request: CorrectionRequest, through channel: CorrectionChannel, isDryRun: Bool = false,
        as authority: Authority
    ) async throws -> CorrectionReport {
        do {
            return try await work.write { tx, draw in
                let named = try authority.book(named: request.portfolio, in: tx)
                    .mapError { ServiceError($0) }.get()
                try Portfolios.lock([named.id], for: authority.caller, in: tx)
                // After the lock: its rules may just have changed.
                guard
                    let portfolio = try Portfolios.with(
                        id: named.id, for: authority.caller, in: tx)
                else { throw ServiceError.noPortfolio(named.name.text) }
                let report = try CorrectionPosting(
                    request: request, portfolio: portfolio, authority: authority, tx: tx
                ).post(through: channel, &draw)
                if isDryRun { throw DryRun(report: report) }
                return report
            }
        } catch let rehearsed as DryRun {
            return rehearsed.report
        } catch is LedgerError {
            throw ServiceError(
                .invalid, code: FillRefusal.Code.outOfRange.rawValue, field: "quantity",
                detail: "with these figures the position would not fit 18 decimals below 1.7e20")
        }
    }
}

/// One correction within its unit of work, with the portfolio locked.
private struct CorrectionPosting {
    let request: CorrectionRequest
    let portfolio: Portfolio
    let authority: Authority
    let tx: any Transaction

    private var caller: Caller { authority.caller }

    /// By which the new trade is known until it is stored.
    private static let newTrade = TradeNumber(-1)

    /// Throws `LedgerError` where the ledger can't hold what would come out.
    func post(
        through channel: CorrectionChannel, _ draw: inout Draw
    ) throws -> CorrectionReport {
        let known = try Corrections.with(
            id: request.correctionID, in: portfolio.id, for: caller, in: tx)
        if let known { try request.requireSame(as: known) }
        let trade = try lastRevision()
        if let known { return CorrectionReport(known, isDuplicate: true) }
        guard
            let instrument = try Instruments.with(id: trade.holding.instrumentID, in: tx)?
                .instrument,
            let told = try Trades.told(of: trade.id, for: caller, in: tx)
        else { throw StorageError.decoding(column: 0, expected: "a trade") }
        if let field = request.statedTrade?.difference(from: trade.fill.side, instrument) {
            throw ServiceError(
                .conflict, code: CorrectionService.otherTrade, field: field,
                detail: "the trade is known with another \(field)")
        }
        let fill = try correctedFill(of: trade, instrument)
        let removed = trade.isSuperseded ? nil : trade
        let rebuild = try rebuild(
            trade.holding, removing: removed,
            adding: fill.map {
                HoldingRebuild.Addition(fill: $0, number: Self.newTrade, source: trade.source)
            }, instrument)

        let replacement = try fill.map { fill in
            try insert(
                NewTrade(
                    uid: draw.uid(), holding: trade.holding, orderID: trade.orderID, fill: fill,
                    clientOrderID: told.clientOrderID, source: trade.source,
                    details: told.details, revision: trade.revision + 1,
                    derived: rebuild.derived[Self.newTrade]
                        ?? DerivedOfTrade(realizedPnL: .zero, action: nil)), draw.now)
        }
        if let removed { try Trades.supersede(removed.id, for: caller, in: tx) }
        try LedgerWriter(caller: caller, tx: tx) { number in
            number == Self.newTrade
                ? replacement.map { TradeNumber($0.id.raw) } ?? number : number
        }.write(
            [rebuild.change], renamed: replacement.map { [(trade.id, $0.id)] } ?? [], &draw)
        try moveOrder(of: trade, removed: removed?.fill, added: fill, &draw)
        try BracketKeeper(caller: caller, tx: tx).keep([trade.holding], &draw)
        let record = CorrectionRecord(
            uid: draw.uid(), correctionID: request.correctionID,
            isBust: request.change == .bust, tradeUID: trade.uid,
            replacementUID: replacement?.uid, requestJSON: request.json)
        try keep(record, of: trade, by: replacement?.id, through: channel, draw.now)
        return CorrectionReport(record, isDuplicate: false)
    }

    /// The trade in force, or where it was busted what was.
    private func lastRevision() throws -> TradeRecord {
        let revisions = try Trades.known(
            [(portfolio.id, request.brokerTradeID)], for: caller, in: tx
        ).map(\.trade)
        guard let trade = revisions.max(by: { $0.revision < $1.revision }) else {
            throw ServiceError(
                .notFound, code: CorrectionService.unknownTrade, field: "broker_trade_id",
                detail: "no trade \(request.brokerTradeID) in \(portfolio.name)")
        }
        guard authority.strategyID == nil || authority.strategyID == trade.holding.strategyID
        else {
            throw ServiceError(
                FillRefusal(
                    code: .forbiddenStrategy, field: "broker_trade_id",
                    detail: "this token is for another strategy than the trade's"))
        }
        return trade
    }

    /// Nil for a bust.
    private func correctedFill(of trade: TradeRecord, _ instrument: Instrument) throws -> Fill? {
        guard case .correct(let figures) = request.change else {
            guard !trade.isSuperseded else {
                throw ServiceError(
                    .conflict, code: FillRefusal.Code.conflict.rawValue, field: "broker_trade_id",
                    detail: "this trade is busted already, by another correction")
            }
            return nil
        }
        let fill = trade.fill
        let price = figures.price ?? fill.price
        if price.isNegative, instrument.assetType != .future {
            throw ServiceError(
                .invalid("price", "expected a price of at least 0: only futures trade below it"))
        }
        return try Fill(
            id: fill.id, side: fill.side, quantity: figures.quantity ?? fill.quantity,
            price: price, multiplier: fill.multiplier, fee: figures.fee ?? fill.fee,
            feeCurrency: figures.feeCurrency ?? fill.feeCurrency,
            time: figures.execTime ?? fill.time,
            orderID: fill.orderID)
    }

    private func rebuild(
        _ holding: HoldingKey, removing removed: TradeRecord?,
        adding addition: HoldingRebuild.Addition?, _ instrument: Instrument
    ) throws -> HoldingRebuild {
        let position =
            portfolio.isRebuildDue
            ? nil : try Positions.with([holding], for: caller, in: tx).first?.position
        let removedIDs = Set([removed?.id].compactMap(\.self))
        let orders = [removed?.fill.order, addition?.fill.order].compactMap(\.self)
        let start =
            if position != nil, let first = orders.min() {
                try HoldingRebuild.start(
                    of: holding, at: first, without: removedIDs, for: caller, in: tx)
            } else {
                HoldingRebuild.beginning(of: holding, for: caller, in: tx)
            }
        return try HoldingRebuild(
            start, of: instrument, portfolio.rules, position: position,
            adding: [addition].compactMap(\.self), removing: removedIDs)
    }

    private func insert(_ trade: NewTrade, _ now: Timestamp) throws -> (id: TradeID, uid: String) {
        (try Trades.insert([trade], now: now, for: caller, in: tx)[0], trade.uid)
    }

    /// The order counts what is filled after all.
    private func moveOrder(
        of trade: TradeRecord, removed: Fill?, added: Fill?, _ draw: inout Draw
    ) throws {
        guard let id = trade.orderID, let order = try Orders.with(id: id, for: caller, in: tx)
        else { return }
        var progress = order.progress
        try progress.correct(
            removing: removed?.quantity ?? .zero, adding: added?.quantity ?? .zero)
        try Orders.setProgress([(id, progress)], now: draw.now, for: caller, in: tx)
        try OverfillNotice(caller: caller, tx: tx).tell(
            of: [(id, progress, order.isOverfillNoted)], &draw)
    }

    private func keep(
        _ record: CorrectionRecord, of trade: TradeRecord, by replacement: TradeID?,
        through channel: CorrectionChannel, _ now: Timestamp
    ) throws {
        let fill = trade.fill
        try Corrections.insert(
            record, of: trade.id, by: replacement, in: portfolio.id,
            was: Details.object([
                "quantity": fill.quantity.description, "price": fill.price.description,
                "fee": fill.fee.description, "fee_currency": fill.feeCurrency.code,
                "exec_time": fill.time.description,
            ]), reason: request.reason?.text, through: channel.rawValue, now: now, for: caller,
            in: tx)
        try AuditLog.append(
            [
                AuditEntry(
                    .update, .trade, id: trade.id.raw,
                    detailsJSON: Details.object([
                        "action": request.action.rawValue,
                        "broker_trade_id": request.brokerTradeID.text,
                        "correction_id": request.correctionID.text,
                        "replacement_uid": record.replacementUID,
                        "through": channel.rawValue, "reason": request.reason?.text,
                    ]))
            ], userID: caller.userID, now: now, in: tx)
    }
}

extension CorrectionRequest {
    fileprivate var action: CorrectionAction {
        switch change {
        case .bust: .bust
        case .correct: .correct
        }
    }

    /// What a repeat is known by, in canonical form; `exec_time` in UTC. The portfolio is kept
    /// beside it.
    private var content: KeyValuePairs<String, String?> {
        var figures = CorrectedFigures()
        if case .correct(let given) = change { figures = given }
        return [
            "broker_trade_id": brokerTradeID.text, "action": action.rawValue,
            "quantity": figures.quantity?.description, "price": figures.price?.description,
            "fee": figures.fee?.description, Self.feeCurrency: figures.feeCurrency?.code,
            "exec_time": figures.execTime?.description, "reason": reason?.text,
        ]
    }

    private static let feeCurrency = FillField.feeCurrency.rawValue

    fileprivate var json: String { Details.object(content) }

    /// Throws `.conflict` where the correction that is known by this one's id has other content.
    fileprivate func requireSame(as known: CorrectionRecord) throws {
        let stored = try JSONValue(parsing: known.requestJSON)
        for (field, value) in content
        // Those that were taken before fee currencies were kept do not tell.
        where (field != Self.feeCurrency || stored[field] != nil)
            && stored[field]?.string.map({ ExactText($0) }) != value.map({ ExactText($0) })
        {
            throw ServiceError(
                .conflict, code: FillRefusal.Code.conflict.rawValue, field: field,
                detail: "this correction_id is known with another \(field)")
        }
    }
}

extension FillReport {
    /// In what it can't be a fill of this side and instrument; nil where it can.
    fileprivate func difference(from side: Side, _ instrument: Instrument) -> String? {
        if self.side != side { return FillField.side.rawValue }
        if symbol != instrument.symbol { return FillField.symbol.rawValue }
        if let assetType, assetType != instrument.assetType { return FillField.assetType.rawValue }
        if let currency, currency != instrument.currency { return FillField.currency.rawValue }
        return nil
    }
}

extension CorrectionReport {
    fileprivate init(_ record: CorrectionRecord, isDuplicate: Bool) {
        self.init(
            isDuplicate: isDuplicate, correctionID: record.correctionID,
            action: record.isBust ? .bust : .correct, tradeUID: record.tradeUID,
            replacementUID: record.replacementUID)
    }
}
