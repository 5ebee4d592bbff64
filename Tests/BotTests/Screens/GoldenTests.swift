import Bot
import Foundation
import Testing

/// The renderings of representative screens, held against the files in `Golden`.
///
/// With `BLOTTER_TEST_REWRITE_GOLDEN=1` in the environment the files are written anew, and the test
/// fails once so that nobody leaves it on; `git diff` then shows what has changed.
@Suite struct GoldenTests {
    private static let folder = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Golden")
    private static let renderers: [(ending: String, renderer: any ScreenRenderer)] = [
        ("rich.html", RichHTMLRenderer()), ("classic.html", ClassicHTMLRenderer()),
        ("txt", TerminalRenderer()),
    ]

    @Test func `every sample screen renders as its golden files say`() throws {
        let rewrites = ProcessInfo.processInfo.environment["BLOTTER_TEST_REWRITE_GOLDEN"] == "1"
        for (name, screen) in try SampleScreens.all() {
            for (ending, renderer) in Self.renderers {
                let file = Self.folder.appending(path: "\(name).\(ending)")
                let rendered = Array((try renderer.render(screen) + "\n").utf8)
                if rewrites {
                    try Data(rendered).write(to: file)
                    Issue.record("\(name).\(ending) was written anew")
                } else {
                    let golden = try Array(Data(contentsOf: file))
                    #expect(
                        rendered == golden,
                        "\(name).\(ending) is now:\n\(String(decoding: rendered, as: UTF8.self))")
                }
            }
        }
    }

    @Test func `no golden file is left over from a screen that is gone`() throws {
        let expected = Set(
            try SampleScreens.all().flatMap { sample in
                Self.renderers.map { "\(sample.name).\($0.ending)" }
            })
        let found = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
        #expect(Set(found) == expected)
    }
}
