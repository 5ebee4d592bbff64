import Services
import Testing
import Web

struct RoutesTests {
    @Test func `every route stands in the list once`() {
        let names = Routes.all.map { "\($0.method.rawValue) \($0.path)" }
        #expect(Set(names).count == names.count)
        #expect(
            names.sorted() == [
                "DELETE /v1/orders/{uid}", "GET /docs", "GET /healthz", "GET /openapi.json",
                "GET /readyz",
                "GET /v1/campaigns", "GET /v1/campaigns/{uid}",
                "GET /v1/fx", "GET /v1/orders", "GET /v1/orders/{uid}", "GET /v1/pnl",
                "GET /v1/positions", "GET /v1/positions/{symbol}/why", "GET /v1/risk",
                "GET /v1/trades", "POST /v1/fills", "POST /v1/fx",
                "POST /v1/hooks/freqtrade/{hook}", "POST /v1/hooks/tradingview/{hook}",
                "POST /v1/orders", "POST /v1/orders/reports", "POST /v1/orders/{uid}/replace",
                "POST /v1/quotes", "POST /v1/risk/check",
                "POST /v1/strategies/{name}/heartbeat",
                "POST /v1/trades/corrections",
            ])
    }

    @Test func `everything under v1 needs a token with a scope, but for hooks`() {
        for route in Routes.all {
            let needsToken =
                route.path.hasPrefix("/v1/") && !route.path.hasPrefix("/v1/hooks/")
            #expect((route.scope != nil) == needsToken, "\(route.path)")
        }
    }

    @Test func `reading needs the scope read, posting ingest, orders trade`() {
        for route in Routes.all where route.scope != nil {
            let isOrder =
                route.path.hasPrefix("/v1/orders") && route.path != "/v1/orders/reports"
            let reads = route.method == .get || route.path == "/v1/risk/check"
            #expect(
                route.scope == (reads ? .read : isOrder ? .trade : .ingest), "\(route.path)")
        }
    }

    @Test func `summaries are one sentence without a full stop`() {
        for route in Routes.all {
            #expect(!route.summary.isEmpty && !route.summary.hasSuffix("."), "\(route.path)")
        }
    }
}
