import Testing

/// The house rules that a program can check.
@Suite struct SourceRuleTests {
    private static let targets = [
        "Ledger", "Storage", "Transport", "Wire", "SQLiteStorage", "PostgresStorage",
        "CurlTransport", "Hashing", "Gzip", "Markup", "Charts", "World", "Records", "Telegram",
        "Freqtrade", "Gateways", "Services", "PaperGateway", "Bot", "Web", "blotter",
    ]
    /// They talk to C, where nothing else will do.
    private static let drivers: Set<String> = [
        "SQLiteStorage", "PostgresStorage", "CurlTransport", "Hashing", "Gzip", "Markup", "Charts",
    ]

    /// Files that may have more than 400 lines, each with its reason.
    private static let longFiles: [String: String] = [:]

    private static let binaryFractions: Set<String> = [
        "Double", "Float", "Float16", "Float32", "Float64", "Float80", "CGFloat",
    ]
    private static let traps: Set<String> = [
        "fatalError", "preconditionFailure", "assertionFailure", "try!", "as!",
    ]
    private static let worldly: Set<String> = [
        "Date", "DispatchTime", "DispatchWallTime", "timeIntervalSinceNow", "clock_gettime",
        "gettimeofday", "UUID", "SystemRandomNumberGenerator", "randomElement", "shuffle",
        "shuffled", "arc4random", "arc4random_uniform", "arc4random_buf", "getrandom", "getentropy",
    ]
    /// Drivers may limit and delay their own calls: how long one lasts changes no answer.
    private static let durations: Set<String> = [
        "ContinuousClock", "SuspendingClock", "continuous", "suspending", "usleep", "nanosleep",
        "clock_nanosleep",
    ]

    private func findings(
        in targets: [String], except isAllowed: (SourceFile) -> Bool = { _ in false },
        _ isForbidden: (_ word: String, _ line: [String]) -> Bool
    ) -> [String] {
        targets.flatMap { House.sources(below: "Sources/\($0)") }
            .filter { !isAllowed($0) }.flatMap { $0.findings(isForbidden) }
    }

    @Test func `money knows no binary fractions`() {
        let found = findings(in: ["Ledger", "Records", "Services"]) { word, _ in
            Self.binaryFractions.contains(word)
        }
        #expect(found == [])
    }

    @Test func `only drivers and locks do what the compiler cannot check`() {
        let others = Self.targets.filter { !Self.drivers.contains($0) }
        let found = findings(in: others, except: { $0.name == "Lock.swift" }) { word, _ in
            word.lowercased().contains("unsafe")
        }
        #expect(found == [])
    }

    /// Where a word alone does not tell: `Task.sleep`, and `random(in:)` without `using:`.
    private func isWorldly(_ word: String, _ line: [String]) -> Bool {
        switch word {
        case "sleep": line.contains("Task") || line.contains("Thread")
        case "random": !line.contains("using") && line.contains("in")
        default: Self.worldly.contains(word)
        }
    }

    private func isDuration(_ word: String, _ line: [String]) -> Bool {
        Self.durations.contains(word)
    }

    @Test func `clock, ids, randomness and sleep come from the world alone`() {
        let others = Self.targets.filter { $0 != "World" }
        #expect(findings(in: others, isWorldly) == [])
        let aboveDrivers = others.filter { !Self.drivers.contains($0) }
        #expect(findings(in: aboveDrivers, isDuration) == [])
        let world = findings(in: ["World"], isWorldly)
        #expect(!world.isEmpty)
        #expect(world.filter { !$0.hasPrefix("Sources/World/LiveWorld.swift:") } == [])
    }

    @Test func `nothing ends the process instead of throwing`() {
        #expect(findings(in: Self.targets) { word, _ in Self.traps.contains(word) } == [])
    }

    @Test func `no comment puts off work`() {
        let marks = ["TO" + "DO", "FIX" + "ME", "X" + "XX"]
        let found = House.sources.flatMap { file in
            file.lines.filter { line in marks.contains { line.text.contains($0) } }
                .map { "\(file.path):\($0.number)" }
        }
        #expect(found == [])
    }

    /// The formatter breaks code, but neither comments nor literals. In a test a literal may be
    /// longer than a line, where it would be harder to read in pieces.
    @Test func `no line of Swift is longer than 100 columns`() {
        let found = House.sources.flatMap { file in
            file.lines
                .filter { $0.text.utf8.count > 100 && $0.text.unicodeScalars.count > 100 }
                .filter { !(file.path.hasPrefix("Tests/") && $0.hasLiteral) }
                .map { "\(file.path):\($0.number)" }
        }
        #expect(found == [])
    }

    @Test func `no file of Swift is longer than 400 lines`() {
        let long = House.sources.filter { $0.lines.count > 401 }.map(\.path)
        #expect(long.filter { Self.longFiles[$0] == nil } == [])
        #expect(Self.longFiles.keys.filter { !long.contains($0) } == [], "these are short again")
    }
}
