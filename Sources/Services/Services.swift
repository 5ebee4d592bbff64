public import Storage
public import World

/// Every service, over one database and one world.
public struct Services: Sendable {
    public let work: UnitOfWork
    public let users: UserService
    public let accounts: AccountService
    public let portfolios: PortfolioService
    public let strategies: StrategyService
    public let strategyRuns: StrategyRunService
    public let tokens: TokenService
    public let trades: TradeService
    public let corrections: CorrectionService
    public let imports: ImportService
    public let positions: PositionService
    public let campaigns: CampaignService
    public let performance: PerformanceService
    public let orders: OrderService
    public let risk: RiskService
    public let quotes: QuoteService
    public let fx: FXService
    public let messages: MessageService
    public let instruments: InstrumentService
    public let actions: ActionService
    public let hooks: HookService
    public let hookIntake: HookIntake
    public let quarantine: Quarantine
    public let audit: AuditService
    public let status: StatusService
    public let settings: SettingsService
    public let money: MoneyService

    public let timeZones: TimeZones

    /// `gateways` are the codes of the brokers to whom orders can be sent; `fees` what is known of
    /// what they charge.
    public init(
        database: any Database, world: any World, limits: Limits,
        hooks hookSettings: HookSettings = HookSettings(), appointedAdmins: Set<Int64> = [],
        gateways: Set<String> = [], fees: FeeEstimates = FeeEstimates(),
        money moneySettings: MoneySettings = MoneySettings(),
        timeZones: TimeZones = .ofSystem
    ) {
        let work = UnitOfWork(database: database, world: world)
        self.work = work
        users = UserService(
            work: work, limits: limits, appointedAdmins: appointedAdmins, money: moneySettings)
        accounts = AccountService(work: work, money: moneySettings)
        portfolios = PortfolioService(work: work, money: moneySettings)
        strategies = StrategyService(work: work)
        strategyRuns = StrategyRunService(work: work)
        tokens = TokenService(work: work)
        money = MoneyService(work: work, settings: moneySettings)
        risk = RiskService(work: work, money: money, gateways: gateways, timeZones: timeZones)
        trades = TradeService(work: work, risk: risk)
        corrections = CorrectionService(work: work)
        imports = ImportService(
            trades: trades, corrections: corrections, timeZones: timeZones)
        campaigns = CampaignService(work: work)
        performance = PerformanceService(work: work)
        positions = PositionService(work: work, limits: limits, money: money)
        orders = OrderService(
            work: work, trades: trades, gateways: gateways, risk: risk, fees: fees)
        quotes = QuoteService(work: work)
        fx = FXService(work: work)
        messages = MessageService(work: work)
        instruments = InstrumentService(work: work)
        actions = ActionService(work: work)
        hooks = HookService(work: work, settings: hookSettings)
        let doorbells = FreqtradeDoorbells()
        quarantine = Quarantine(work: work, trades: trades, doorbells: doorbells)
        audit = AuditService(work: work)
        status = StatusService(work: work)
        hookIntake = HookIntake(
            work: work, trades: trades, quarantine: quarantine, doorbells: doorbells)
        settings = SettingsService(work: work, timeZones: timeZones)
        self.timeZones = timeZones
    }
}
