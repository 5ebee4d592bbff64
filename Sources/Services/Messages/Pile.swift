public import Ledger
public import Records
import Wire

/// Many messages told by one: how many of each kind.
public struct Pile: Sendable, Hashable {
    /// Why they are not told one by one.
    public enum Reason: String, Sendable, CaseIterable {
        /// The bot could not write to the one they are for.
        case theyWereAway = "they_were_away"
        /// Telegram could not be reached, or this program did not run.
        case telegramWasAway = "telegram_was_away"
        /// They were held back until now.
        case held
        /// They came faster than Telegram lets them out.
        case atOnce = "at_once"
    }

    public let reason: Reason
    public let isSilent: Bool
    /// The oldest message of the pile, and when it was written.
    public let firstID: Int64
    public let since: Timestamp
    /// How many there are of each kind, in the order in which the kinds came.
    public let counts: [Count]

    /// What the fills among them come to; nil where none are told of.
    public let fills: Fills?

    public struct Count: Sendable, Hashable {
        public let kind: String
        public let count: Int
    }

    /// Fills of several messages, counted together.
    public struct Fills: Sendable, Hashable {
        public fileprivate(set) var count = 0
        /// In which they were; nil where a message does not name all of its own, or they are too
        /// many.
        public fileprivate(set) var symbols: Set<ExactText>? = []

        /// So many symbols are told from each other.
        private static let mostSymbols = 200

        fileprivate mutating func add(_ count: Int, in symbols: Set<ExactText>?) {
            self.count += count
            guard let known = self.symbols, let symbols else { return self.symbols = nil }
            let all = known.union(symbols)
            self.symbols = all.count <= Self.mostSymbols ? all : nil
        }
    }

    public var count: Int { counts.reduce(0) { $0 + $1.count } }

    static let kind = "pile"

    /// A pile among the messages is counted as what it tells of.
    init(of messages: [OutboxMessage], because reason: Reason, isSilent: Bool) {
        var counts: [Count] = []
        func add(_ count: Int, _ kind: String) {
            guard let index = counts.firstIndex(where: { $0.kind == kind }) else {
                return counts.append(Count(kind: kind, count: count))
            }
            counts[index] = Count(kind: kind, count: counts[index].count + count)
        }
        var fills = Fills()
        var firstID = messages.first?.id ?? 0
        var since = messages.first?.createdAt ?? Timestamp(microseconds: 0)
        for message in messages {
            if let pile = Pile(message) {
                for part in pile.counts { add(part.count, part.kind) }
                firstID = min(firstID, pile.firstID)
                since = min(since, pile.since)
                if let part = pile.fills { fills.add(part.count, in: part.symbols) }
            } else {
                add(1, message.kind)
                if case .fills(let news)? = Notice(message) {
                    fills.add(news.fills, in: news.allSymbols)
                }
            }
        }
        self.fills = fills.count > 0 ? fills : nil
        self.reason = reason
        self.isSilent = isSilent
        self.firstID = firstID
        self.since = since
        self.counts = counts
    }

    /// Nil for a message that is no pile.
    public init?(_ message: OutboxMessage) {
        guard message.kind == Self.kind,
            let payload = try? JSONValue(parsing: message.payloadJSON),
            let reason = payload["reason"]?.string.flatMap(Reason.init),
            let firstID = payload["first_id"]?.integer,
            let since = payload["since"]?.string.flatMap({ Timestamp(canonical: $0) }),
            let counts = payload["counts"]?.array
        else { return nil }
        self.reason = reason
        self.isSilent = payload["is_silent"]?.bool ?? false
        self.firstID = Int64(firstID)
        self.since = since
        self.counts = counts.compactMap { part in
            guard let kind = part["kind"]?.string, let count = part["count"]?.integer else {
                return nil
            }
            return Count(kind: kind, count: count)
        }
        fills = payload["fills"].flatMap(Fills.init)
    }

    var payloadJSON: String {
        let bytes = JSONWriter.object { payload in
            payload.write("reason", reason.rawValue)
            payload.write("is_silent", isSilent)
            payload.write("first_id", firstID)
            payload.write("since", since.description)
            payload.array("counts") { list in
                for part in counts {
                    list.object { item in
                        item.write("kind", part.kind)
                        item.write("count", part.count)
                    }
                }
            }
            if let fills { payload.object("fills") { fills.write(to: &$0) } }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension Pile.Fills {
    fileprivate init?(_ json: JSONValue) {
        guard let count = json["count"]?.integer else { return nil }
        self.count = count
        symbols = json["symbols"]?.array.map { list in
            Set(list.compactMap(\.string).map { ExactText($0) })
        }
    }

    fileprivate func write(to object: inout JSONObjectWriter) {
        object.write("count", count)
        guard let symbols else { return }
        object.array("symbols") { list in
            for symbol in symbols.sorted() { list.write(symbol) }
        }
    }
}

extension FillNews {
    /// Nil where not all are named.
    fileprivate var allSymbols: Set<ExactText>? {
        let named = Set(lines.map(\.symbol) + sums.map(\.symbol))
        return named.count == symbols ? named : nil
    }
}
