/// What an import came to.
public struct ImportReport: Sendable {
    public struct Rejection: Sendable, Hashable {
        /// Of the file, from 1.
        public let line: Int
        public let refusal: FillRefusal
    }

    /// Something that the ledger has no place for yet.
    public struct Noted: Sendable, Hashable {
        /// Of the file, from 1.
        public let line: Int
        public let text: String
    }

    /// So many rejections, and so many noted lines, are listed; the others are counted.
    public static let listLimit = 1000

    public private(set) var accepted = 0
    /// Fills and corrections that were known.
    public private(set) var duplicates = 0
    public private(set) var rejected = 0
    /// Trades taken back or given other figures.
    public private(set) var corrected = 0
    public private(set) var noted = 0
    /// The first of the rejected.
    public private(set) var rejections: [Rejection] = []
    /// The first of the noted.
    public private(set) var notedLines: [Noted] = []
    /// About the file as a whole, for people.
    public private(set) var notes: [String] = []

    /// Everything that was looked at.
    public var count: Int { accepted + duplicates + rejected + corrected + noted }

    /// `accepted 2, duplicates 0, rejected 3`, and what else there is.
    public var summary: String {
        "accepted \(accepted), duplicates \(duplicates), rejected \(rejected)"
            + (corrected > 0 ? ", corrected \(corrected)" : "")
            + (noted > 0 ? ", noted \(noted)" : "")
    }

    mutating func add(_ outcome: FillOutcome, line: Int) {
        switch outcome {
        case .accepted: accepted += 1
        case .duplicate: duplicates += 1
        case .rejected(let refusal): reject(refusal, line: line)
        }
    }

    mutating func reject(_ refusal: FillRefusal, line: Int) {
        rejected += 1
        guard rejections.count < Self.listLimit else { return }
        rejections.append(Rejection(line: line, refusal: refusal))
    }

    mutating func addCorrection(isDuplicate: Bool) {
        if isDuplicate { duplicates += 1 } else { corrected += 1 }
    }

    mutating func note(_ text: String, line: Int) {
        noted += 1
        guard notedLines.count < Self.listLimit else { return }
        notedLines.append(Noted(line: line, text: text))
    }

    mutating func add(notes: [String]) { self.notes += notes }
}
