public import Ledger

/// Why a text is no form.
public enum FormError: Error, Sendable, Hashable {
    /// A `%` without two hexadecimal digits, or bytes that are no UTF-8.
    case badEncoding
    /// A name that stands there twice: which value is meant is anyone's guess.
    case givenTwice(String)
    case nul
    case tooManyFields(limit: Int)
}

extension FormError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .badEncoding: "not percent-encoded UTF-8"
        case .givenTwice(let name): "\(JSONPath.quoted(name)) is given twice"
        case .nul: "the character U+0000 is not allowed"
        case .tooManyFields(let limit): "more than \(limit) fields"
        }
    }
}

/// Reads `application/x-www-form-urlencoded` as the URL standard writes it.
public enum FormReader {
    public static let fieldLimit = 1000

    /// The fields in their order. Nothing between two `&` is no field; a name without `=` has an
    /// empty value.
    public static func fields(
        of bytes: [UInt8]
    ) throws(FormError) -> [(name: ExactText, value: ExactText)] {
        var fields: [(name: ExactText, value: ExactText)] = []
        var seen: Set<ExactText> = []
        for pair in bytes.split(separator: UInt8(ascii: "&")) {
            guard fields.count < fieldLimit else { throw .tooManyFields(limit: fieldLimit) }
            let equals = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
            guard let name = PercentEncoding.decode(pair[..<equals]),
                let value = PercentEncoding.decode(pair[equals...].dropFirst())
            else { throw .badEncoding }
            guard !name.utf8.contains(0), !value.utf8.contains(0) else { throw .nul }
            guard seen.insert(ExactText(name)).inserted else { throw .givenTwice(name) }
            fields.append((ExactText(name), ExactText(value)))
        }
        return fields
    }
}
