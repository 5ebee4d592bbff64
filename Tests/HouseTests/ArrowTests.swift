import Foundation
import Testing

/// Imports and dependencies only point down the layer table.
@Suite struct ArrowTests {
    /// For each target the arrows it may draw, to targets of ours and to products of others.
    private static let arrows: [String: Set<String>] = [
        "Ledger": [],
        "Storage": [],
        "Transport": [],
        "Wire": ["Ledger"],
        "CSQLite": [],
        "CPostgres": [],
        "CCurl": [],
        "CCrypto": [],
        "CZlib": [],
        "CExpat": [],
        "CCairo": [],
        "SQLiteStorage": ["Storage", "CSQLite"],
        "PostgresStorage": ["Storage", "CPostgres"],
        "CurlTransport": ["Transport", "CCurl"],
        "Hashing": ["CCrypto"],
        "Gzip": ["CZlib"],
        "Markup": ["CExpat"],
        "Charts": ["Ledger", "CCairo"],
        "World": ["Ledger"],
        "Records": ["Ledger", "Storage", "Wire", "EmbedFiles"],
        "Telegram": ["Transport"],
        "Freqtrade": ["Transport"],
        "Gateways": ["Ledger"],
        "Services": [
            "Ledger", "Storage", "Wire", "World", "Hashing", "Markup", "Records", "Gateways",
        ],
        "PaperGateway": ["Ledger", "World", "Gateways"],
        "Bot": [
            "Ledger", "Storage", "Wire", "World", "Hashing", "Charts", "Records", "Services",
            "Telegram",
        ],
        "Web": [
            "Ledger", "Storage", "Wire", "World", "Hashing", "Gzip", "Records", "Services",
            "Hummingbird", "HTTPTypes", "NIOCore", "NIOPosix", "NIOHTTP1", "NIOHTTPTypes",
            "NIOConcurrencyHelpers", "Logging", "ServiceLifecycle", "EmbedFiles",
        ],
        "blotter": [
            "Ledger", "Storage", "Transport", "Wire", "SQLiteStorage", "PostgresStorage",
            "CurlTransport", "Hashing", "World", "Records", "Telegram", "Freqtrade", "Gateways",
            "PaperGateway", "Services", "Bot", "Web",
            "ArgumentParser", "Logging", "ServiceLifecycle", "UnixSignals",
        ],
        "embed-files": [],
        "EmbedFiles": ["embed-files"],
        "TestSupport": [
            "Ledger", "Storage", "Wire", "World", "SQLiteStorage", "PostgresStorage", "CPostgres",
            "CZlib", "Transport", "Hashing", "Records", "Gateways", "Services", "NIOCore",
            "NIOPosix", "NIOHTTP1",
        ],
    ]

    /// These know nothing of the machine they run on, not even its C library.
    private static let pure: Set<String> = ["Ledger", "Storage", "Transport", "Wire"]
    /// All of Foundation is for the programs; below them its essentials have to do.
    private static let mayUseFoundation: Set<String> = ["blotter", "embed-files"]
    private static let systemModules: Set<String> = ["Glibc", "FoundationEssentials", "Dispatch"]

    private struct Manifest: Decodable {
        struct Target: Decodable {
            let name: String
            let type: String
            let dependencies: [[String: [JSON?]]]
            let pluginUsages: [[String: [JSON?]]]?
        }

        /// A name, or something that does not matter here.
        enum JSON: Decodable {
            case name(String)
            case other

            init(from decoder: any Decoder) throws {
                let name = try? decoder.singleValueContainer().decode(String.self)
                self = name.map { .name($0) } ?? .other
            }
        }

        let targets: [Target]
    }

    /// What the manifest says, without the test targets.
    private static func declaredArrows() throws -> [String: Set<String>] {
        let scratch = FileManager.default.temporaryDirectory
            .appending(path: "blotter-house-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: scratch) }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "swift", "package", "--package-path", House.root.path, "--scratch-path", scratch.path,
            "dump-package",
        ]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let json = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        var arrows: [String: Set<String>] = [:]
        for target in try JSONDecoder().decode(Manifest.self, from: json).targets
        where target.type != "test" {
            let entries = target.dependencies + (target.pluginUsages ?? [])
            let names = entries.flatMap(\.values).compactMap { entry -> String? in
                if case .name(let name)? = entry.first ?? nil { name } else { nil }
            }
            arrows[target.name] = Set(names)
        }
        return arrows
    }

    @Test func `the manifest draws the arrows of the table and no others`() throws {
        let declared = try Self.declaredArrows()
        #expect(Set(declared.keys) == Set(Self.arrows.keys))
        for (target, uses) in declared {
            let allowed = Self.arrows[target] ?? []
            #expect(uses.subtracting(allowed).sorted() == [], "\(target) may not use these")
            #expect(
                allowed.subtracting(uses).sorted() == [], "\(target) does not use these any more")
        }
    }

    @Test(arguments: Array(arrows.keys).sorted())
    func `no file imports what its target may not`(target: String) {
        var allowed = Self.arrows[target] ?? []
        if !Self.pure.contains(target) { allowed.formUnion(Self.systemModules) }
        if Self.mayUseFoundation.contains(target) { allowed.insert("Foundation") }
        var folder = "Sources/\(target)"
        if target == "TestSupport" {
            allowed.formUnion(["Foundation", "Testing"])
            folder = "Tests/\(target)"
        }
        for file in House.sources(below: folder) {
            let forbidden = file.imports.filter { !allowed.contains($0) }
            #expect(forbidden == [], "\(file.path) imports these")
        }
    }

    @Test func `the layers hold no circle`() {
        for target in Self.arrows.keys {
            var reached: Set<String> = []
            var next = Self.arrows[target] ?? []
            while !next.isSubset(of: reached) {
                reached.formUnion(next)
                next = next.reduce(into: []) { $0.formUnion(Self.arrows[$1] ?? []) }
            }
            #expect(!reached.contains(target), "\(target) reaches itself")
        }
    }

    @Test func `every folder of sources belongs to a target`() throws {
        let folders = try FileManager.default
            .contentsOfDirectory(atPath: House.root.appending(path: "Sources").path)
        #expect(Set(folders).subtracting(Self.arrows.keys).sorted() == [])
    }
}
