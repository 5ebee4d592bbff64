import HTTPTypes
import Hashing
import Ledger

/// The signature that a client may put on a request, so that nobody on the way can change it, nor
/// send it again later:
///
///     Blotter-Signature: t=1771511520,v1=5257a869…
///
/// `t` is when it was signed, in seconds since 1970; `v1` the HMAC-SHA256, in hexadecimal, under
/// the token itself, of `t`, the method, the address and the body as they are sent, joined by line
/// feeds.
struct RequestSignature: Sendable {
    /// How far `t` may be from the service's clock, either way.
    static let windowSeconds: Int64 = 300

    private let time: String
    private let code: [UInt8]
    private let token: String
    private let method: String
    private let target: String

    /// Nil where the request carries none. Throws a 401 for one that is malformed or too old.
    init?(
        _ headers: HTTPFields, token: String, method: String, target: String, now: Timestamp
    ) throws(Problem) {
        guard let header = headers[.blotterSignature] else { return nil }
        let parts = header.split(separator: ",").map { $0.trimmingBlanks }
        guard parts.count == 2, parts[0].hasPrefix("t="), parts[1].hasPrefix("v1="),
            let seconds = Int64(parts[0].dropFirst(2)),
            let code = RequestSignature.bytes(parts[1].dropFirst(3).utf8), code.count == 32
        else {
            throw .unsigned("expected Blotter-Signature: t=SECONDS,v1=64 hexadecimal digits")
        }
        let age = now.wholeSeconds(since: Timestamp(microseconds: 0).adding(seconds: seconds))
        guard abs(age) <= RequestSignature.windowSeconds else {
            throw .unsigned(
                "it was signed more than \(RequestSignature.windowSeconds) s from now: "
                    + "sign it anew, and look at your clock")
        }
        time = String(parts[0].dropFirst(2))
        self.code = code
        self.token = token
        self.method = method
        self.target = target
    }

    /// Throws a 401 unless it is the signature of this body.
    func check(_ body: [UInt8]) throws(Problem) {
        let message = Array("\(time)\n\(method)\n\(target)\n".utf8) + body
        let expected = HMACSHA256.code(message, key: Array(token.utf8))
        guard ConstantTime.areEqual(expected, code) else {
            throw .unsigned("the signature is not that of this request under this token")
        }
    }

    private static func bytes(_ digits: Substring.UTF8View) -> [UInt8]? {
        let values = digits.compactMap { Character(UnicodeScalar($0)).hexDigitValue }
        guard values.count == digits.count, values.count % 2 == 0 else { return nil }
        return stride(from: 0, to: values.count, by: 2).map {
            UInt8(values[$0] << 4 | values[$0 + 1])
        }
    }
}

extension Problem {
    fileprivate static func unsigned(_ detail: String) -> Problem {
        Problem(.unauthorized, "INVALID_SIGNATURE", detail)
    }
}

extension HTTPField.Name {
    static let blotterSignature = HTTPField.Name("Blotter-Signature")!
}
