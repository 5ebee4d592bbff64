import ArgumentParser
import Bot
import CurlTransport
import Logging
import Services
import ServiceLifecycle
import Storage
import Telegram
import UnixSignals
import Web
import World

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run the service: Telegram, the HTTP API, outgoing messages.",
        discussion: "Without a Telegram token it says so and serves the rest.")

    @OptionGroup var options: CommonOptions

    func run() async throws {
        let configuration = try options.load()
        let token = try TelegramToken.find(
            configuration, environment: CommonOptions.environment)
        let botToken = try token.map { token in
            guard let botToken = BotToken(token.revealed()) else {
                throw ConfigurationError(
                    TelegramToken.environmentName, "is no token as @BotFather gives them")
            }
            return botToken
        }
        let bots = try FreqtradeBots.find(configuration)
        let logger = Log.start(
            configuration,
            secrets: [token].compactMap(\.self) + configuration.database.url.secrets
                + bots.passwordsToHide)
        let installation = try await Installation.open(configuration, migrating: true)
        do {
            try await serve(installation, botToken, logger)
            await installation.database.close()
        } catch {
            await installation.database.close()
            throw error
        }
    }

    private func serve(
        _ installation: Installation, _ token: BotToken?, _ logger: Logger
    ) async throws {
        let configuration = installation.configuration
        let services = installation.services
        try await services.users.ensureAdmins(configuration.telegram.adminUserIDs.map(Int64.init))
        var running: [ServiceGroupConfiguration.ServiceConfiguration] = [
            .init(service: webServer(installation, logger)),
            .init(service: SilenceWatchService(runs: services.strategyRuns, logger: logger)),
            .init(service: EquityWatchService(services: services, logger: logger)),
            .init(service: RiskWatchService(services: services, logger: logger)),
            .init(service: PaperBrokerService(installation, logger)),
        ]
        let transport = CurlTransport()
        defer { transport.close() }
        running.append(
            .init(
                service: FreqtradeService(
                    services: services, bots: installation.bots, transport: transport,
                    logger: logger)))
        if let token {
            let bot = TelegramBot(
                services: services,
                api: BotAPI(
                    transport: transport, baseURL: configuration.telegram.apiBaseURL,
                    token: token),
                settings: .init(
                    pollTimeoutSeconds: configuration.telegram.pollTimeoutSeconds,
                    commandsPerMinutePerUser: configuration.limits.commandsPerMinutePerUser,
                    flood: .init(
                        chatIntervalSeconds: 1
                            / Double(configuration.telegram.messagesPerSecondPerChat),
                        messagesPerSecond: configuration.telegram.messagesPerSecond)),
                gauges: BotGauges(version: Blotter.version, world: installation.world),
                exports: Exporter(services: services).writer, observe: Log.observer(logger))
            running.append(.init(service: BotService(bot: bot, logger: logger)))
            running.append(.init(service: NewsService(services: services, logger: logger)))
        } else {
            logger.notice(
                """
                no Telegram token is configured: the bot is off, everything else runs \
                (set \(TelegramToken.environmentName) or telegram.token_file)
                """)
        }
        var group = ServiceGroupConfiguration(
            services: running, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        group.maximumGracefulShutdownDuration = .seconds(8)
        group.maximumCancellationDuration = .seconds(2)
        try await ServiceGroup(configuration: group).run()
        logger.notice("stopped")
    }

    private func webServer(_ installation: Installation, _ logger: Logger) -> WebServer {
        let configuration = installation.configuration
        let host = configuration.http.host
        let database = configuration.database.url
        return WebServer(
            services: installation.services,
            limits: WebLimits(
                maxBodyBytes: configuration.http.maxBodyBytes,
                requestsPerMinutePerToken: configuration.limits.requestsPerMinutePerToken,
                concurrentRequests: configuration.http.maxConcurrentRequests),
            version: Blotter.version, publicURL: configuration.http.publicURL, host: host,
            port: configuration.http.port, logger: logger
        ) { port in
            logger.notice(
                "listening",
                metadata: [
                    "host": "\(host)", "port": "\(port)", "database": "\(database)",
                    "version": "\(Blotter.version)",
                ])
        }
    }
}

/// The bot as a part of the service: ends with its group. A token that Telegram refuses ends the
/// bot alone; the rest runs on.
private struct BotService: Service {
    let bot: TelegramBot
    let logger: Logger

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown { try await bot.run() }
        } catch is CancellationError {
        } catch let error as TelegramError {
            logger.critical(
                "the bot stopped: give it another token and start again; all else runs on",
                metadata: ["error": "\(error)"])
            try? await gracefulShutdown()
        }
    }
}

/// The watch over strategies that promised to beat; what it tells waits in the outbox where there
/// is no bot.
private struct SilenceWatchService: Service {
    let runs: StrategyRunService
    let logger: Logger

    func run() async throws {
        let watch = SilenceWatch(runs) { error in
            logger.warning(
                "the watch over silent strategies failed; it is tried again",
                metadata: ["error": "\(error)"])
        }
        await cancelWhenGracefulShutdown { await watch.run() }
    }
}

/// The watch over what portfolios are worth, which limits on losses are judged by.
private struct EquityWatchService: Service {
    let services: Services
    let logger: Logger

    func run() async throws {
        let watch = EquityWatch(services) { error in
            logger.warning(
                "writing down what portfolios are worth failed; it is tried again",
                metadata: ["error": "\(error)"])
        }
        await cancelWhenGracefulShutdown { await watch.run() }
    }
}

/// The watch over limits that are exceeded by marks and by time.
private struct RiskWatchService: Service {
    let services: Services
    let logger: Logger

    func run() async throws {
        let watch = RiskWatch(services) { error in
            logger.warning(
                "judging risk failed; it is tried again", metadata: ["error": "\(error)"])
        }
        await cancelWhenGracefulShutdown { await watch.run() }
    }
}

/// The watches over fills and digests. Both tell what nobody would read where there is no bot, so
/// they run with one alone; what they find then waits.
private struct NewsService: Service {
    let services: Services
    let logger: Logger

    func run() async throws {
        let fills = FillWatch(services) { warn("telling fills", $0) }
        let digests = DigestWatch(services) { warn("telling digests", $0) }
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask { await fills.run() }
                group.addTask { await digests.run() }
            }
        }
    }

    private func warn(_ what: String, _ error: any Error) {
        logger.warning(
            "\(what) failed; it is tried again", metadata: ["error": "\(error)"])
    }
}
