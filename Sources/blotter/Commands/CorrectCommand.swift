import ArgumentParser
import Services

struct CorrectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "correct",
        abstract: "Take a trade back that was not as reported, or give it other figures.",
        discussion: """
            What is left out stays as it was. Giving the same correction again is harmless; \
            correcting a trade that was taken back books it again.
            """)

    @OptionGroup var options: CommonOptions
    @Option(help: "The owner's Telegram id.") var user: Int64
    @Option(help: "The trade's portfolio (default: the owner's default one).")
    var portfolio: String?
    @Option(name: .customLong("trade"), help: "The broker's trade id.") var brokerTradeId: String
    @Option(help: "Your name for this correction, by which a repeat is known.")
    var correctionId: String
    @Flag(help: "The trade never was.") var bust = false
    @Option(help: "The quantity that it had.") var quantity: String?
    @Option(parsing: .unconditional, help: "The price that it had.") var price: String?
    @Option(parsing: .unconditional, help: "The fee that it had; below 0 for a rebate.")
    var fee: String?
    @Option(help: "When it was, such as 2026-02-19T14:32:00Z.") var execTime: String?
    @Option(help: "Why, in up to 500 bytes.") var reason: String?

    private var figures: [(name: String, value: String?)] {
        [("quantity", quantity), ("price", price), ("fee", fee), ("exec_time", execTime)]
    }

    func validate() throws {
        guard bust == figures.allSatisfy({ $0.value == nil }) else {
            throw ValidationError(
                "expected either --bust, or what to correct: --quantity, --price, --fee,"
                    + " --exec-time")
        }
    }

    func run() async throws {
        let request = try CorrectionReader.request(
            fromFields: [
                ("portfolio", portfolio), ("broker_trade_id", brokerTradeId),
                ("correction_id", correctionId), ("action", bust ? "bust" : "correct"),
                ("reason", reason),
            ].given + figures.given)
        try await Installation.with(options) { installation in
            let owner = try await installation.authority(ofTelegramUser: user)
            let report = try await installation.services.corrections.post(
                request, through: .cli, as: owner)
            let status = report.isDuplicate ? "duplicate" : "accepted"
            let effect = report.replacementUID.map { "replaced by \($0)" } ?? "busted"
            Terminal.print("\(status): trade \(report.tradeUID) is \(effect)")
        }
    }
}

extension [(name: String, value: String?)] {
    /// Those that have a value.
    fileprivate var given: [(name: String, value: String)] {
        compactMap { field in field.value.map { (field.name, $0) } }
    }
}
