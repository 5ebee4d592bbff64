import Ledger
import Markup
import Wire

/// Makes fills, corrections and notes of a Flex statement's rows.
///
/// A fill is known by IBKR's `tradeID`: it is the same in activity statements and in trade
/// confirmations, exercises and cancellations refer to it, and it stays when a trade is cancelled
/// and booked again, while `transactionID` (which confirmations lack) and `ibExecID` (which
/// bookings without an exchange lack) change. Where it was left out of the query one of these is
/// taken, and where they were too, the content.
struct FlexRows {
    private let zone: TimeZoneRules
    private var ids = ContentIDs(format: ImportFormat.ibkrFlex.name)
    private var cancellationIDs = ContentIDs(format: ImportFormat.ibkrFlex.name)
    /// Trades that a row before has cancelled: another row with this id is the trade booked again.
    private var cancelled: Set<String> = []
    private var hasTradeIDs = false
    private var otherLevels = 0
    private var dates = 0

    init(zone: TimeZoneRules) { self.zone = zone }

    var notes: [String] {
        var notes: [String] = []
        if otherLevels > 0 {
            notes.append("\(otherLevels) rows that sum up executions were passed over")
        }
        if dates > 0 {
            notes.append(
                "\(dates) rows tell the day alone: they stand at its beginning in \(zone.name)")
        }
        return notes
    }

    /// Nil for a row that is none of ours.
    mutating func content(
        of element: XMLElement, account: String?
    ) -> ImportedItem.Content? {
        let row = FlexRow(attributes: element.attributes)
        switch element.name {
        case "OptionEAE", "CorporateAction":
            return .noted(row.words(for: element.name))
        default: break
        }
        if let level = row["levelOfDetail"], level.uppercased() != "EXECUTION" {
            otherLevels += 1
            return nil
        }
        do throws(FillRefusal) {
            return try content(of: try FlexTrade(row, account: account, zone: zone))
        } catch {
            return .fill(.failure(error))
        }
    }

    private mutating func content(
        of trade: FlexTrade
    ) throws(FillRefusal) -> ImportedItem.Content {
        if !trade.hasTime { dates += 1 }
        if trade.isCancellation { return try cancellation(trade) }
        if trade.tradeID != nil { hasTradeIDs = true }
        let rebooked = trade.originalID ?? trade.tradeID
        if let rebooked, trade.isCorrection || cancelled.contains(rebooked) {
            return try correction(trade, of: rebooked)
        }
        return .fill(FillReader.fill(fromFields: try trade.fields(id: try id(of: trade))))
    }

    private mutating func id(of trade: FlexTrade) throws(FillRefusal) -> String {
        if let id = trade.ownID { return id }
        return try ids.next(trade.content)
    }

    private mutating func cancellation(
        _ trade: FlexTrade
    ) throws(FillRefusal) -> ImportedItem.Content {
        let content = try cancellationIDs.next(trade.content)
        if trade.originalID == nil, hasTradeIDs {
            throw .invalid(
                "broker_trade_id",
                "cancels a trade without naming it: add origTradeID to the Flex query, or bust the"
                    + " trade with `blotter correct`")
        }
        let id = trade.originalID ?? content
        if let original = trade.originalID { cancelled.insert(original) }
        let original = try FillReader.fill(fromFields: trade.fields(id: id)).get()
        return .correction(
            ImportedCorrection(
                request: CorrectionRequest(
                    brokerTradeID: ExactText(id),
                    correctionID: ExactText("cancel-" + (trade.bookingID ?? content)),
                    change: .bust, reason: "cancelled by the broker"),
                original: original))
    }

    private mutating func correction(
        _ trade: FlexTrade, of id: String
    ) throws(FillRefusal) -> ImportedItem.Content {
        let report = try FillReader.fill(fromFields: trade.fields(id: id)).get()
        let booking = if let id = trade.bookingID { id } else { try ids.next(trade.content) }
        var request = CorrectionRequest(
            brokerTradeID: report.brokerTradeID, correctionID: ExactText("rebook-" + booking),
            change: .correct(
                CorrectedFigures(
                    quantity: report.quantity, price: report.price, fee: report.fee ?? .zero,
                    feeCurrency: report.feeCurrency, execTime: report.execTime)),
            reason: "booked again by the broker")
        request.statedTrade = report
        return .correction(ImportedCorrection(request: request, original: report))
    }
}

/// A row's attributes.
struct FlexRow {
    let attributes: [String: String]

    /// The first of the attributes that says something.
    subscript(_ names: String...) -> String? {
        for name in names {
            guard let value = attributes[name]?.trimmed else { continue }
            if !value.isEmpty, value != "--", value != "N/A" { return value }
        }
        return nil
    }

    /// As `subscript`, but 0 says nothing, as it does of an order's number.
    func id(_ name: String) -> String? {
        guard let id = self[name], id != "0" else { return nil }
        return id
    }

    fileprivate func words(for kind: String) -> String {
        let quantity = self["quantity"].map { "of \($0)" }
        let what = [self["transactionType", "type"], quantity, self["symbol"]].compactMap(\.self)
        let details = [
            self["date", "dateTime", "reportDate"], self["actionDescription", "description"],
            id("tradeID").map { "trade \($0)" }, id("transactionID").map { "transaction \($0)" },
        ].compactMap(\.self)
        let words = "\(kind) \(what.joined(separator: " ")) (\(details.joined(separator: ", ")))"
        return words.utf8.count <= 300 ? words : String(words.prefix(200)) + "…"
    }
}
