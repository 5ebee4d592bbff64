import Ledger
import Records
import Services
import TestSupport
import Testing
import World

// How fills come in: tokens, hooks, what they could not store, and files.
extension Chapter {
    static let tokens = Chapter("token") { stage in
        try await stage.enroll(.ada)
        try await stage.says(.ada, "/token")
        try await stage.says(.ada, "/token new my-strategy")
        try await stage.presses(.ada, "I have it: take it off the screen")
        try await stage.says(
            .ada, "/token new narrow ingest,read main strategy momo for 90d")
        await stage.title("Two, one of them with an end")
        try await stage.says(.ada, "/token")
        try await stage.says(.ada, "/token revoke NARROW")
        try await stage.presses(.ada, "Confirm")
        try await stage.says(.ada, "/token revoke nothing")
        try await stage.says(.ada, "/token new t2 nowhere")
        try await stage.says(.ada, "/token new t2 for ever")
        try await stage.says(.ada, "/token new my-strategy")
        try await stage.says(.ada, "/token new t3", inGroup: true)
    }

    static let hooks = Chapter("hooks") { stage in
        try await stage.enroll(.ada)
        try await stage.says(.ada, "/hooks")
        await stage.title("Of TradingView")
        try await stage.says(.ada, "/hooks new swing tradingview MAIN momo@2")
        await stage.title("Of freqtrade")
        try await stage.says(.ada, "/hooks new bot freqtrade")
        let secret = try await stage.makeHook("called")
        try await stage.call(secret, Stage.alert())
        await stage.title("Three, one was called")
        try await stage.says(.ada, "/hooks")
        try await stage.says(.ada, "/hooks template swing")
        try await stage.says(.ada, "/hooks template swing {\"fill\":{\"symbl\":\"x\"}}")
        let template = HookTemplates.builtIn(.tradingView)
            .replacing("{{ticker}}", with: "{{sym}}").filter { $0 != "\n" }
        await stage.title("A template of one's own")
        try await stage.says(.ada, "/hooks template swing \(template)")
        try await stage.says(.ada, "/hooks template swing default")
        try await stage.says(.ada, "/hooks rest bot")
        try await stage.says(.ada, "/hooks rest bot nothing")
        try await stage.says(.ada, "/hooks rest bot Alpha")
        try await stage.says(.ada, "/hooks rest bot none")
        try await stage.says(.ada, "/hooks rest swing alpha")
        try await stage.says(.ada, "/hooks off swing")
        try await stage.says(.ada, "/hooks on SWING")
        try await stage.says(.ada, "/hooks renew swing")
        try await stage.presses(.ada, "Confirm")
        try await stage.says(.ada, "/hooks off nothing")
        try await stage.says(.ada, "/hooks new swing tradingview")
        try await stage.says(.ada, "/hooks new x webull")
        try await stage.says(.ada, "/hooks new x freqtrade nowhere at all")
    }

    static let quarantine = Chapter("quarantine") { stage in
        try await stage.enroll(.ada)
        try await stage.says(.ada, "/quarantine")
        let secret = try await stage.makeHook("swing")
        try await stage.call(secret, Stage.alert(symbol: "sym"))
        try await stage.call(
            secret, "nonsense & <more> of it\n" + String(repeating: "x", count: 300))
        await stage.advance(minutes: 3)
        try await stage.call(secret, Stage.alert(time: "2026-02-20T09:01:00Z", symbol: "sym"))
        await stage.title("Three wait")
        try await stage.says(.ada, "/quarantine")
        try await stage.says(.ada, "/quarantine show 1")
        try await stage.presses(.ada, "Retry")
        try await stage.says(.ada, "/quarantine show 2")
        try await stage.says(.ada, "/quarantine discard 2")
        try await stage.presses(.ada, "Confirm")
        await stage.title("What was discarded")
        try await stage.says(.ada, "/quarantine show 2")
        let template = HookTemplates.builtIn(.tradingView)
            .replacing("{{ticker}}", with: "{{sym}}").filter { $0 != "\n" }
        try await stage.backstage {
            try await stage.says(.ada, "/hooks template swing \(template)")
        }
        await stage.title("The template is mended: one, then all that is left")
        try await stage.says(.ada, "/quarantine retry 1")
        try await stage.says(.ada, "/quarantine retry 1")
        try await stage.backstage { try await stage.says(.ada, "/quarantine") }
        try await stage.presses(.ada, "Retry all")
        try await stage.says(.ada, "/quarantine")
        try await stage.says(.ada, "/quarantine discard all")
        try await stage.says(.ada, "/quarantine show seven")
    }

    static let csv = """
        broker_trade_id,symbol,asset_type,currency,side,quantity,price,exec_time
        c-1,BTC,CRYPTO,USDT,BUY,2,100.5,2026-02-19T10:00:00Z
        c-2,BTC,CRYPTO,USDT,HOLD,1,101,2026-02-19T11:00:00Z
        c-3,BTC,CRYPTO,USDT,SELL,1,101,2026-02-19T12:00:00Z

        """

    static let imports = Chapter("import") { stage in
        try await stage.enroll(.ada)
        try await stage.says(.ada, "/import")
        let csv = Array(Chapter.csv.utf8)
        try await stage.sends(.ada, "fills.csv", csv)
        try await stage.presses(.ada, "Confirm")
        await stage.title("The same file again")
        try await stage.sends(.ada, "again.csv", csv)
        try await stage.addPortfolio("far east", "IBKR")
        await stage.title("With another portfolio to choose")
        try await stage.sends(.ada, "fills.csv", csv)
        try await stage.presses(.ada, "into far east")
        try await stage.presses(.ada, "Discard")
        try await stage.sends(
            .ada, "fills.csv", csv, caption: "portfolio Far East zone Europe/Berlin")
        await stage.title("Many lines that are no trades")
        let bad = (0..<30).map { "b-\($0),BTC,CRYPTO,USDT,HOLD,1,101,2026-02-19T11:00:00Z\n" }
        try await stage.sends(.ada, "bad.csv", csv + Array(bad.joined().utf8))
        await stage.title("A file of freqtrade, whose numbers are binary fractions")
        try await stage.sends(
            .ada, "freqtrade-backtest.json", try fixture("freqtrade-backtest.json"))
        await stage.title("A statement of Interactive Brokers")
        try await stage.sends(.ada, "statement.xml", try fixture("ib-flex-futures.xml"))
        for caption in [
            "portfolio nowhere", "colour red", "zone", "zone Mars/Base", "format pdf",
        ] {
            try await stage.sends(.ada, "fills.csv", csv, caption: caption)
        }
        try await stage.sends(.ada, "hello.txt", Array("hello".utf8))
        try await stage.sends(.ada, "cut.xml", Array("<FlexQueryResponse>".utf8))
        try await stage.sends(.ada, "huge.csv", [], claimedBytes: 21 << 20)
    }
}
