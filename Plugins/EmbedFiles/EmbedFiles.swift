import Foundation
import PackagePlugin

/// Turns every file of a folder into Swift text, so that a deployed binary carries them: its schema
/// and the pages that it serves.
@main
struct EmbedFiles: BuildToolPlugin {
    /// What a target embeds: the files of `folder` that end so, as `EmbeddedPages.files` and such.
    private struct Source {
        let folder: String
        let endings: Set<String>
        var typeName: String { "Embedded\(folder)" }
    }

    private struct NothingToEmbed: Error, CustomStringConvertible {
        let target: String
        var description: String { "\(target) has nothing to embed: see Plugins/EmbedFiles" }
    }

    private static let sources = [
        "Records": Source(folder: "Migrations", endings: ["sql"]),
        "Web": Source(folder: "Pages", endings: ["html", "css", "js"]),
    ]

    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        guard let source = Self.sources[target.name] else {
            throw NothingToEmbed(target: target.name)
        }
        let folder = context.package.directoryURL.appending(path: source.folder)
            .resolvingSymlinksInPath()
        let output = context.pluginWorkDirectoryURL.appending(path: "\(source.typeName).swift")
        let files = try FileManager.default
            .contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { source.endings.contains($0.pathExtension) }
            .sorted { $0.lastPathComponent < $1.lastPathComponent }
        return [
            .buildCommand(
                displayName: "Embedding \(files.count) files of \(source.folder)",
                executable: try context.tool(named: "embed-files").url,
                arguments: [source.folder, source.typeName, output.path] + files.map(\.path),
                inputFiles: files,
                outputFiles: [output])
        ]
    }
}
