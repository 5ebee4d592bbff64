// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that the program's does not carry it. `Sources/Ledger` is a link to the
// real one.
let rules: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

let package = Package(
    name: "BlotterBenchmarks",
    targets: [
        .target(name: "Ledger", swiftSettings: rules),
        .executableTarget(
            name: "ledger-benchmark", dependencies: ["Ledger"], swiftSettings: rules),
    ]
)
