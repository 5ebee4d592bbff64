import Bot
import Foundation
import TestSupport
import Testing
import World

/// All chapters, played once for all tests.
struct Gallery: Sendable {
    struct Page: Sendable {
        let shots: [Shot]
        let lines: [String]
        let noticeKinds: Set<String>
        /// By which orders are named in chat.
        let orderNames: [String]
    }

    /// The one list of chapters, in the order in which a reader would take them.
    static let chapters: [Chapter] =
        [
            .doorway, .help, .positions, .orders, .pnl, .equity, .risk, .policy, .stops, .trades,
            .trade, .ordering, .exits, .changing, .campaigns, .campaign, .why, .books, .cash,
            .strategies, .rates, .tokens, .hooks,
            .quarantine, .imports, .settings, .exports, .leaving, .members, .administration,
            .notices, .piles, .actions, .misuse, .mishaps, .samples,
        ]

    private static let pages = Task {
        var pages: [String: Result<Page, any Error>] = [:]
        for chapter in chapters {
            do {
                pages[chapter.name] = .success(try await page(of: chapter))
            } catch {
                pages[chapter.name] = .failure(error)
            }
        }
        return pages
    }

    static func page(named name: String) async throws -> Page {
        try #require(await pages.value[name]).get()
    }

    static func allPages() async throws -> [Page] {
        var all: [Page] = []
        for chapter in chapters { all.append(try await page(named: chapter.name)) }
        return all
    }

    private static func page(of chapter: Chapter) async throws -> Page {
        try await ServiceWorld.run(on: .sqlite, limits: chapter.limits, hooks: chapter.hooks) {
            world in
            // A day on which the market is open.
            await world.world.advance(seconds: 50 * 86_400 + 9 * 3600)
            let stage = Stage(world, limits: chapter.limits, hooks: chapter.hooks)
            try await chapter.play(stage)
            return Page(
                shots: await stage.shots, lines: await stage.lines,
                noticeKinds: await stage.noticeKinds,
                orderNames: try await world.texts("SELECT uid FROM orders ORDER BY id")
                    .map { String($0.suffix(6)) })
        }
    }
}

/// How a page of the gallery is written down.
enum GoldenText {
    private static let width = 72

    static func of(_ page: Gallery.Page, named name: String) throws -> String {
        var parts = ["The gallery: \(name)"]
        var numbers: [Screen: Int] = [:]
        for (index, shot) in page.shots.enumerated() {
            let number = index + 1
            var lines = heading(of: shot, number)
            if let screen = shot.screen {
                if let known = numbers[screen] {
                    lines.append("The same screen as \(known).")
                } else {
                    numbers[screen] = number
                    lines += try Self.lines(of: screen)
                }
            }
            parts.append(lines.joined(separator: "\n"))
        }
        var text = masked(parts.joined(separator: "\n\n\n") + "\n")
        for (index, name) in page.orderNames.enumerated() {
            text = text.replacing(name, with: "name-\(index + 1)")
        }
        return text
    }

    /// Without what chance decides: ids and secrets by their number, and what depends on the
    /// version of the database.
    private static func masked(_ text: String) -> String {
        var names: [String: String] = [:]
        func name(_ found: Substring, _ kind: String) -> String {
            let known = names[String(found)] ?? "\(kind)-\(names.count + 1)"
            names[String(found)] = known
            return known
        }
        return
            text
            .replacing(/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/) {
                name($0.output, "uid")
            }
            .replacing(/(?:blt|hk)_[0-9A-Za-z]{30,}/) { name($0.output, "secret") }
            .replacing(/[0-9]+\.[0-9] MB/, with: "N MB")
            .replacing(/(Schema\b[^0-9\n]*)[0-9]+/) { "\($0.output.1)N" }
    }

    private static func heading(of shot: Shot, _ number: Int) -> [String] {
        let heading = "\(number). \(shot.title ?? shot.cue)"
        let line = String(repeating: "=", count: width)
        var lines = [line, heading] + (shot.title == nil ? [] : ["   \(shot.cue)"]) + [line]
        if let popup = shot.popup { lines.append("Popup: \(popup)") }
        if shot.popup == nil, shot.screen == nil { lines.append("Nothing is answered.") }
        return lines
    }

    private static func lines(of screen: Screen) throws -> [String] {
        var lines = [rule("rich"), broken(try RichHTMLRenderer().render(screen))]
        let plain = try ClassicHTMLRenderer().render(screen)
        let tagged = try ClassicHTMLRenderer(timesAsTags: true).render(screen)
        lines += [rule("classic"), plain]
        if tagged != plain {
            lines += [rule("classic with times in tags: what differs")]
            lines += zip(split(plain), split(tagged)).filter { $0 != $1 }.map { String($1) }
        }
        lines += [rule("plain text"), try TerminalRenderer().render(screen)]
        let rows = screen.buttons.filter { !$0.isEmpty }
        if !rows.isEmpty {
            lines += [rule("buttons")] + rows.map { $0.map(words).joined(separator: "   ") }
        }
        if let attachment = screen.attachment {
            lines += [rule("what follows")] + words(attachment, below: screen)
        }
        return lines
    }

    private static func split(_ text: String) -> [Substring] {
        text.split(separator: "\n", omittingEmptySubsequences: false)
    }

    private static func rule(_ words: String) -> String {
        "--- \(words) " + String(repeating: "-", count: max(3, width - words.count - 5))
    }

    /// `[Confirm] confirm:… (success)`.
    private static func words(_ button: Button) -> String {
        "[\(button.label)] \(button.action)" + (button.style.map { " (\($0))" } ?? "")
    }

    private static func words(_ attachment: Bot.Attachment, below screen: Screen) -> [String] {
        switch attachment {
        case .chart, .picture: ["A picture, below it: \(screen.pictureCaption)"]
        case .export(let export):
            export.subjects.map { "A file: \(export.fileName($0, part: nil))" }
        }
    }

    /// A rich message is one line; here a line ends before each block.
    private static func broken(_ html: String) -> String {
        ["<p>", "<table", "<tr>", "</table>", "<caption>", "<details>", "</details>"].reduce(html) {
            $0.replacing($1, with: "\n\($1)")
        }
    }
}
