import Ledger
import Wire

/// One booking of a Flex statement: a fill, its cancellation, or the fill booked again.
struct FlexTrade {
    private let row: FlexRow
    private let account: String?
    private let time: Timestamp
    let hasTime: Bool
    private let side: Side
    private let quantity: Decimal
    let isCancellation: Bool
    let isCorrection: Bool

    init(_ row: FlexRow, account: String?, zone: TimeZoneRules) throws(FillRefusal) {
        self.row = row
        self.account = account
        (time, hasTime) = try FlexTime.read(row, zone: zone)
        let words = row["buySell"]?.uppercased()
        let kind = row["transactionType"]?.uppercased()
        let notes = (row["notes", "code"] ?? "").split { $0 == ";" || $0 == "," }
            .map { String($0).trimmed }
        isCancellation =
            words?.contains("(CA") == true || kind?.hasSuffix("CANCEL") == true
            || notes.contains("Ca")
        isCorrection = !isCancellation && (kind == "TRADECORRECT" || notes.contains("Co"))
        guard let written = row["quantity"] else { throw .invalid("quantity", "is missing") }
        guard let signed = ImportedNumber.decimal(written) else {
            throw .invalid("quantity", "not a number that fits")
        }
        quantity = signed.magnitude
        // What a cancellation takes back has the other sign.
        let bySign: Side = signed.isNegative != isCancellation ? .sell : .buy
        switch words?.prefix(while: { $0.isLetter }) {
        case nil: side = bySign
        case "BUY", "BOT", "B": side = .buy
        case "SELL", "SLD", "S": side = .sell
        default: throw .invalid("side", "buySell is neither BUY nor SELL")
        }
        guard side == bySign || isCancellation || !signed.isNegative else {
            throw .invalid("side", "buySell is BUY, and the quantity is negative")
        }
    }

    // MARK: Which one it is

    var tradeID: String? { row.id("tradeID") }
    var originalID: String? { row.id("origTradeID") }

    /// Of this very booking, which a repeat is known by.
    var bookingID: String? {
        row.id("transactionID") ?? row["ibExecID", "execID"] ?? tradeID
    }

    /// Nil where the query left out all of them.
    var ownID: String? {
        tradeID ?? row.id("transactionID").map { "transaction-\($0)" }
            ?? row["ibExecID", "execID"].map { "execution-\($0)" }
    }

    /// What a fill and its cancellation have in common.
    var content: [String?] {
        [
            account, row["conid"] ?? row["symbol"], row["assetCategory"], side.rawValue,
            quantity.description, price.flatMap { ImportedNumber.decimal($0)?.description },
            row["currency", "currencyPrimary"], time.description,
        ]
    }

    // MARK: What it says

    private var price: String? { row["tradePrice", "price"] }

    func fields(id: String) throws(FillRefusal) -> [(name: String, value: String)] {
        let (assetType, isQuotedInPercent) = try instrumentKind()
        let money = try FlexMoney(row, isCancellation: isCancellation)
        guard let price else { throw .invalid("price", "is missing") }
        var fields: [(name: String, value: String?)] = [
            ("broker_trade_id", id), ("broker_order_id", row.id("ibOrderID") ?? row.id("orderID")),
            ("symbol", row["symbol"]), ("exchange", row["listingExchange"]),
            ("asset_type", assetType.rawValue), ("currency", row["currency", "currencyPrimary"]),
            ("side", side.rawValue), ("quantity", quantity.description),
            ("price", ImportedNumber.canonical(price) ?? price), ("fee", money.fee?.description),
            ("fee_currency", money.feeCurrency), ("commission", money.commission?.description),
            ("net_amount", money.net?.description), ("exec_time", time.iso8601),
            ("meta", meta),
        ]
        fields.append(("multiplier", isQuotedInPercent ? "0.01" : try multiplier()))
        if assetType == .option, OptionContract(occSymbol: row["symbol"] ?? "") == nil {
            fields += [
                ("option.underlying", row["underlyingSymbol"]),
                ("option.expiry", row["expiry"].flatMap { FlexTime.day($0)?.description }),
                ("option.strike", row["strike"]), ("option.right", row["putCall"]),
            ]
        }
        return fields.compactMap { field in field.value.map { (field.name, $0) } }
    }

    /// The instrument's exchange is where it is listed: the venue differs from fill to fill, and
    /// what was bought on one is sold on another.
    private var meta: String {
        let bytes = JSONWriter.object { meta in
            let parts: KeyValuePairs<String, String?> = [
                "account": account, "conid": row["conid"], "isin": row["isin"],
                "venue": row["exchange"], "transaction_id": row.id("transactionID"),
                "execution_id": row["ibExecID", "execID"], "taxes": row["taxes", "tax"],
                "notes": row["notes", "code"], "open_close": row["openCloseIndicator"],
                "order_reference": row["orderReference"],
            ]
            for (name, value) in parts {
                if let value { meta.write(name, value) }
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func multiplier() throws(FillRefusal) -> String? {
        let written = row["multiplier"]
        if let multiplier = written.flatMap({ ImportedNumber.canonical($0) }) { return multiplier }
        // It differs from future to future: there is none to assume.
        if ["FUT", "FOP"].contains(row["assetCategory"]?.uppercased()) {
            throw .invalid(
                "multiplier",
                written == nil ? "is missing: add it to the Flex query" : "not a number")
        }
        return nil
    }

    private func instrumentKind() throws(FillRefusal) -> (AssetType, isQuotedInPercent: Bool) {
        let category = row["assetCategory"]?.uppercased()
        switch category {
        case "STK": return (row["subCategory"]?.uppercased() == "ETF" ? .etf : .equity, false)
        case "OPT", "FOP": return (.option, false)
        case "FUT": return (.future, false)
        case "CASH": return (.forex, false)
        case "CFD": return (.cfd, false)
        case "FUND": return (.fund, false)
        case "WAR", "IOPT": return (.warrant, false)
        case "CRYPTO": return (.crypto, false)
        case "IND": return (.index, false)
        case "BOND", "BILL": return (.bond, isBondInPercent)
        case nil: throw .invalid("asset_type", "assetCategory is missing: add it to the query")
        case let other?:
            throw .invalid("asset_type", "assetCategory \(other.prefix(32)) is not known")
        }
    }

    /// Bonds are quoted in percent of their face value, which the money that was paid shows.
    private var isBondInPercent: Bool {
        guard let money = row["tradeMoney", "proceeds"].flatMap({ ImportedNumber.decimal($0) }),
            let price = price.flatMap({ ImportedNumber.decimal($0) }), !money.isZero,
            let product = try? quantity * price, let tenfold = try? money.magnitude * 10
        else { return false }
        return tenfold < product.magnitude
    }
}

/// What a booking cost beside its price. In the statement what was paid is negative.
private struct FlexMoney {
    let fee: Decimal?
    let feeCurrency: String?
    let commission: Decimal?
    let net: Decimal?

    init(_ row: FlexRow, isCancellation: Bool) throws(FillRefusal) {
        func amount(_ names: String..., field: String) throws(FillRefusal) -> Decimal? {
            let written = names.lazy.compactMap { row[$0] }.first
            guard let written else { return nil }
            guard let amount = ImportedNumber.decimal(written) else {
                throw .invalid(field, "not a number that fits")
            }
            // A cancellation gives back what was paid.
            return isCancellation ? -amount : amount
        }
        let paid = try amount("ibCommission", "commission", field: "commission")
        let taxes = try amount("taxes", "tax", field: "fee")
        let own = row["currency", "currencyPrimary"]
        feeCurrency = row["ibCommissionCurrency", "commissionCurrency"] ?? own
        commission = paid.map { -$0 }
        net = try amount("netCash", field: "net_amount")
        guard let paid else {
            fee = taxes.map { -$0 }
            return
        }
        guard let taxes, !taxes.isZero else {
            fee = -paid
            return
        }
        guard feeCurrency == own else {
            throw .invalid(
                "fee_currency",
                "the taxes are in \(own ?? "another currency"), the commission is in"
                    + " \(feeCurrency ?? "another"): one fill has one fee")
        }
        do {
            fee = -(try paid + taxes)
        } catch {
            throw FillRefusal(code: .outOfRange, field: "fee", detail: error.complaint)
        }
    }
}
