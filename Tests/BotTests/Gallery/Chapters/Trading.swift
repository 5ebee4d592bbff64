import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

// What was traded, and what came of it.
extension Chapter {
    static let positions = Chapter("positions") { stage in
        try await stage.enroll(.ada)
        await stage.title("Nothing is held")
        try await stage.says(.ada, "/positions")
        try await stage.prepareBook()
        await stage.title("Without a quote")
        try await stage.says(.ada, "/positions")
        try await stage.prepareQuotes()
        await stage.title("With quotes, one of them stale")
        try await stage.says(.ada, "/positions")
        await stage.title("In one portfolio")
        try await stage.says(.ada, "/positions swing")
        try await stage.presses(.ada, "All portfolios")
        try await stage.presses(.ada, "main")
        await stage.title("One holding")
        try await stage.says(.ada, "/positions btcusdt main")
        try await stage.presses(.ada, "Refresh")
        try await stage.presses(.ada, "‹ Positions in main")
        await stage.title("In a portfolio that there is not")
        try await stage.says(.ada, "/positions mian")
        await stage.title("In Euro, without a rate")
        try await stage.backstage { try await stage.says(.ada, "/settings currency EUR") }
        try await stage.says(.ada, "/positions")
        try await stage.backstage {
            try await stage.says(.ada, "/fx USDT EUR 0.92")
            try await stage.says(.ada, "/fx USD EUR 0.91")
        }
        await stage.title("In Euro")
        try await stage.says(.ada, "/positions")
        await stage.title("The first of several pages, and the others")
        try await stage.backstage { try await stage.prepareMany(120) }
        try await stage.says(.ada, "/positions")
        try await stage.presses(.ada, "2 ›")
        try await stage.presses(.ada, "3 ›")
        try await stage.presses(.ada, "‹ 2")
    }

    static func order(
        _ id: String, _ side: String = "BUY", _ quantity: String = "2", filled: String? = nil,
        price: String = "64000", status: String = "NEW", type: String = "LIMIT",
        at time: String = "2026-02-20T08:15:00Z"
    ) -> String {
        let filled = filled.map { #","filled_quantity":"\#($0)""# } ?? ""
        return #"{"broker_order_id":"\#(id)","symbol":"BTCUSDT","exchange":"BINANCE","#
            + #""asset_type":"CRYPTO","currency":"USDT","side":"\#(side)","type":"\#(type)","#
            + #""price":"\#(price)","quantity":"\#(quantity)","status":"\#(status)","#
            + #""placed_at":"\#(time)"\#(filled)}"#
    }

    static let orders = Chapter("orders") { stage in
        try await stage.enroll(.ada)
        await stage.title("None")
        try await stage.says(.ada, "/orders")
        try await stage.says(.ada, "/orders all")
        try await stage.says(.ada, "/orders rejected")
        try await stage.report([
            order("o-1"), order("o-2", "SELL", "1.5", filled: "0.5", status: "PARTIALLY_FILLED"),
            order("o-3", status: "FILLED", at: "2026-02-20T08:10:00Z"),
            order("o-4", status: "CANCELED", at: "2026-02-19T18:00:00Z"),
            order("o-5", status: "REJECTED", at: "2026-02-19T17:00:00Z"),
        ])
        try await stage.post([
            fill("x", "BUY", "2.5", at: "64000", time: "2026-02-20T08:20:00Z", order: "o-3")
        ])
        await stage.title("Those that are open")
        try await stage.says(.ada, "/orders")
        await stage.title("One was filled with more than was ordered")
        try await stage.presses(.ada, "Filled")
        try await stage.presses(.ada, "All")
        try await stage.says(.ada, "/orders Partially filled")
        try await stage.says(.ada, "/orders filled btcusdt feb")
        try await stage.says(.ada, "/orders nope")
        try await stage.report(
            (0..<45).map { order("many-\($0)", price: "\(60_000 + $0)") })
        await stage.title("Many: the newest, those behind, the last")
        try await stage.says(.ada, "/orders")
        try await stage.presses(.ada, "Older ›")
        try await stage.presses(.ada, "Older ›")
        try await stage.presses(.ada, "⇤ Newest")
    }

    static let pnl = Chapter("pnl") { stage in
        try await stage.enroll(.ada)
        await stage.title("Nothing was traded")
        try await stage.says(.ada, "/pnl")
        try await stage.prepareBook()
        try await stage.says(.ada, "/pnl week")
        try await stage.presses(.ada, "By day")
        try await stage.presses(.ada, "By instrument")
        try await stage.presses(.ada, "FIFO")
        try await stage.presses(.ada, "all")
        try await stage.presses(.ada, "Chart")
        try await stage.says(.ada, "/pnl 2026-02-16..2026-02-17 lifo swing")
        try await stage.says(.ada, "/pnl main")
        try await stage.says(.ada, "/pnl last month")
        try await stage.says(.ada, "/pnl week day")
        try await stage.says(.ada, "/pnl fortnight")
        await stage.title("In Euro, without a rate")
        try await stage.backstage { try await stage.says(.ada, "/settings currency EUR") }
        try await stage.says(.ada, "/pnl week")
        try await stage.backstage {
            try await stage.says(.ada, "/fx USDT EUR 0.92 2026-02-01")
            try await stage.says(.ada, "/fx USD EUR 0.91 2026-02-01")
        }
        await stage.title("In Euro")
        try await stage.says(.ada, "/pnl week")
        await stage.title("Several pages")
        try await stage.backstage { try await stage.prepareMany(120) }
        try await stage.says(.ada, "/pnl all")
        try await stage.presses(.ada, "2 ›")
    }

    static let equity = Chapter("equity") { stage in
        try await stage.enroll(.ada)
        await stage.title("Nothing was traded")
        try await stage.says(.ada, "/equity")
        try await stage.prepareBook()
        try await stage.prepareQuotes()
        try await stage.says(.ada, "/equity")
        try await stage.presses(.ada, "USDT")
        try await stage.presses(.ada, "month")
        try await stage.presses(.ada, "Chart")
        try await stage.says(.ada, "/equity swing ytd")
        try await stage.says(.ada, "/equity nowhere")
    }

    static let risk = Chapter("risk") { stage in
        try await stage.enroll(.ada)
        await stage.title("No policies")
        try await stage.says(.ada, "/risk")
        try await stage.presses(.ada, "Breaches (0)")
        let caller = try await stage.authority(of: .ada).caller
        let time = stage.world.world.now().description
        _ = try await stage.world.execute(
            """
            INSERT INTO risk_policies (uid, user_id, name, scope_type, scope_id, config_json,
                created_at)
            VALUES ('p', $1, 'Max daily loss', 'USER', $1, '{"max_daily_loss":"500"}', $2)
            """, [.id(caller.userID), .text(time)])
        _ = try await stage.world.execute(
            """
            INSERT INTO risk_breaches (uid, user_id, policy_id, action, observed_json, created_at)
            SELECT 'b', $1, id, 'BLOCKED', '{"loss":"501"}', $2 FROM risk_policies
            """, [.id(caller.userID), .text(time)])
        try await stage.says(.ada, "/risk main")
        try await stage.presses(.ada, "Breaches (1)")
        try await stage.presses(.ada, "Policies")
        try await stage.says(.ada, "/risk nowhere")
    }

    static let stops = Chapter("stops") { stage in
        try await stage.prepareBook()
        try await stage.says(.ada, "/halt strategy momo")
        try await stage.says(.ada, "/halt reducing")
        try await stage.says(.ada, "/buy 1 BTCUSDT limit 60000")
        try await stage.says(.ada, "/resume")
        try await stage.says(.ada, "/halt main")
        await stage.title("By an admin")
        try await stage.says(.ada, "/halt @boss")
        try await stage.says(.boss, "/halt @ada reducing")
        try await stage.says(.ada, "/resume")
        try await stage.says(.boss, "/halt @nobody")
        try await stage.says(.boss, "/resume @ada")
        try await stage.says(.boss, "/resume @ada nowhere")
        try await stage.says(.ada, "/resume main")
        await stage.title("Breaches")
        try await stage.says(.ada, "/breaches")
        let authority = try await stage.authority(of: .ada)
        _ = try await stage.services.risk.add(
            PolicyRequest(
                name: "No more than one",
                configJSON: #"{"rule":"max_position_quantity","action":"BLOCK","max_quantity":1}"#
            ), for: authority.caller)
        let report = try await stage.world.post(
            fill("r1", "BUY", "3", at: "60000", time: "2026-02-19T09:00:00Z"), as: authority)
        #expect(report.accepted == 1, "\(report.outcomes)")
        try await stage.notices()
        try await stage.says(.ada, "/breaches main")
        try await stage.presses(.ada, "Seen: No more than one")
        try await stage.says(.ada, "/breaches nowhere")
    }

    static let trades = Chapter("trades") { stage in
        try await stage.enroll(.ada)
        await stage.title("None")
        try await stage.says(.ada, "/trades")
        try await stage.prepareBook()
        try await stage.says(.ada, "/trades")
        try await stage.says(.ada, "/trades btcusdt")
        try await stage.says(.ada, "/trades BTCUSD")
        let authority = try await stage.authority(of: .ada)
        _ = try await stage.services.corrections.post(
            CorrectionRequest(
                brokerTradeID: "t2", correctionID: "c1",
                change: .correct(CorrectedFigures(price: 64010))),
            through: .http, as: authority)
        _ = try await stage.services.corrections.post(
            CorrectionRequest(
                portfolio: "swing", brokerTradeID: "t6", correctionID: "c2", change: .bust),
            through: .http, as: authority)
        await stage.title("One was corrected, one never was")
        try await stage.says(.ada, "/trades")
        try await stage.backstage { try await stage.prepareMany(60) }
        await stage.title("Many: the newest, those behind, the last")
        try await stage.says(.ada, "/trades")
        try await stage.presses(.ada, "Older ›")
        try await stage.presses(.ada, "Older ›")
        try await stage.presses(.ada, "Older ›")
        try await stage.presses(.ada, "⇤ Newest")
    }

    static let trade = Chapter("trade") { stage in
        try await stage.enroll(.ada)
        try await stage.says(
            .ada, "/trade buy 10 AAPL 182.50 fee 1 at 2026-02-01 14:30 type equity currency USD")
        try await stage.presses(.ada, "Confirm")
        await stage.title("The instrument is known by now")
        try await stage.says(
            .ada, "/trade sell 4 aapl 190 strategy momo reason took some off the table")
        try await stage.presses(.ada, "Discard")
        await stage.title("An option")
        try await stage.says(.ada, "/trade buy 2 AAPL260320C00150000 4.2 type option currency USD")
        for line in [
            "/trade", "/trade hold 10 AAPL 182", "/trade buy many AAPL 182", "/trade buy 0 AAPL 1",
            "/trade buy 10 AAPL cheap", "/trade buy 10 MSFT 400", "/trade buy 10 AAPL 182 when",
            "/trade buy 10 AAPL 182 fee", "/trade buy 10 AAPL 182 at 2027-01-01 10:00",
            "/trade buy 10 AAPL 182 at noon", "/trade buy 10 AAPL 182 portfolio nowhere",
            "/trade buy 10 AAPL 182 multiplier 50", "/trade buy 10 AAPL -1",
            "/trade buy 10 AAPL 182 fee 1 fee 2",
        ] {
            try await stage.says(.ada, line)
        }
    }
}
