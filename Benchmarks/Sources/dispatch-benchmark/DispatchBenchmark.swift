// Measures how many updates a second the bot takes in one process, without a wire:
//
//     swift run -c release --package-path Benchmarks dispatch-benchmark [UPDATES] [FOLDER]
//
// Everything else is as it is: each update is decoded, kept in the database (SQLite in FOLDER, one
// commit for each hundred), put into its chat's line, carried out, answered where it asks for an
// answer, and noted as answered. "Read" is the decoding alone.
import Bot
import Ledger
import Records
import SQLiteStorage
import Services
import Storage
import Telegram
import World

@main
struct DispatchBenchmark {
    static let members = 20

    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        let count = arguments.first.flatMap { Int($0) } ?? 5_000
        let path = "\(arguments.dropFirst().first ?? ".")/dispatch-benchmark.db"
        let database = try await SQLiteDatabase(path: path)
        let world = LiveWorld()
        try await Migrator.blotter(database, world: world).up()
        let services = Services(
            database: database, world: world, limits: Limits(maxUsers: members))
        for member in 1...members {
            _ = try await services.users.add(
                telegramUserID: Int64(member), username: nil, isAdmin: false, approve: true)
        }
        let telegram = InstantTelegram()
        guard let token = BotToken("1:bench") else { return }
        let api = BotAPI(transport: telegram, baseURL: "http://none", token: token)
        try await measureReading(count, telegram, api)
        let bot = TelegramBot(
            services: services, api: api,
            settings: .init(
                commandsPerMinutePerUser: .max,
                flood: .init(
                    chatIntervalSeconds: 0, groupMessagesPerMinute: 1_000_000,
                    messagesPerSecond: 1_000_000)),
            observe: { _ in })
        let running = Task { try await bot.run() }
        for run in 1...3 {
            let passedOver = updates(count, run: 2 * run, "group", "good morning")
            await measure("passed over", passedOver, replies: 0, telegram)
            let commands = updates(count, run: 2 * run + 1, "private", "/help")
            await measure("/help", commands, replies: count, telegram)
        }
        running.cancel()
        _ = await running.result
        await database.close()
    }

    /// Each a JSON object as Telegram sends it; numbers never come twice.
    static func updates(_ count: Int, run: Int, _ kind: String, _ text: String) -> [[UInt8]] {
        let first = Int(LiveWorld().now().microseconds) + run * count
        return (first..<first + count).map { id in
            let member = id % members + 1
            let chat = kind == "private" ? member : -member
            let update = """
                {"update_id":\(id),"message":{"message_id":\(id),"from":{"id":\(member),\
                "is_bot":false,"first_name":"User","username":"u\(member)","language_code":"en"},\
                "chat":{"id":\(chat),"first_name":"User","username":"u\(member)",\
                "type":"\(kind)"},"date":1771511520,"text":"\(text)",\
                "entities":[{"offset":0,"length":5,"type":"bot_command"}]}}
                """
            return Array(update.utf8)
        }
    }

    static func measure(
        _ name: String, _ updates: [[UInt8]], replies: Int, _ telegram: InstantTelegram
    ) async {
        let clock = ContinuousClock()
        let time = await clock.measure { await telegram.serve(updates, replies: replies) }
        tell(name, updates.count, time)
    }

    static func measureReading(
        _ count: Int, _ telegram: InstantTelegram, _ api: BotAPI
    ) async throws {
        let updates = updates(count, run: 0, "private", "/help")
        async let served: Void = telegram.serve(updates, replies: 0)
        let clock = ContinuousClock()
        let time = try await clock.measure {
            var read = 0
            while read < count {
                read += try await api.call(GetUpdates(pollTimeoutSeconds: 0)).updates.count
            }
        }
        tell("read", count, time)
        // The poll that confirms the last.
        let last = Task { try await api.call(GetUpdates(pollTimeoutSeconds: 0)) }
        await served
        last.cancel()
        _ = await last.result
    }

    static func tell(_ name: String, _ count: Int, _ time: Duration) {
        print("\(name): \(Int(Double(count) / (time / .seconds(1)))) updates/s")
    }
}
