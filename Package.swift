// swift-tools-version: 6.2
import PackageDescription

// One place for the language rules of every target (see the house rules in README.md).
let rules: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

/// A layer of the house: `uses` are the only arrows it may draw, and a test holds them to it.
func layer(
    _ name: String, uses: [Target.Dependency] = [], plugins: [Target.PluginUsage] = []
) -> Target {
    .target(name: name, dependencies: uses, swiftSettings: rules, plugins: plugins)
}

func tests(_ name: String, uses: [Target.Dependency]) -> Target {
    .testTarget(
        name: name, dependencies: uses,
        resources: name == "BotTests" ? [.copy("Golden")] : [], swiftSettings: rules)
}

let package = Package(
    name: "blotter",
    products: [.executable(name: "blotter", targets: ["blotter"])],
    dependencies: [
        .package(
            url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    ],
    targets: [
        // Layer 0: values, rules and protocols.
        layer("Ledger"),
        layer("Storage"),
        layer("Transport"),
        layer("Wire", uses: ["Ledger"]),
        .systemLibrary(
            name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(
            name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(
            name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CExpat", pkgConfig: "expat", providers: [.apt(["libexpat1-dev"])]),
        .systemLibrary(name: "CCairo", pkgConfig: "cairo", providers: [.apt(["libcairo2-dev"])]),

        // Layer 1: one C library each, and what is built on the protocols alone.
        layer("SQLiteStorage", uses: ["Storage", "CSQLite"]),
        layer("PostgresStorage", uses: ["Storage", "CPostgres"]),
        layer("CurlTransport", uses: ["Transport", "CCurl"]),
        layer("Hashing", uses: ["CCrypto"]),
        layer("Gzip", uses: ["CZlib"]),
        layer("Markup", uses: ["CExpat"]),
        layer("Charts", uses: ["Ledger", "CCairo"]),
        layer("World", uses: ["Ledger"]),
        layer("Records", uses: ["Ledger", "Storage", "Wire"], plugins: ["EmbedFiles"]),
        layer("Telegram", uses: ["Transport"]),
        layer("Freqtrade", uses: ["Transport"]),
        layer("Gateways", uses: ["Ledger"]),

        // Layer 2: the units of work.
        layer(
            "Services",
            uses: [
                "Ledger", "Storage", "Wire", "World", "Hashing", "Markup", "Records", "Gateways",
            ]),
        layer("PaperGateway", uses: ["Ledger", "World", "Gateways"]),

        // Layer 3: the faces.
        layer(
            "Bot",
            uses: [
                "Ledger", "Storage", "Wire", "World", "Hashing", "Charts", "Records", "Services",
                "Telegram",
            ]),
        layer(
            "Web",
            uses: [
                "Ledger", "Storage", "Wire", "World", "Hashing", "Gzip", "Records", "Services",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ], plugins: ["EmbedFiles"]),

        // Layer 4: the only place that names a concrete driver.
        .executableTarget(
            name: "blotter",
            dependencies: [
                "Ledger", "Storage", "Transport", "Wire", "SQLiteStorage", "PostgresStorage",
                "CurlTransport", "Hashing", "World", "Records", "Telegram", "Freqtrade", "Gateways",
                "PaperGateway", "Services", "Bot", "Web",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: rules),

        // Build time: Migrations/ becomes Swift text in Records, Pages/ in Web.
        .executableTarget(name: "embed-files", swiftSettings: rules),
        .plugin(
            name: "EmbedFiles", capability: .buildTool(),
            dependencies: ["embed-files"]),

        // Tests: one target for each room that has something to prove, and what they share.
        .target(
            name: "TestSupport",
            dependencies: [
                "Ledger", "Storage", "Wire", "World", "SQLiteStorage", "PostgresStorage",
                "CPostgres", "CZlib", "Transport", "Hashing", "Records", "Gateways", "Services",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            path: "Tests/TestSupport", resources: [.copy("Fixtures")], swiftSettings: rules),
        tests("LedgerTests", uses: ["Ledger"]),
        tests("WireTests", uses: ["Ledger", "Wire"]),
        tests("MarkupTests", uses: ["Markup"]),
        tests("ChartsTests", uses: ["Ledger", "Charts"]),
        tests("WorldTests", uses: ["Ledger", "World"]),
        tests("GzipTests", uses: ["TestSupport", "Gzip"]),
        tests(
            "StorageTests",
            uses: ["TestSupport", "Storage", "SQLiteStorage", "PostgresStorage", "CSQLite"]),
        tests(
            "PostgresStorageTests", uses: ["TestSupport", "Storage", "PostgresStorage"]),
        tests("CurlTransportTests", uses: ["TestSupport", "Transport", "CurlTransport"]),
        tests("TelegramTests", uses: ["TestSupport", "Transport", "CurlTransport", "Telegram"]),
        tests("FreqtradeTests", uses: ["TestSupport", "Transport", "CurlTransport", "Freqtrade"]),
        tests(
            "PaperGatewayTests",
            uses: ["TestSupport", "Ledger", "World", "Gateways", "PaperGateway"]),
        tests(
            "ServicesTests",
            uses: [
                "TestSupport", "Ledger", "Storage", "Wire", "World", "Hashing", "Records",
                "Gateways", "Services", "PaperGateway",
            ]),
        tests(
            "BotTests",
            uses: [
                "TestSupport", "Ledger", "Storage", "World", "Transport", "CurlTransport",
                "Telegram", "Records",
                "Services", "Bot",
            ]),
        tests(
            "WebTests",
            uses: [
                "TestSupport", "Ledger", "Storage", "Wire", "World", "Hashing", "Records",
                "Services", "Web",
            ]),
        tests(
            "BlotterTests",
            uses: [
                "TestSupport", "Ledger", "Storage", "Wire", "World", "blotter",
                .product(name: "Logging", package: "swift-log"),
            ]),
        tests("HouseTests", uses: []),
    ]
)
