import HTTPTypes
import Ledger
import Services
import Wire

/// The parameters of a request's query. Every complaint is a 422 with the parameter as its field.
struct Query: Sendable {
    /// The longest value in bytes.
    private static let valueLimitBytes = 1024

    private var values: [String: String] = [:]

    /// Reads `a=1&b=2`, percent-encoded, `+` for a blank. Refuses a parameter that is not among
    /// `parameters`, or given twice, empty, too long, or no text without U+0000.
    init(_ text: Substring, parameters: [String]) throws(Problem) {
        for pair in text.utf8.split(separator: UInt8(ascii: "&")) {
            let parts = pair.split(
                separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentEncoding.decode(parts[0]),
                let known = parameters.first(where: { $0.utf8.elementsEqual(name.utf8) })
            else { throw Query.unknown(parts[0], parameters) }
            guard values[known] == nil else {
                throw .invalid(known, "given twice")
            }
            guard parts.count == 2, !parts[1].isEmpty else { throw .invalid(known, "is empty") }
            guard parts[1].count <= Query.valueLimitBytes else {
                throw .invalid(known, "longer than \(Query.valueLimitBytes) bytes")
            }
            guard let value = PercentEncoding.decode(parts[1]), !value.utf8.contains(0) else {
                throw .invalid(known, "not percent-encoded UTF-8 without U+0000")
            }
            values[known] = value
        }
    }

    func text(_ name: String) -> ExactText? { values[name].map { ExactText($0) } }

    /// `true`, `false`, `1` or `0`, in any case; false where it is left out.
    func flag(_ name: String) throws(Problem) -> Bool {
        switch values[name]?.lowercased() {
        case nil, "false", "0": return false
        case "true", "1": return true
        default: throw .invalid(name, "expected true or false")
        }
    }

    func integer(
        _ name: String, in range: ClosedRange<Int>, default standard: Int
    ) throws(Problem) -> Int {
        guard let text = values[name] else { return standard }
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text),
            range.contains(number)
        else {
            throw .invalid(
                name, "expected a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// A whole number from 0 on; nil where it is left out.
    func count(_ name: String) throws(Problem) -> Int64? {
        guard let text = values[name] else { return nil }
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int64(text) else {
            throw .invalid(name, "expected a whole number from 0 on")
        }
        return number
    }

    /// One of an enum's raw values, in any case; nil where it is left out.
    func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String, of type: Choice.Type = Choice.self
    ) throws(Problem) -> Choice? where Choice.RawValue == String {
        guard let text = values[name] else { return nil }
        let wanted = text.lowercased()
        if let choice = Choice.allCases.first(where: { $0.rawValue.lowercased() == wanted }) {
            return choice
        }
        let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        throw .invalid(name, "expected one of \(names)")
    }

    func strategy(_ name: String) throws(Problem) -> StrategyReference? {
        guard let text = values[name] else { return nil }
        guard let strategy = StrategyReference(parsing: text) else {
            throw .invalid(name, "expected NAME or NAME@VERSION, each at most 64 bytes")
        }
        return strategy
    }

    func currency(_ name: String) throws(Problem) -> Currency? {
        guard let text = values[name] else { return nil }
        guard let currency = Currency(text) else {
            throw .invalid(name, "expected a currency: 1 to 16 letters, digits, dots, dashes")
        }
        return currency
    }

    /// All of it where none is asked for.
    func period(_ name: String, today: Day) throws(Problem) -> Period {
        guard let period = Period(values[name] ?? "all", today: today) else {
            throw .invalid(
                name,
                "expected day, week, month, quarter, ytd, all, a number of days such as 7d, "
                    + "or YYYY-MM-DD..YYYY-MM-DD")
        }
        return period
    }

    /// The beginning of a date, or the time itself.
    func start(_ name: String) throws(Problem) -> Timestamp? {
        switch try moment(name) {
        case nil: nil
        case .day(let day): day.start
        case .time(let time): time
        }
    }

    /// The first instant after a date, or after the time itself; nil too where that is the end of
    /// all times.
    func end(_ name: String) throws(Problem) -> Timestamp? {
        let end: Timestamp? =
            switch try moment(name) {
            case nil: nil
            case .day(let day): day.adding(days: 1).start
            case .time(let time): Timestamp(microseconds: time.microseconds + 1)
            }
        return end.flatMap { $0.day.year > 9999 ? nil : $0 }
    }

    private enum Moment {
        case day(Day)
        case time(Timestamp)
    }

    private func moment(_ name: String) throws(Problem) -> Moment? {
        guard let value = values[name] else { return nil }
        // An offset's plus sign reads as a blank where it was not encoded.
        let text = value.replacing(" ", with: "+")
        do throws(ISO8601Error) {
            if text.utf8.count == 10 { return .day(try Day(iso8601: text)) }
            return .time(try Timestamp(iso8601: text))
        } catch {
            throw .invalid(name, "expected YYYY-MM-DD or a time: \(error)")
        }
    }

    private static func unknown(
        _ name: some Collection<UInt8>, _ parameters: [String]
    ) -> Problem {
        let advice =
            parameters.isEmpty
            ? "there are none here" : "there are \(parameters.joined(separator: ", "))"
        return Problem(
            .unknownField, "no such parameter: \(advice)",
            field: String(decoding: name.prefix(64), as: UTF8.self))
    }
}
