import Ledger
import Services
import Wire

let minimalFill: JSONValue = [
    "broker_trade_id": "t-1", "symbol": "BTCUSDT", "side": "BUY", "quantity": "0.5",
    "price": "65000.1", "exec_time": "2026-02-19T14:32:00.123Z",
]

/// `minimal` with one member set, or taken away (nil).
func changedFill(_ key: String, _ value: JSONValue?) -> JSONValue {
    var members = (minimalFill.object ?? []).filter { $0.key.text != key }
    if let value { members.append(JSONMember(ExactText(key), value)) }
    return .object(members)
}

func read(_ value: JSONValue) -> Result<FillReport, FillRefusal> {
    FillReader.fill(fromJSONLine: Array(value.description.utf8)[...])
}

func refusal(_ text: String) -> FillRefusal? {
    switch FillReader.fill(fromJSONLine: Array(text.utf8)[...]) {
    case .success: nil
    case .failure(let refusal): refusal
    }
}
