import Dispatch

extension ChartRenderer {
    /// One picture at a time, beside the threads that tasks share.
    private static let thread = DispatchQueue(label: "charts", qos: .utility)

    /// The same without blocking the caller's thread. Throws `ChartError`.
    public static func draw(_ chart: Chart) async throws -> [UInt8] {
        try await withCheckedThrowingContinuation { continuation in
            thread.async {
                continuation.resume(with: Result { () throws(ChartError) in try png(chart) })
            }
        }
    }
}
