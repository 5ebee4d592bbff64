import Records
import Services

extension Route {
    static let freqtradeHook = Route(
        .post, "/v1/hooks/freqtrade/{hook}", .hooks,
        summary: "A webhook message of freqtrade, as a form, JSON or lines of name=value",
        details: """
            The address holds the hook's secret, as `/hooks new` shows it. It is answered with \
            200 as soon as the message is on disk, as a trade or in quarantine: whoever calls \
            can't mend it.
            """,
        segments: [HookReception.address],
        request: HookReception.message(example: freqtradeExample),
        answer: .json(HookReception.schema, example: HookReception.answerExample),
        refusals: HookReception.refusals,
        .hook(.freqtrade, HookReception.answer))
}

private let freqtradeExample = """
    {"type":"status","status":"running"}
    """
