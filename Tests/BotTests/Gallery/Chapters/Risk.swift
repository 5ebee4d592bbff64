import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

// Risk policies: how they come to be, how much of them is used, and what they would have done.
extension Chapter {
    static let policy = Chapter("policy") { stage in
        try await stage.prepareBook()
        try await stage.backstage { try await stage.says(.ada, "/fx USDT USD 1") }
        try await stage.says(.ada, "/policy")
        await stage.title("Asked for, question by question")
        try await stage.presses(.ada, "Add")
        try await stage.presses(.ada, "Losses")
        try await stage.presses(.ada, "Daily loss")
        try await stage.presses(
            .ada, "At most so many percent of the equity at the start of the day")
        await stage.title("An answer that does not fit")
        try await stage.says(.ada, "a lot")
        try await stage.says(.ada, "3%")
        try await stage.presses(.ada, "HALTED")
        try await stage.presses(.ada, "BLOCK: the order is denied")
        try await stage.presses(.ada, "Portfolio main")
        try await stage.says(.ada, "daily")
        try await stage.presses(.ada, "Confirm")
        await stage.title("In one line")
        try await stage.says(
            .ada,
            #"/policy add small {"rule":"max_order_notional","action":"REDUCE_SIZE","#
                + #""max_amount":"30000"} portfolio main"#)
        try await stage.says(
            .ada,
            #"/policy add swing {"rule":"max_position_quantity","action":"WARN","#
                + #""max_quantity":20} strategy momo"#)
        try await stage.says(.ada, "/policy")
        await stage.title("Changed")
        try await stage.says(
            .ada, #"/policy edit swing {"rule":"no_short","action":"WARN"}"#)
        try await stage.says(.ada, "/policy edit small")
        try await stage.presses(.ada, "✓ At most so much money, in base currency")
        try await stage.says(.ada, "/policy answer 25000")
        try await stage.presses(.ada, "BLOCK: the order is denied")
        try await stage.presses(.ada, "Confirm")
        await stage.title("Off and on")
        try await stage.says(.ada, "/policy off swing")
        try await stage.presses(.ada, "Put in force")
        try await stage.says(.ada, "/policy on swing")
        try await stage.says(.ada, "/policy show daily")
        await stage.title("On the past")
        try await stage.says(.ada, "/policy replay small 90d")
        try await stage.presses(.ada, "30d")
        try await stage.says(.ada, "/policy replay swing last month")
        await stage.title("Left off")
        try await stage.says(.ada, "/policy add")
        try await stage.presses(.ada, "What and when")
        try await stage.presses(.ada, "Trading hours")
        try await stage.presses(.ada, "Discard")
        try await stage.says(.ada, "/policy stop")
        try await stage.says(.ada, "/policy answer 5")
        await stage.title("What they make of orders")
        try await stage.prepareQuotes()
        try await stage.says(.ada, "/buy 200 AAPL limit 180 type equity currency usd")
        try await stage.says(
            .ada,
            #"/policy add tiny {"rule":"max_order_notional","action":"REDUCE_SIZE","#
                + #""max_amount":"5000"}"#)
        try await stage.says(.ada, "/buy 100 AAPL limit 180 type equity currency usd")
        try await stage.presses(.ada, "Confirm")
        try await stage.says(.ada, "/buy 5% BTCUSDT limit 60000")
        try await stage.says(.ada, "/whatif sell 3 BTCUSDT 70000")
        await stage.title("How much is used")
        try await stage.says(.ada, "/risk main")
        for line in [
            "/policy nonsense", "/policy add big", "/policy add {}", "/policy add big {}",
            #"/policy add big {"rule":"max_leverage","action":"BLOCK"}"#,
            #"/policy add big {"rule":"max_leverage","action":"STOP","max_ratio":2}"#,
            #"/policy add big {"rule":"max_leverage","action":"BLOCK","max_ratio":2} for me"#,
            #"/policy add small {"rule":"max_leverage","action":"BLOCK","max_ratio":2}"#,
            "/policy edit", "/policy edit nothing", "/policy off nothing",
            "/policy replay small soon",
        ] {
            try await stage.says(.ada, line)
        }
    }
}
