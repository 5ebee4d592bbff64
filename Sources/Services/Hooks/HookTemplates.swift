public import Records
import Ledger

/// The built-in templates, and what the senders have to be told so that they fit.
public enum HookTemplates {
    /// The template that a hook uses: its own, or the built-in one of its kind.
    static func template(of hook: HookRecord) throws(ServiceError) -> HookTemplate {
        try HookTemplate(
            parsing: hook.templateJSON ?? builtIn(hook.kind), for: hook.kind)
    }

    public static func builtIn(_ kind: HookRecord.Kind) -> String {
        switch kind {
        case .freqtrade: freqtrade
        case .tradingView: tradingView
        }
    }

    /// For the messages `entry_fill` and `exit_fill` as `webhookSection` writes them. When an order
    /// was filled they do not tell (`open_date` is the trade's, also of its third entry), so it is
    /// when they came.
    private static let freqtrade = """
        {"only":{"event":["entry_fill","exit_fill"]},
        "fill":{"symbol":"{{base_currency}}{{quote_currency}}","exchange":{"value":"{{exchange}}",
        "case":"upper"},"asset_type":"CRYPTO","currency":"{{quote_currency}}",
        "side":{"value":"{{event}} {{direction}}","map":{"entry_fill long":"BUY",
        "entry_fill short":"SELL","exit_fill long":"SELL","exit_fill short":"BUY"}},
        "quantity":"{{amount}}","price":{"value":"{{close_rate}}","default":"{{open_rate}}"},
        "exec_time":"{{$received_at}}",
        "reason":{"value":"{{exit_reason}}","default":"{{enter_tag}}"}},
        "meta":{"trade_id":"{{trade_id}}","event":"{{event}}","pair":"{{pair}}",
        "leverage":"{{leverage}}"}}
        """

    private static let tradingView = """
        {"fill":{"symbol":"{{ticker}}","exchange":"{{exchange}}","asset_type":"{{asset_type}}",
        "currency":"{{currency}}","side":"{{action}}","quantity":"{{contracts}}",
        "price":"{{price}}","exec_time":"{{timenow}}",
        "broker_order_id":"{{order_id}}","reason":"{{comment}}"},
        "meta":{"interval":"{{interval}}","alert_time":"{{time}}"},
        "position":{"direction":"{{market_position}}","size":"{{market_position_size}}",
        "direction_before":"{{prev_market_position}}",
        "size_before":"{{prev_market_position_size}}"},
        "secret":"secret"}
        """

    /// The `webhook` section of freqtrade's `config.json`.
    public static func webhookSection(url: String) -> String {
        let shared = """
            "trade_id":"{trade_id}","exchange":"{exchange}","pair":"{pair}",\
            "base_currency":"{base_currency}","quote_currency":"{quote_currency}",\
            "direction":"{direction}","leverage":"{leverage}","amount":"{amount}",\
            "open_rate":"{open_rate}","enter_tag":"{enter_tag}"
            """
        return """
            "webhook":{"enabled":true,"url":"\(url)","format":"json","retries":0,\
            "entry_fill":{"event":"entry_fill",\(shared)},\
            "exit_fill":{"event":"exit_fill",\(shared),"close_rate":"{close_rate}",\
            "exit_reason":"{exit_reason}"}}
            """
    }

    /// The message of a TradingView alert on a strategy.
    public static let alertMessage = """
        {"ticker":"{{ticker}}","exchange":"{{exchange}}","asset_type":"CRYPTO",\
        "currency":"{{syminfo.currency}}","action":"{{strategy.order.action}}",\
        "contracts":"{{strategy.order.contracts}}","price":"{{strategy.order.price}}",\
        "order_id":"{{strategy.order.id}}","comment":"{{strategy.order.comment}}",\
        "time":"{{time}}","timenow":"{{timenow}}","interval":"{{interval}}",\
        "market_position":"{{strategy.market_position}}",\
        "market_position_size":"{{strategy.market_position_size}}",\
        "prev_market_position":"{{strategy.prev_market_position}}",\
        "prev_market_position_size":"{{strategy.prev_market_position_size}}"}
        """
}
