import Ledger
import Logging
import Testing
import Wire
import World
import blotter

@Suite struct LoggingTests {
    private let written = Lock<[[UInt8]]>([])

    private func logger(
        _ format: LogFormat, hiding secrets: [String] = [], level: Logger.Level = .info
    ) -> Logger {
        let output = LogOutput(
            format: format, secrets: HiddenSecrets(secrets.map(Secret.init)),
            world: SeededWorld(seed: 1),
            write: { [written] line in written.withLock { $0.append(line) } })
        return Logger(label: "telegram") { output.handler(label: $0, level: level) }
    }

    private func lines() -> [String] {
        written.withLock { $0 }.map { String(decoding: $0, as: UTF8.self) }
    }

    private func onlyLine() throws -> JSONValue {
        let lines = lines()
        #expect(lines.count == 1)
        let line = try #require(lines.first)
        #expect(line.hasSuffix("\n"))
        #expect(line.utf8.count { $0 == UInt8(ascii: "\n") } == 1)
        return try JSONValue(parsing: line)
    }

    @Test func `a JSON line holds time, level, logger, message and the metadata`() throws {
        var logger = logger(.json)
        logger[metadataKey: "update_id"] = "7"
        logger.warning("late fill", metadata: ["broker_trade_id": "t-1", "uid": "\(42)"])
        #expect(
            lines() == [
                "{\"time\":\"2026-01-01T00:00:00.000000Z\",\"level\":\"warning\","
                    + "\"logger\":\"telegram\",\"message\":\"late fill\","
                    + "\"broker_trade_id\":\"t-1\",\"uid\":\"42\",\"update_id\":\"7\"}\n"
            ])
    }

    @Test func `a text line is for people`() {
        let logger = logger(.text)
        logger.info("hello\nworld", metadata: ["uid": "42", "detail": "two words", "empty": ""])
        #expect(
            lines() == [
                "2026-01-01 00:00:00.000 INFO telegram: hello\\nworld"
                    + " detail=\"two words\" empty=\"\" uid=42\n"
            ])
    }

    @Test(arguments: LogFormat.allCases)
    func `whatever is logged stays on one line and shows its control characters`(
        format: LogFormat
    ) throws {
        let odd = "a\r\nb\u{0}\u{1B}[2J\u{9B}31m\u{202E}\u{2028}\u{7F}c\"\\"
        logger(format).info(
            "\(odd)", metadata: ["x": "\(odd)", "y": ["k": "\(odd)"], "z": ["\(odd)"]])
        let line = try #require(lines().first)
        let controls = line.unicodeScalars.dropLast().filter { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator: true
            default: false
            }
        }
        #expect(controls.isEmpty)
        #expect(line.hasSuffix("\n"))
    }

    @Test(arguments: LogFormat.allCases)
    func `no secret comes through, wherever it stands`(format: LogFormat) throws {
        struct Failure: Error, CustomStringConvertible {
            let description = "GET https://host/bot123:abc/getMe failed"
        }
        let logger = logger(format, hiding: ["123:abc", "pa/ss\"word", "pa", ""])
        logger.error(
            "token 123:abc, as in bot123%3Aabc", error: Failure(),
            metadata: [
                "url": "postgres://u:pa%2Fss%22word@h", "list": ["pa/ss\"word"],
                "map": ["k": "123:abc123:abc"],
            ])
        let line = try #require(lines().first)
        for secret in ["123:abc", "123%3Aabc", "ss\\\"word", "ss%22word", "pa/", "pa%"] {
            #expect(!line.contains(secret))
        }
        #expect(line.contains("token ***, as in bot***"))
        #expect(line.contains("******"))
    }

    @Test func `a longer secret is hidden before one that is part of it`() throws {
        logger(.json, hiding: ["abc", "abcdef"]).info("xabcdefy abc")
        #expect(try onlyLine()["message"]?.string == "x***y ***")
    }

    @Test func `metadata never hides the line's own keys`() throws {
        logger(.json).info("m", metadata: ["message": "other", "time": "noon", "level": "x"])
        let line = try onlyLine()
        #expect(line["message"]?.string == "m")
        #expect(line["message_"]?.string == "other")
        #expect(line["level"]?.string == "info")
    }

    @Test func `an endless text is cut and says so`() throws {
        logger(.json).info("\(String(repeating: "é", count: 100_000))")
        let message = try #require(try onlyLine()["message"]?.string)
        #expect(message.utf8.count < 8300)
        #expect(message.hasSuffix("… (200000 bytes)"))
    }

    @Test func `messages below the level are not written`() {
        let logger = logger(.json, level: .warning)
        logger.info("no")
        logger.error("yes")
        #expect(lines().count == 1)
    }

    @Test func `a message's metadata goes before the provider's, that before the logger's`() throws
    {
        let output = LogOutput(
            format: .json, secrets: HiddenSecrets([]), world: SeededWorld(seed: 1),
            write: { [written] line in written.withLock { $0.append(line) } })
        var prepared = output.handler(label: "x", level: .info)
        prepared.metadata = ["a": "logger", "b": "logger", "c": "logger"]
        prepared.metadataProvider = Logger.MetadataProvider { ["b": "provider", "c": "provider"] }
        let handler = prepared
        Logger(label: "x") { _ in handler }.info("m", metadata: ["c": "message"])
        let line = try onlyLine()
        #expect(line["a"]?.string == "logger")
        #expect(line["b"]?.string == "provider")
        #expect(line["c"]?.string == "message")
    }
}
