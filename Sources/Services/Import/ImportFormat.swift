import Wire

/// A kind of file that fills can be read from.
public struct ImportFormat: Sendable {
    /// As `--format` takes it; also the file's ending.
    public let name: String
    public let summary: String
    let makeReader: @Sendable () -> any ImportReader

    /// The one list of formats; the first is the default.
    public static let all: [ImportFormat] = [.csv, .jsonl]

    public static func named(_ name: String) -> ImportFormat? {
        all.first { $0.name == name.lowercased() }
    }
}

/// Turns the bytes of a file, as they come, into fills.
protocol ImportReader {
    /// Takes the next bytes and returns the fills that are complete now.
    mutating func read(_ bytes: ArraySlice<UInt8>) throws(ImportError) -> [ImportedFill]
    /// The file has ended.
    mutating func finish() throws(ImportError) -> [ImportedFill]
}

/// A fill of a file, and where it stood.
public struct ImportedFill: Sendable {
    /// From 1.
    public let line: Int
    public let fill: Result<FillReport, FillRefusal>
}

/// The file as a whole can't be read.
public struct ImportError: Error, Sendable, Hashable, CustomStringConvertible {
    /// From 1; nil where it is about the whole file.
    public let line: Int?
    public let detail: String

    public var description: String { line.map { "line \($0): \(detail)" } ?? detail }
}
