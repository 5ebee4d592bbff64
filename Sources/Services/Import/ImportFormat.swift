import Ledger

/// A kind of file that fills can be read from.
public struct ImportFormat: Sendable {
    /// As `--format` takes it.
    public let name: String
    public let summary: String
    /// In which zone times are read that state none; nil where every time has to state one.
    let defaultTimeZone: String?
    /// Which of the options it takes.
    let takes: Set<ImportOption>
    let makeReader: @Sendable (ImportSettings) throws(ServiceError) -> any ImportReader

    /// The one list of formats.
    public static let all: [ImportFormat] = [.csv, .jsonl, .ibkrFlex, .binanceCSV, .freqtradeJSON]

    public static func named(_ name: String) -> ImportFormat? {
        all.first { $0.name == name.lowercased() }
    }
}

/// What may be said about a file beside its format.
enum ImportOption: String, Sendable {
    case timeZone = "time_zone"
    case account
    case mapping
}

/// What is said about a file; nil is left to the format.
public struct ImportOptions: Sendable, Hashable {
    /// For times that state no zone: `America/New_York`, `+02:00`.
    public var timeZone: String?
    /// The broker's account whose rows are wanted.
    public var account: String?
    /// For CSV with other columns than FILL's.
    public var mapping: CSVMapping?

    public init(timeZone: String? = nil, account: String? = nil, mapping: CSVMapping? = nil) {
        self.timeZone = timeZone
        self.account = account
        self.mapping = mapping
    }

    var given: [ImportOption] {
        [
            timeZone.map { _ in .timeZone }, account.map { _ in .account },
            mapping.map { _ in .mapping },
        ].compactMap(\.self)
    }
}

/// The options with what they stand for looked up.
struct ImportSettings: Sendable {
    var timeZone: TimeZoneRules?
    var account: String?
    var mapping: CSVMapping?
}

/// Turns the bytes of a file, as they come, into fills.
protocol ImportReader {
    /// Takes the next bytes and returns what is complete now.
    mutating func read(_ bytes: ArraySlice<UInt8>) throws(ImportError) -> [ImportedItem]
    /// The file has ended.
    mutating func finish() throws(ImportError) -> [ImportedItem]
    /// What there is to say of the file as a whole, once it has ended.
    var notes: [String] { get }
}

extension ImportReader {
    var notes: [String] { [] }
}

/// Something that a file says, and where it stood.
struct ImportedItem: Sendable {
    enum Content: Sendable {
        case fill(Result<FillReport, FillRefusal>)
        case correction(ImportedCorrection)
        /// Something that the ledger has no place for yet, in words.
        case noted(String)
    }

    /// From 1.
    let line: Int
    let content: Content
}

/// A broker's word that a fill was not as reported.
struct ImportedCorrection: Sendable {
    let request: CorrectionRequest
    /// The fill that it is about, as far as the file tells. Where the ledger does not know it, it
    /// is stored first, so that the correction is kept with what it corrects.
    let original: FillReport

    /// Under which `original` is stored where the trade with its id turns out to be another one.
    var ownID: ExactText {
        let id = "\(original.brokerTradeID)-\(request.correctionID)"
        return id.utf8.count <= FillLimits.idBytes ? ExactText(id) : request.correctionID
    }
}

/// The file as a whole can't be read.
public struct ImportError: Error, Sendable, Hashable, CustomStringConvertible {
    /// From 1; nil where it is about the whole file.
    public let line: Int?
    public let detail: String

    public var description: String { line.map { "line \($0): \(detail)" } ?? detail }
}
