import Bot
import Foundation
import Testing

struct ReadmeTests {
    @Test func `the README's table of commands is the list's`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let readme = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
        #expect(readme.contains(Commands.markdownTable), "\(Commands.markdownTable)")
    }
}
