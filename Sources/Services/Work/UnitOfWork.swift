public import Ledger
public import Storage
public import World

/// One atomic write: everything that must agree, its audit rows and its outgoing messages included.
public struct UnitOfWork: Sendable {
    public let database: any Database
    public let world: any World
    /// Yields after each commit that put messages into the outbox; has one reader, the sender.
    public let outboxGrew: AsyncStream<Void>
    private let outboxGrewSignal: AsyncStream<Void>.Continuation
    /// Yields after each commit that put calls on their way to gateways; has one reader, the desk.
    public let submissionsGrew: AsyncStream<Void>
    private let submissionsGrewSignal: AsyncStream<Void>.Continuation

    public init(database: any Database, world: any World) {
        self.database = database
        self.world = world
        (outboxGrew, outboxGrewSignal) = AsyncStream.makeStream(
            bufferingPolicy: .bufferingNewest(1))
        (submissionsGrew, submissionsGrewSignal) = AsyncStream.makeStream(
            bufferingPolicy: .bufferingNewest(1))
    }

    /// Runs `body` in one transaction. Its one `now` and all its ids are drawn before the
    /// transaction begins, so running the body again gives the same rows.
    public func write<Result: Sendable>(
        _ urgency: Urgency = .prompt,
        _ body: @escaping @Sendable (any Transaction, inout Draw) throws -> Result
    ) async throws -> Result {
        let draw = Draw(world: world)
        let (result, hasMail, hasSubmissions) = try await database.write(urgency) { tx in
            var draw = draw
            return (try body(tx, &draw), draw.hasMail, draw.hasSubmissions)
        }
        if hasMail { outboxGrewSignal.yield() }
        if hasSubmissions { submissionsGrewSignal.yield() }
        return result
    }

    /// Runs `body` on one consistent snapshot.
    public func read<Result: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> Result
    ) async throws -> Result {
        try await database.read(body)
    }
}

/// What a unit of work takes from the world: its instant and its ids.
public struct Draw: Sendable {
    public let now: Timestamp
    private let random: [UInt8]
    private var count: UInt32 = 0
    /// Whether this unit of work put a message into the outbox.
    var hasMail = false
    /// Whether this unit of work put a call on its way to a gateway.
    var hasSubmissions = false

    init(world: any World) {
        now = world.now()
        random = world.randomBytes(6)
    }

    /// A UUID of version 7 (RFC 9562 §5.7): milliseconds, then a counter of this unit of work, then
    /// 42 random bits. Ids of one unit of work sort in the order in which they were drawn.
    public mutating func uid() -> String {
        let milliseconds = UInt64(max(0, now.microseconds / 1000))
        let high = milliseconds << 16 | 0x7000 | UInt64(count >> 20)
        let noise = random.reduce(UInt64(0)) { $0 << 8 | UInt64($1) } & 0x3FF_FFFF_FFFF
        let low = 0x8000_0000_0000_0000 | UInt64(count & 0xF_FFFF) << 42 | noise
        count &+= 1
        return Draw.text(high, low)
    }

    private static func text(_ high: UInt64, _ low: UInt64) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(36)
        for half in [high, low] {
            for shift in stride(from: UInt64(60), through: 0, by: -4) {
                switch bytes.count {
                case 8, 13, 18, 23: bytes.append(UInt8(ascii: "-"))
                default: break
                }
                let digit = UInt8(half >> shift & 0xF)
                bytes.append(digit + (digit < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10))
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
