import Bot
import Ledger
import Records
import Services
import Storage
import TestSupport
import Testing
import World

/// Somebody who talks to the bot.
struct Player: Sendable, Hashable {
    let id: Int64
    let username: String?

    static let boss = Player(id: 9001, username: "boss")
    static let ada = Player(id: 1001, username: "ada")
    static let bob = Player(id: 1002, username: "bob")
    /// Asks to come in.
    static let zoe = Player(id: 1003, username: "zoe")
    /// Telegram knows no name of theirs.
    static let nameless = Player(id: 1004, username: nil)

    static let all = [boss, ada, bob, zoe, nameless]

    var person: Person { Person(telegramUserID: id, username: username) }
    var name: String { username.map { "@\($0)" } ?? "user \(id)" }
}

/// One thing that somebody did or that came of itself, and what was shown then.
struct Shot: Sendable {
    /// What the reader is to know of it.
    var title: String?
    /// `@ada says /positions`.
    let cue: String
    /// What a press shows for a moment, or until it is closed.
    var popup: String?
    var screen: Screen?
    /// How it comes on its own: below a picture, after a file.
    var isFollowUp = false
}

/// Where a chapter of the gallery plays: the bot's responder over services in a seeded world. All
/// goes one after the other, so that it comes out the same each time.
actor Stage {
    let world: ServiceWorld
    /// Over a database that can be made to fail.
    let services: Services
    let database: FaultyDatabase
    private let responder: Responder
    private let files: Lock<[String: [UInt8]]>
    private var last: [Player: Screen] = [:]
    private var shownNotices: Set<Int64> = []
    private var nextTitle: String?
    private var isRecording = true
    /// Buttons that are pressed later, by what they are of.
    var kept: [String: Button] = [:]
    private(set) var shots: [Shot] = []
    /// Everything that was typed.
    private(set) var lines: [String] = []
    /// The kinds of the notices that were shown.
    private(set) var noticeKinds: Set<String> = []

    init(_ world: ServiceWorld, limits: Limits, hooks: HookSettings) {
        self.world = world
        let database = FaultyDatabase(world.database)
        self.database = database
        services = Services(
            database: database, world: world.world, limits: limits, hooks: hooks,
            gateways: [Account.paperBroker])
        let gauges = BotGauges(version: "0.1.0", world: world.world)
        gauges.watch(.updates) { 0 }
        gauges.watch(.messages) { 2 }
        gauges.note(lagSeconds: 1.5)
        let files = Lock<[String: [UInt8]]>([:])
        self.files = files
        responder = Responder(
            services: services,
            files: SentFiles { id in try #require(files.withLock { $0[id] }) },
            gauges: gauges, observe: { _ in })
    }

    // MARK: Acting

    /// Says what the next shot is about, in the gallery.
    func title(_ title: String) { nextTitle = title }

    /// Plays on without showing it.
    func backstage<Result: Sendable>(
        _ body: @Sendable () async throws -> Result
    ) async rethrows -> Result {
        let wasRecording = isRecording
        isRecording = false
        defer { isRecording = wasRecording }
        return try await body()
    }

    /// In private, or in a group where they call the bot by its name.
    func says(
        _ player: Player, _ text: String, inGroup: Bool = false, update: Int64? = nil
    ) async throws {
        lines.append(text)
        let reply = try await responder.answer(
            IncomingMessage(
                sender: player.person, text: text, isPrivate: !inGroup,
                update: update.map { IncomingUpdate(id: $0) }))
        let place = inGroup ? " in a group" : ""
        take(
            Shot(
                cue: "\(player.name) says\(place): \(text.shown)",
                screen: try await whole(reply?.screen)), player)
    }

    /// With the figures of the picture that follows it.
    private func whole(_ screen: Screen?) async throws -> Screen? {
        guard var screen else { return nil }
        let attachment = screen.attachment
        screen.attachment = try await attachment?.ready(services)
        return screen
    }

    /// A document with its caption.
    func sends(
        _ player: Player, _ name: String, _ bytes: [UInt8], caption: String = "",
        claimedBytes: Int64? = nil
    ) async throws {
        files.withLock { $0[name] = bytes }
        let file = SentFile(id: name, name: name, sizeBytes: claimedBytes)
        let reply = try await responder.answer(
            IncomingMessage(sender: player.person, text: caption, file: file, isPrivate: true))
        lines.append("/import \(caption)")
        let words = caption.isEmpty ? "" : ", with the caption: \(caption)"
        take(
            Shot(
                cue: "\(player.name) sends \(name)\(words)",
                screen: try await whole(reply?.screen)), player)
    }

    /// A button below what the player was shown last; `of`: below what another was shown.
    func presses(_ player: Player, _ label: String, of owner: Player? = nil) async throws {
        let buttons = last[owner ?? player]?.buttons.flatMap(\.self) ?? []
        let button = try #require(
            buttons.first { $0.label == label }, "no \(label) among \(buttons.map(\.label))")
        let whose = owner.map { " of \($0.name)'s" } ?? ""
        try await presses(player, button, "[\(label)]\(whose)")
    }

    func presses(_ player: Player, _ button: Button, _ words: String) async throws {
        let reply = try await responder.answer(
            IncomingPress(sender: player.person, data: button.action))
        var popup = reply.note
        if let note = reply.note { popup = reply.isAlert ? "alert: \(note)" : note }
        take(
            Shot(
                cue: "\(player.name) presses \(words)", popup: popup,
                screen: try await whole(reply.screen)), player)
        guard case .export(let export)? = reply.screen?.attachment,
            case .askAdmins(let departure)? = export.next
        else { return }
        take(
            Shot(
                cue: "behind the files", screen: try await departure.askAdmins(services),
                isFollowUp: true), player)
    }

    /// The button with this label below what the player was shown last.
    func button(_ label: String, of player: Player) throws -> Button {
        let buttons = last[player]?.buttons.flatMap(\.self) ?? []
        return try #require(
            buttons.first { $0.label == label }, "no \(label) among \(buttons.map(\.label))")
    }

    // MARK: What comes of itself

    /// Shows every notice that waits and was not shown yet, to the one it is for.
    func notices(_ isShown: @Sendable (OutboxMessage) -> Bool = { _ in true }) async throws {
        for message in try await services.messages.unsent(limit: 1000)
        where shownNotices.insert(message.id).inserted && isShown(message) {
            try await show(message)
        }
    }

    func show(_ message: OutboxMessage) async throws {
        let zone = try await services.settings.zone(of: message.userID)
        if let pile = Pile(message) {
            show(
                "a pile", try pile.screen(for: message, now: world.world.now()).in(zone))
        } else {
            let notice = try #require(Notice(message))
            show("a notice: \(message.kind)", try notice.screen().in(zone))
            noticeKinds.insert(message.kind)
        }
        if let reader = Player.all.first(where: { $0.id == message.chatID }) {
            last[reader] = shots.last?.screen
        }
    }

    /// A notice that nothing in this version brings about yet.
    func show(_ notice: Notice) throws {
        show("a notice: \(notice.kind.rawValue)", try notice.screen())
        noticeKinds.insert(notice.kind.rawValue)
    }

    func show(_ cue: String, _ screen: Screen) { take(Shot(cue: cue, screen: screen), nil) }

    /// The newest notice of this kind for `player`, shown to them: its buttons can be pressed.
    func lastNotice(_ kind: Notice.Kind, to player: Player) async throws {
        let waiting = try await services.messages.unsent(limit: 1000)
        let message = try #require(
            waiting.last { $0.kind == kind.rawValue && $0.chatID == player.id })
        shownNotices.insert(message.id)
        let screen = try #require(Notice(message)).screen()
        noticeKinds.insert(message.kind)
        take(Shot(cue: "a notice to \(player.name): \(message.kind)", screen: screen), player)
    }

    private func take(_ shot: Shot, _ player: Player?) {
        if let player, let screen = shot.screen { last[player] = screen }
        guard isRecording else { return }
        var shot = shot
        shot.title = nextTitle
        nextTitle = nil
        shots.append(shot)
    }
}

extension String {
    /// On one line, and no longer than a reader needs.
    fileprivate var shown: String {
        let line = replacing("\n", with: "⏎")
        return line.count > 200 ? "\(line.prefix(200))…" : line
    }
}

/// A part of the gallery with a golden file of its own: a story told by scenes, each a sequence of
/// what is said and pressed.
struct Chapter: Sendable {
    /// Its file's, without the ending.
    let name: String
    var limits = Limits(maxUsers: 50)
    var hooks = HookSettings(
        publicURL: "https://ledger.example/", bots: ["alpha": .init()])
    let play: @Sendable (Stage) async throws -> Void

    init(
        _ name: String, limits: Limits = Limits(maxUsers: 50),
        _ play: @escaping @Sendable (Stage) async throws -> Void
    ) {
        self.name = name
        self.limits = limits
        self.play = play
    }
}
