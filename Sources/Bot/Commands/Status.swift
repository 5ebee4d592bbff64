import Ledger
import Records
import Services
import Storage
import World

extension Command {
    static let status = Command(
        "status", "How the service is: uptime, queues, database, versions", isPrivateOnly: true,
        body: .admin { request, admin in
            let store = try await request.services.status.store(for: admin)
            let depths = await request.gauges.depths()
            let now = request.services.work.world.now()
            return Screen(
                title: "Status",
                blocks: [
                    .facts(
                        programFacts(request.gauges)
                            + depths.map { Fact($0.queue.label, "\($0.count)") }
                            + storeFacts(store, now))
                ], buttons: [[try request.button("Refresh", arguments: "")]])
        })

    private static func programFacts(_ gauges: BotGauges) -> [Fact] {
        var facts = [
            Fact("Version", .text(gauges.version)),
            Fact("Up for", .text(SilentRun.words(gauges.uptimeSeconds))),
        ]
        if let lag = gauges.lagSeconds {
            facts.append(
                Fact("Last message was under way", lag < 1 ? "less than 1 s" : "\(Int(lag)) s"))
        }
        return facts
    }

    private static func storeFacts(_ store: StoreStatus, _ now: Timestamp) -> [Fact] {
        let known = Schema.migrations.count
        let unsent = store.unsent
        return [
            Fact(
                "Notices unsent",
                unsent.oldestAt.map { oldest -> Cell in
                    let seconds = max(0, now.wholeSeconds(since: oldest))
                    return "\(unsent.count), the oldest for \(SilentRun.words(seconds))"
                } ?? "none"),
            Fact("Members", "\(store.members)"),
            Fact("Waiting to come in", "\(store.waitingForApproval)"),
            Fact(
                "Database",
                "\(store.dialect.name), \(megabytes(store.sizeBytes))"),
            Fact(
                "Schema",
                store.schemaVersion == known
                    ? "\(store.schemaVersion)"
                    : "\(store.schemaVersion), this program knows \(known)"),
            Fact("Last backup", "none yet"),
        ]
    }

    /// `12.3 MB`, of a million bytes each; rounded down.
    private static func megabytes(_ bytes: Int64) -> String {
        "\(bytes / 1_000_000).\(bytes / 100_000 % 10) MB"
    }
}

extension BotGauges.Queue {
    fileprivate var label: String {
        switch self {
        case .updates: "Updates that wait"
        case .messages: "Messages that wait"
        }
    }
}

extension Dialect {
    fileprivate var name: String {
        switch self {
        case .sqlite: "SQLite"
        case .postgres: "PostgreSQL"
        }
    }
}
