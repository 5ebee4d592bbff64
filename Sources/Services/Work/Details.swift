import Ledger
import Wire

/// The JSON objects that audit rows and notices carry.
enum Details {
    static func object(_ fields: KeyValuePairs<String, String?>) -> String {
        let bytes = JSONWriter.object { object in
            for (key, value) in fields { object.write(key, value) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    static func object(_ members: (inout JSONObjectWriter) -> Void) -> String {
        String(decoding: JSONWriter.object(members), as: UTF8.self)
    }

    static func named(_ name: ExactText) -> String { object(["name": name.text]) }
}
