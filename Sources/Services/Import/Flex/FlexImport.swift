import Ledger
import Markup

extension ImportFormat {
    static let ibkrFlex = ImportFormat(
        name: "ibkr-flex",
        summary: "Interactive Brokers' Flex statement (XML): its executions, cancelled and"
            + " corrected ones too; exercises and corporate actions are listed, not posted",
        defaultTimeZone: "America/New_York", takes: [.timeZone, .account],
        makeReader: { settings throws(ServiceError) in try FlexImportReader(settings) })
}

/// Reads the `Trade` rows of a Flex statement, and the `TradeConfirm` rows of a trade confirmation.
///
/// A statement may be of several accounts, which are not to be mixed up in one portfolio. Which
/// ones there are is known only at its end, so unless an account is named nothing is given away
/// before.
struct FlexImportReader: ImportReader {
    /// Rows that are held back until the accounts are known.
    static let heldLimit = 100_000

    private let reader: XMLReader
    private let account: String?
    private let heldLimit: Int
    private var rows: FlexRows
    private var isFlex = false
    private var statementAccount: String?
    /// In the order in which they came.
    private var accounts: [String] = []
    private var ofOtherAccounts = 0
    private var held: [ImportedItem] = []

    init(
        _ settings: ImportSettings, heldLimit: Int = FlexImportReader.heldLimit
    ) throws(ServiceError) {
        guard let reader = XMLReader() else {
            throw ServiceError(.limit, code: "OUT_OF_MEMORY", detail: "no memory to read XML")
        }
        self.reader = reader
        self.heldLimit = heldLimit
        account = settings.account
        rows = FlexRows(zone: settings.timeZone ?? .utc)
    }

    mutating func read(_ bytes: ArraySlice<UInt8>) throws(ImportError) -> [ImportedItem] {
        let events: [XMLEvent]
        do throws(XMLError) {
            events = try reader.feed(bytes)
        } catch {
            throw ImportError(line: error.line, detail: error.detail)
        }
        try take(events)
        guard account == nil else { return release() }
        guard held.count <= heldLimit else {
            throw ImportError(
                line: nil,
                detail: "more than \(heldLimit) rows without a word whose they are: name the"
                    + " account")
        }
        return []
    }

    mutating func finish() throws(ImportError) -> [ImportedItem] {
        let events: [XMLEvent]
        do throws(XMLError) {
            events = try reader.finish()
        } catch {
            throw ImportError(line: error.line, detail: error.detail)
        }
        try take(events)
        if let account {
            guard accounts.contains(account) else {
                throw ImportError(
                    line: nil,
                    detail: "no rows of the account \(account): the file has"
                        + " \(accounts.isEmpty ? "none" : accounts.joined(separator: ", "))")
            }
        } else if accounts.count > 1 {
            throw ImportError(
                line: nil,
                detail: "the file has several accounts, \(accounts.joined(separator: ", ")):"
                    + " name the one that is meant, each for its own portfolio")
        }
        return release()
    }

    var notes: [String] {
        var notes: [String] = []
        if let account = account ?? accounts.first { notes.append("account \(account)") }
        if ofOtherAccounts > 0 {
            notes.append("\(ofOtherAccounts) rows of other accounts were passed over")
        }
        return notes + rows.notes
    }

    private mutating func release() -> [ImportedItem] {
        defer { held = [] }
        return held
    }

    private mutating func take(_ events: [XMLEvent]) throws(ImportError) {
        for case .start(let element) in events {
            guard isFlex else {
                try begin(element)
                continue
            }
            switch element.name {
            case "FlexStatement":
                statementAccount = element.account
            case "Trade", "TradeConfirm", "OptionEAE", "CorporateAction":
                // The sections around exercises are called as the rows are.
                if !element.attributes.isEmpty { take(element) }
            default: break
            }
        }
    }

    private mutating func begin(_ element: XMLElement) throws(ImportError) {
        guard element.name == "FlexQueryResponse" else {
            throw ImportError(
                line: element.line,
                detail: "expected a Flex statement's <FlexQueryResponse>, found"
                    + " <\(element.name.prefix(64))>")
        }
        isFlex = true
    }

    private mutating func take(_ element: XMLElement) {
        if let owner = element.account ?? statementAccount {
            if !accounts.contains(owner), accounts.count < 100 { accounts.append(owner) }
            if let account, owner != account {
                ofOtherAccounts += 1
                return
            }
        }
        if let content = rows.content(of: element, account: element.account ?? statementAccount) {
            held.append(ImportedItem(line: element.line, content: content))
        }
    }
}

extension XMLElement {
    /// Nil where the row is of no single account.
    fileprivate var account: String? {
        guard let id = attributes["accountId"]?.trimmed, !id.isEmpty, id != "-" else { return nil }
        return id
    }
}
