import Ledger
import Storage
import Wire

/// Fees by currency in one column: a JSON object of decimal strings, sorted by currency.
enum FeesColumn {
    static func write(_ fees: [Currency: Decimal]) -> String {
        let fields = fees.sorted { $0.key < $1.key }
            .map { "\"\($0.key.code)\":\"\($0.value.description)\"" }
        return "{\(fields.joined(separator: ","))}"
    }

    static func read(_ text: String, column: Int) throws(StorageError) -> [Currency: Decimal] {
        if text == "{}" { return [:] }
        do {
            guard let members = try JSONValue(parsing: text).object else {
                throw LedgerError.malformed
            }
            var fees: [Currency: Decimal] = [:]
            for member in members {
                guard let currency = Currency(member.key.text), let amount = member.value.string
                else { throw LedgerError.malformed }
                fees[currency] = try Decimal(parsing: amount)
            }
            return fees
        } catch {
            throw .decoding(column: column, expected: "fees by currency")
        }
    }
}
