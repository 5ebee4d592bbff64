import Foundation

/// `embed-files FOLDER TYPE OUTPUT FILE…`: writes one Swift file in which TYPE holds the text of
/// every FILE, which are FOLDER's, by its name.
@main
struct EmbedFiles {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard arguments.count >= 3 else {
            let usage = "usage: embed-files FOLDER TYPE OUTPUT FILE…\n"
            FileHandle.standardError.write(Data(usage.utf8))
            exit(2)
        }
        let (folder, type, output) = (arguments[1], arguments[2], arguments[3])
        let paths = arguments.dropFirst(3)
        var source = "/// The files of `\(folder)/` by name, embedded by the build.\n"
        source += "enum \(type) {\n    static let files: [String: String] = [\n"
        for path in paths {
            let name = URL(filePath: path).lastPathComponent
            let text = try String(contentsOfFile: path, encoding: .utf8)
            source += "        \"\(name)\": ###\"\"\"\n\(text)\n\"\"\"###,\n"
        }
        if paths.isEmpty { source += "        :\n" }
        source += "    ]\n}\n"
        try source.write(toFile: output, atomically: true, encoding: .utf8)
    }
}
