// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that the program's does not carry it. All but the benchmarks themselves
// are links to the real ones.
let rules: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

func layer(
    _ name: String, uses: [Target.Dependency] = [], plugins: [Target.PluginUsage] = []
) -> Target {
    .target(name: name, dependencies: uses, swiftSettings: rules, plugins: plugins)
}

let package = Package(
    name: "BlotterBenchmarks",
    targets: [
        layer("Ledger"),
        layer("Storage"),
        layer("Transport"),
        layer("Wire", uses: ["Ledger"]),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3"),
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto"),
        .systemLibrary(name: "CExpat", pkgConfig: "expat"),
        .systemLibrary(name: "CCairo", pkgConfig: "cairo"),
        layer("SQLiteStorage", uses: ["Storage", "CSQLite"]),
        layer("Hashing", uses: ["CCrypto"]),
        layer("Markup", uses: ["CExpat"]),
        layer("Charts", uses: ["Ledger", "CCairo"]),
        layer("World", uses: ["Ledger"]),
        layer("Records", uses: ["Ledger", "Storage", "Wire"], plugins: ["EmbedFiles"]),
        layer("Telegram", uses: ["Transport"]),
        layer("Gateways", uses: ["Ledger"]),
        layer(
            "Services",
            uses: [
                "Ledger", "Storage", "Wire", "World", "Hashing", "Markup", "Records", "Gateways",
            ]),
        layer("PaperGateway", uses: ["Ledger", "World", "Gateways"]),
        layer(
            "Bot",
            uses: [
                "Ledger", "Storage", "Wire", "World", "Hashing", "Charts", "Records", "Services",
                "Telegram",
            ]),
        .executableTarget(name: "embed-files", swiftSettings: rules),
        .plugin(name: "EmbedFiles", capability: .buildTool(), dependencies: ["embed-files"]),
        .executableTarget(
            name: "ledger-benchmark", dependencies: ["Ledger"], swiftSettings: rules),
        .executableTarget(
            name: "paper-benchmark", dependencies: ["Ledger", "Gateways", "PaperGateway"],
            swiftSettings: rules),
        .executableTarget(
            name: "dispatch-benchmark",
            dependencies: [
                "Ledger", "Storage", "Transport", "World", "SQLiteStorage", "Records", "Telegram",
                "Services", "Bot",
            ], swiftSettings: rules),
    ]
)
