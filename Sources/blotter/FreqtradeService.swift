public import Freqtrade
import Logging
import ServiceLifecycle
public import Services
import Transport

extension FreqtradeAPI: FreqtradeSource {}

/// Pulling from bots as a part of the service: ends with its group.
struct FreqtradeService: Service {
    let sync: FreqtradeSync

    init(
        services: Services, bots: FreqtradeBots, transport: any HTTPTransport, logger: Logger
    ) {
        let sources = bots.all.mapValues { bot in
            FreqtradeAPI(
                transport: transport, baseURL: bot.url, username: bot.username,
                password: bot.password.revealed())
        }
        sync = FreqtradeSync(services: services, sources: sources) { event in
            switch event {
            case .pulled(let hook, let accepted, let duplicates, let refused):
                let isNews = accepted + refused > 0
                logger.log(
                    level: isNews ? .info : .debug, "pulled from a bot",
                    metadata: [
                        "hook_uid": "\(hook)", "accepted": "\(accepted)",
                        "duplicates": "\(duplicates)", "refused": "\(refused)",
                    ])
            case .failed(let hook, let error):
                logger.warning(
                    "a bot can't be asked",
                    metadata: ["hook_uid": "\(hook)", "error": "\(error)"])
            case .databaseAway(let error):
                logger.warning("pulling waits for the database", metadata: ["error": "\(error)"])
            }
        }
    }

    func run() async throws {
        await cancelWhenGracefulShutdown { await sync.run() }
    }
}
