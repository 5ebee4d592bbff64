import Records
import Services

extension Route {
    static let tradingViewHook = Route(
        .post, "/v1/hooks/tradingview/{hook}", .hooks,
        summary: "An alert of TradingView, as JSON or lines of name=value",
        details: """
            The address holds the hook's secret, as `/hooks new` shows it. It is answered with \
            200 as soon as the message is on disk, as a trade or in quarantine: whoever calls \
            can't mend it.
            """,
        segments: [HookReception.address],
        request: HookReception.message(example: tradingViewExample),
        answer: .json(HookReception.schema, example: HookReception.answerExample),
        refusals: HookReception.refusals,
        .hook(.tradingView, HookReception.answer))
}

private let tradingViewExample = """
    {"symbol":"BTCUSDT","exchange":"BINANCE","side":"buy","quantity":"0.5","price":"65000.1",\
    "time":"2026-02-19T14:32:00Z","market_position":"long","market_position_size":"0.5",\
    "prev_market_position":"flat","prev_market_position_size":"0"}
    """
