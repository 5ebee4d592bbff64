import HTTPTypes
import NIOConcurrencyHelpers

/// Names requests, so that an answer can be found in the log: what this run of the server drew at
/// its start, and a count.
struct RequestIDs: Sendable {
    private let prefix: String
    private let count = NIOLockedValueBox<UInt64>(0)

    init(prefix: [UInt8]) {
        self.prefix = prefix.map { byte in
            String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }.joined()
    }

    func next() -> String {
        let number = count.withLockedValue { count in
            count += 1
            return count
        }
        return "\(prefix)-\(number)"
    }
}

extension HTTPField.Name {
    static let xRequestID = HTTPField.Name("X-Request-Id")!
}
