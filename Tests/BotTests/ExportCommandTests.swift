import Bot
import Ledger
import Records
import Services
import TestSupport
import Testing
import World

/// `/export`: lists as documents, in parts where they are long.
@Suite struct ExportCommandTests {
    /// Rows of a stated size, so many of each subject.
    private static func writer(rows: Int, rowBytes: Int) -> ExportWriter {
        ExportWriter(
            frame: { subject, format in
                ExportWriter.Frame(
                    head: Array("\(subject.rawValue).\(format.rawValue)\n".utf8),
                    separator: Array(",".utf8), tail: Array("\nend".utf8))
            },
            rows: { _, _, take in
                for start in stride(from: 0, to: rows, by: 100) {
                    try await take(
                        (start..<min(rows, start + 100)).map { number in
                            let text = Array("<\(number)>".utf8)
                            return text
                                + [UInt8](repeating: 0x2E, count: max(0, rowBytes - text.count))
                        })
                }
            })
    }

    private func documents(_ user: StandInUser) -> [StandInUpload] {
        user.messages.compactMap(\.file).filter { !$0.isPhoto }
    }

    @Test func `one list is one document, all of them are four`() async throws {
        try await BotWorld.run(exports: Self.writer(rows: 3, rowBytes: 5)) { bot in
            let (ada, _) = try await bot.member(1001)
            let today = bot.services.performance.today
            try await bot.running {
                ada.says("/export trades json main")
                let text = try await ada.hears("Export: trades")
                #expect(text.text.contains("main"))
                try await eventually("the file", bot) { documents(ada).count == 1 }
                let file = documents(ada)[0]
                #expect(file.name == "blotter-trades-\(today).json")
                #expect(file.mediaType == "application/json")
                #expect(
                    String(decoding: file.content, as: UTF8.self)
                        == "trades.json\n<0>..,<1>..,<2>..\nend")
                ada.says("/export")
                let choice = try await ada.hears("What do you want as a file?")
                try ada.presses("all", on: choice)
                try await eventually("the files", bot) { documents(ada).count == 5 }
                #expect(
                    documents(ada).dropFirst().map(\.name)
                        == ["trades", "positions", "campaigns", "pnl"].map {
                            "blotter-\($0)-\(today).csv"
                        })
            }
        }
    }

    @Test func `a long list comes in parts, each whole and none larger than stated`()
        async throws
    {
        try await BotWorld.run(exports: Self.writer(rows: 450, rowBytes: 20_000)) { bot in
            let (ada, _) = try await bot.member(1001)
            try await bot.running {
                ada.says("/export trades")
                try await eventually("the parts", bot) { documents(ada).count == 3 }
                var rows: [String] = []
                for (index, file) in documents(ada).enumerated() {
                    #expect(file.name.hasSuffix("-\(index + 1).csv"))
                    #expect(file.content.count <= 4 << 20)
                    let text = String(decoding: file.content, as: UTF8.self)
                    #expect(text.hasPrefix("trades.csv\n<") && text.hasSuffix(".\nend"))
                    rows += text.split(separator: "<").dropFirst().map {
                        String($0.prefix { $0 != ">" })
                    }
                }
                #expect(rows == (0..<450).map(String.init))
            }
        }
    }

    @Test func `an empty list is a document as well`() async throws {
        try await BotWorld.run(exports: Self.writer(rows: 0, rowBytes: 1)) { bot in
            let (ada, _) = try await bot.member(1001)
            try await bot.running {
                ada.says("/export pnl")
                try await eventually("the file", bot) { documents(ada).count == 1 }
                #expect(
                    String(decoding: documents(ada)[0].content, as: UTF8.self) == "pnl.csv\n\nend")
            }
        }
    }

    @Test func `a list that is too long is told, and so is a file that Telegram refuses`()
        async throws
    {
        try await BotWorld.run(
            settings: .init(exportPartBytes: 1000),
            exports: Self.writer(rows: 30, rowBytes: 900)
        ) { bot in
            let (ada, _) = try await bot.member(1001)
            try await bot.running {
                bot.telegram.fault(
                    .badRequest("Bad Request: FILE_PARTS_INVALID"), on: "sendDocument")
                ada.says("/export trades")
                let refused = try await ada.hears("A file could not be sent")
                #expect(refused.text.contains("Send the command again."))
                #expect(documents(ada).isEmpty)
                ada.says("/export trades")
                let tooLong = try await ada.hears("more than 25 files")
                #expect(tooLong.text.contains("ask for a shorter period"))
                #expect(documents(ada).count == 25)
            }
        }
    }

    @Test(arguments: [
        ("/export nonsense", "is none of: trades, positions"),
        (
            "/export trades csv nowhere",
            "You have no portfolio named “nowhere”, and it is no period."
        ),
        ("/export trades main never", "named “never”, and it is no period"),
        ("/export", "What do you want as a file?"),
        ("/export pnl json main ytd", "blotter export pnl --format json"),
        ("/export positions", "Files are sent in Telegram."),
    ])
    func `a terminal is told what it can do instead`(line: String, words: String) async throws {
        try await Desk.run { desk in
            let (console, _) = try await desk.member()
            let shown = try await console.says(line)
            #expect(shown.contains(words), "\(shown)")
        }
    }

    @Test func `without a writer it is told`() async throws {
        try await BotWorld.run { bot in
            let (ada, _) = try await bot.member(1001)
            try await bot.running {
                ada.says("/export trades")
                _ = try await ada.hears("This installation writes no files.")
            }
        }
    }

    @Test func `files are not handed out in groups`() async throws {
        try await BotWorld.run(exports: Self.writer(rows: 1, rowBytes: 1)) { bot in
            let (ada, _) = try await bot.member(1001)
            let group = bot.telegram.group(-1_000_800)
            try await bot.running {
                ada.says("/export@\(bot.telegram.options.botUsername) trades", in: group)
                _ = try await ada.hears("works in a private chat only", in: group)
                try await settled(bot)
                #expect(bot.telegram.calls(of: "sendDocument").isEmpty)
            }
        }
    }
}
