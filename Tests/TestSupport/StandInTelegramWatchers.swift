/// Those who wait for something to happen.
struct StandInWatchers: Sendable {
    private var streams: [Int: AsyncStream<Void>.Continuation] = [:]
    private var nextNumber = 0

    func changed() {
        for stream in streams.values { stream.yield() }
    }

    private mutating func watch() -> (number: Int, stream: AsyncStream<Void>) {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        nextNumber += 1
        streams[nextNumber] = continuation
        return (nextNumber, stream)
    }

    /// Nil once the time is over or the task is cancelled.
    static func first<Value: Sendable>(
        _ watchers: Guarded<StandInWatchers>, withinSeconds: Double,
        _ check: @escaping @Sendable () -> Value?
    ) async -> Value? {
        let (number, stream) = watchers.withLock { $0.watch() }
        defer { watchers.withLock { $0.streams[number] = nil } }
        if let value = check() { return value }
        return await withTaskGroup(of: Value?.self) { group in
            group.addTask {
                for await _ in stream {
                    if let value = check() { return value }
                }
                return nil
            }
            group.addTask {
                try? await Task.sleep(for: .seconds(withinSeconds))
                return nil
            }
            var found = await group.next() ?? nil
            group.cancelAll()
            for await value in group { found = found ?? value }
            // What happened together with the end of the time counts.
            return found ?? check()
        }
    }
}
