import Records
import Services
public import Testing
import World

extension ServiceWorld {
    /// Expects that everything derived is what the trades say.
    public func expectVerified(sourceLocation: SourceLocation = #_sourceLocation) async throws {
        let found = Lock<[String]>([])
        try await Verification(services).run(repair: false, as: .owner) { progress in
            found.withLock { $0 += progress.differences.map(\.description) }
        }
        #expect(found.withLock { $0 } == [], sourceLocation: sourceLocation)
    }
}
