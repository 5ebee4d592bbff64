import Bot
import Foundation
import Services
import TestSupport
import Testing

/// Every screen of the bot in its three renderings, as a reader sees it: a chapter for each command
/// or subject, held against the files in `Golden`.
///
/// A scene is what somebody says or presses; the files tell what was shown then. With
/// `BLOTTER_TEST_REWRITE_GOLDEN=1` in the environment the files are written anew, those that no
/// chapter has are removed, and the test fails once so that nobody leaves it on; `git diff` then
/// shows what has changed.
@Suite struct GalleryTests {
    private static let folder = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Golden")
    private static let rewrites =
        ProcessInfo.processInfo.environment["BLOTTER_TEST_REWRITE_GOLDEN"] == "1"

    @Test(arguments: Gallery.chapters.map(\.name))
    func `the screens are as their golden file says`(chapter: String) async throws {
        let page = try await Gallery.page(named: chapter)
        let text = try GoldenText.of(page, named: chapter)
        let file = Self.folder.appending(path: "\(chapter).txt")
        if Self.rewrites {
            try Data(text.utf8).write(to: file)
            Issue.record("\(chapter).txt was written anew")
            return
        }
        let golden = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        guard text.utf8.elementsEqual(golden.utf8) else {
            Issue.record("\(chapter).txt differs. \(Self.difference(golden, text))")
            return
        }
    }

    /// The first lines that are not alike.
    private static func difference(_ golden: String, _ text: String) -> String {
        let was = golden.split(separator: "\n", omittingEmptySubsequences: false)
        let now = text.split(separator: "\n", omittingEmptySubsequences: false)
        let common = zip(was, now).prefix { $0 == $1 }.count
        func lines(_ all: [Substring]) -> String {
            all.dropFirst(common).prefix(8).joined(separator: "\n")
        }
        return "From line \(common + 1) on it was:\n\(lines(was))\nand is:\n\(lines(now))"
    }

    @Test func `no golden file is left over from a chapter that is gone`() throws {
        let expected = Set(Gallery.chapters.map { "\($0.name).txt" })
        let found = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
        for name in found where Self.rewrites && !expected.contains(name) {
            try FileManager.default.removeItem(at: Self.folder.appending(path: name))
        }
        #expect(Self.rewrites || Set(found) == expected)
        #expect(Set(Gallery.chapters.map(\.name)).count == Gallery.chapters.count)
    }

    @Test(arguments: Gallery.chapters.map(\.name))
    func `Telegram takes every screen in either form`(chapter: String) async throws {
        for shot in try await Gallery.page(named: chapter).shots {
            guard let screen = shot.screen else { continue }
            let rich = BotAPIHTML(try RichHTMLRenderer().render(screen), dialect: .rich)
            #expect(rich.problems == [], "\(shot.cue)")
            for timesAsTags in [false, true] {
                let renderer = ClassicHTMLRenderer(timesAsTags: timesAsTags)
                let classic = BotAPIHTML(try renderer.render(screen), dialect: .classic)
                #expect(classic.problems == [], "\(shot.cue)")
                #expect(classic.text.utf16.count <= ClassicHTMLRenderer.mostUnits, "\(shot.cue)")
            }
            if let popup = shot.popup { #expect(popup.utf16.count <= 200, "\(shot.cue)") }
        }
    }

    // MARK: Completeness

    /// What was typed in the chapters of the commands, not in the one that misuses all of them.
    private func linesOfScenes() async throws -> [String] {
        var lines: [String] = []
        for chapter in Gallery.chapters where chapter.name != Chapter.misuse.name {
            lines += try await Gallery.page(named: chapter.name).lines
        }
        return lines
    }

    @Test func `every command has a scene`() async throws {
        let lines = try await linesOfScenes()
        let said = Set(lines.map { $0.split(separator: " ").first.map(String.init) ?? "" })
        let missing = Commands.all.map { "/\($0.name)" }.filter { !said.contains($0) }
        #expect(missing == [], "these commands have no scene in Tests/BotTests/Gallery")
    }

    @Test func `every form of a command has a scene`() async throws {
        let lines = try await linesOfScenes()
        let said = Set(lines.map { $0.split(separator: " ").prefix(2).joined(separator: " ") })
        let forms = Commands.all.flatMap(\.forms)
            .map { $0.split(separator: " ").prefix(2).joined(separator: " ") }
        let missing = forms.filter { !said.contains($0) }
        #expect(missing == [], "these forms have no scene in Tests/BotTests/Gallery")
        #expect(forms.count > 20)
    }

    @Test func `every kind of notice has a scene`() async throws {
        let shown = Set(try await Gallery.allPages().flatMap(\.noticeKinds))
        let missing = Notice.Kind.allCases.map(\.rawValue).filter { !shown.contains($0) }
        #expect(missing == [], "these notices have no scene in Tests/BotTests/Gallery")
    }

    @Test func `every kind of notice is counted by its name in a pile`() async throws {
        let screens = try await Gallery.page(named: Chapter.piles.name).shots.compactMap(\.screen)
        let unnamed = try screens.map { try TerminalRenderer().render($0) }
            .filter { $0.contains("Other messages") }
        #expect(unnamed == [])
    }

    @Test func `every kind of action has a scene`() {
        let missing = ActionKinds.all.map(\.name).filter { ActionScene.all[$0] == nil }
        #expect(missing == [], "these actions have no scene in ActionScene.all")
        #expect(ActionScene.all.count == ActionKinds.all.count)
    }
}
