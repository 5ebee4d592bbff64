import Testing
import TestSupport

/// Fills, what was corrected afterwards, and the fills that it comes to.
struct CorrectionScenario: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let fills: [String]
    let corrections: [Correction]
    let finals: [String]

    init(_ name: String, _ fills: [String], _ corrections: Correction..., comesTo finals: [String])
    {
        testDescription = name
        self.fills = fills
        self.corrections = corrections
        self.finals = finals
    }

    private static func at(
        _ time: String, _ id: String, _ side: String, _ quantity: String, _ price: String,
        fee: String? = "1", order: String? = nil
    ) -> String {
        fill(
            id, side, quantity, at: price, fee: fee, feeCurrency: "BNB",
            time: "2026-02-\(time):00Z", order: order)
    }

    /// Long, flat, short, flat, and through zero at the end.
    private static let journey = [
        at("19T10:00", "a", "BUY", "2", "100"), at("19T10:10", "b", "BUY", "1", "130"),
        at("19T10:20", "c", "SELL", "3", "120"), at("19T11:00", "d", "SELL", "2", "110"),
        at("19T11:10", "e", "BUY", "2", "90"), at("20T09:00", "f", "BUY", "1", "95"),
        at("20T09:10", "g", "SELL", "3", "99"), at("20T09:20", "h", "BUY", "1", "97"),
    ]

    private static func journey(
        without removed: String..., with added: [String] = []
    ) -> [String] {
        journey.filter { fill in
            !removed.contains { fill.contains("\"broker_trade_id\":\"\($0)\"") }
        } + added
    }

    static let all: [CorrectionScenario] = [
        .init(
            "the price of an opening trade", journey,
            .correct("a", price: "101.5"),
            comesTo: journey(
                without: "a", with: [at("19T10:00", "a", "BUY", "2", "101.5")])),
        .init(
            "the opening trade is taken back", journey, .bust("a"),
            comesTo: journey(without: "a")),
        .init(
            "the fee alone", journey, .correct("b", fee: "-0.25"),
            comesTo: journey(
                without: "b", with: [at("19T10:10", "b", "BUY", "1", "130", fee: "-0.25")])),
        .init(
            "a fee that falls away with its currency's day",
            [at("19T10:00", "a", "BUY", "2", "100")], .correct("a", fee: "0"),
            comesTo: [at("19T10:00", "a", "BUY", "2", "100", fee: nil)]),
        .init(
            "a trade through zero that only closed", journey, .correct("g", quantity: "1"),
            comesTo: journey(without: "g", with: [at("20T09:10", "g", "SELL", "1", "99")])),
        .init(
            "a trade through zero is taken back", journey, .bust("g"),
            comesTo: journey(without: "g")),
        .init(
            "a close that went through zero", journey, .correct("e", quantity: "5"),
            comesTo: journey(without: "e", with: [at("19T11:10", "e", "BUY", "5", "90")])),
        .init(
            "the only trade is taken back", [at("19T10:00", "a", "BUY", "2", "100")],
            .bust("a"), comesTo: []),
        .init(
            "the only trade, and booked again", [at("19T10:00", "a", "BUY", "2", "100")],
            .bust("a"), .correct("a", price: "99"),
            comesTo: [at("19T10:00", "a", "BUY", "2", "99")]),
        .init(
            "the only trade, all of it", [at("19T10:00", "a", "BUY", "2", "100")],
            .correct("a", quantity: "3", price: "7", fee: "2", time: "2026-02-21T01:00:00Z"),
            comesTo: [at("21T01:00", "a", "BUY", "3", "7", fee: "2")]),
        .init(
            "the last trade is taken back", journey, .bust("h"), comesTo: journey(without: "h")),
        .init(
            "the last trade's quantity", journey, .correct("h", quantity: "2"),
            comesTo: journey(without: "h", with: [at("20T09:20", "h", "BUY", "2", "97")])),
        .init(
            "a close is taken back, and two campaigns become one", journey, .bust("c"),
            comesTo: journey(without: "c")),
        .init(
            "a reduction that closed, and one campaign becomes two", journey,
            .correct("c", time: "2026-02-19T10:05:00Z"),
            comesTo: journey(without: "c", with: [at("19T10:05", "c", "SELL", "3", "120")])),
        .init(
            "a trade moves over a flat point", journey,
            .correct("b", time: "2026-02-19T10:30:00Z"),
            comesTo: journey(without: "b", with: [at("19T10:30", "b", "BUY", "1", "130")])),
        .init(
            "a trade moves to before the first", journey,
            .correct("h", time: "2026-02-01T00:00:00Z"),
            comesTo: journey(without: "h", with: [at("01T00:00", "h", "BUY", "1", "97")])),
        .init(
            "the opening trade moves behind the last", journey,
            .correct("a", time: "2026-02-22T00:00:00Z"),
            comesTo: journey(without: "a", with: [at("22T00:00", "a", "BUY", "2", "100")])),
        .init(
            "a close moves to another day", journey,
            .correct("e", time: "2026-02-20T02:10:00+03:00"),
            comesTo: journey(without: "e", with: [at("19T23:10", "e", "BUY", "2", "90")])),
        .init(
            "a realization moves to the day after", journey,
            .correct("c", time: "2026-02-20T00:00:00Z"),
            comesTo: journey(without: "c", with: [at("20T00:00", "c", "SELL", "3", "120")])),
        .init(
            "one trade twice, another, and one taken back and booked again", journey,
            .correct("b", price: "1"), .bust("d"), .correct("b", quantity: "2"), .bust("c"),
            .correct("d", price: "111"), .correct("c", quantity: "4"),
            comesTo: journey(
                without: "b", "c", "d",
                with: [
                    at("19T10:10", "b", "BUY", "2", "1"), at("19T10:20", "c", "SELL", "4", "120"),
                    at("19T11:00", "d", "SELL", "2", "111"),
                ])),
        .init(
            "all are taken back",
            [at("19T10:00", "a", "BUY", "2", "100"), at("19T10:10", "b", "SELL", "1", "130")],
            .bust("b"), .bust("a"), comesTo: []),
        .init(
            "a trade of an order whose leg it held together",
            [
                at("19T10:00", "a", "BUY", "2", "100", order: "o"),
                at("19T12:00", "b", "BUY", "1", "101", order: "o"),
                at("19T12:01", "c", "BUY", "1", "102"),
                at("19T14:00", "d", "BUY", "1", "103", order: "o"),
            ], .bust("b"),
            comesTo: [
                at("19T10:00", "a", "BUY", "2", "100", order: "o"),
                at("19T12:01", "c", "BUY", "1", "102"),
                at("19T14:00", "d", "BUY", "1", "103", order: "o"),
            ]),
    ]
}
