import Foundation

/// `embed-migrations OUTPUT FILE…`: writes one Swift file that holds the text of every FILE by its
/// name.
@main
struct EmbedMigrations {
    static func main() throws {
        let paths = CommandLine.arguments.dropFirst()
        guard let output = paths.first else {
            FileHandle.standardError.write(Data("usage: embed-migrations OUTPUT FILE…\n".utf8))
            exit(2)
        }
        var source = "/// The files of `Migrations/` by name, embedded by the build.\n"
        source += "enum EmbeddedMigrations {\n    static let files: [String: String] = [\n"
        for path in paths.dropFirst() {
            let name = URL(filePath: path).lastPathComponent
            let text = try String(contentsOfFile: path, encoding: .utf8)
            source += "        \"\(name)\": ###\"\"\"\n\(text)\n\"\"\"###,\n"
        }
        if paths.count == 1 { source += "        :\n" }
        source += "    ]\n}\n"
        try source.write(toFile: output, atomically: true, encoding: .utf8)
    }
}
