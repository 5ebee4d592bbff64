import Foundation
import TestSupport
import Testing

/// The HTTP API held against its own description, by a client that is made from it.
@Suite struct APIProbeTests {
    /// How long the probe takes where four others use the machine, twice over.
    private static let patienceSeconds = 240.0

    @Test func `a client that is made from the description finds no fault`() async throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let probe = try await Program.run(
            [root.appending(path: "deploy/probe-api").path, "1"],
            settings: ["BLOTTER_TEST_BINARY": try Program.binary()], executable: "/bin/bash",
            withinSeconds: Self.patienceSeconds)
        #expect(probe.status == 0, "\(probe.output.suffix(20_000))\n\(probe.complaints)")
        #expect(probe.output.contains("Tested: "), "\(probe.output)")
    }
}
