import Telegram
import TestSupport
import Testing
import Transport

/// Pictures and documents that the bot sends.
struct UploadTests {
    @Test func `a document arrives byte by byte, whatever is in it`() async throws {
        let bench = try await Bench()
        let user = bench.telegram.user(7)
        let said = user.says("hello")
        var contents: [[UInt8]] = [
            [0], Array("------blotter--\r\n------blotter-\r\n\r\n".utf8),
            (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 7) },
        ]
        contents.append(Array("\r\n--".utf8) + contents[1] + contents[1])
        for content in contents {
            let message = try await bench.api.upload(
                SendDocument(
                    chatID: 7,
                    file: UploadedFile(
                        name: "a \"b\"\r\nü.csv", mediaType: "text/csv", bytes: content),
                    caption: "----blotter ünd 12 {\"a\":true}",
                    replyParameters: ReplyParameters(messageID: MessageID(said.messageID))))
            let sent = try #require(user.messages.last)
            #expect(message.id.rawValue == sent.id)
            #expect(sent.file?.content == content)
            #expect(sent.file?.name == "a %22b%22%0D%0Aü.csv")
            #expect(sent.file?.mediaType == "text/csv")
            #expect(sent.text == "----blotter ünd 12 {\"a\":true}")
            #expect(sent.replyToMessageID == said.messageID)
        }
        #expect(bench.telegram.violations == [])
        await bench.close()
    }

    @Test func `texts that look like other values stay texts`() async throws {
        let bench = try await Bench()
        let user = bench.telegram.user(7)
        user.says("hello")
        for caption in ["true", "17", "null", "{\"a\":1}", ""] {
            _ = try await bench.api.upload(
                SendDocument(
                    chatID: 7,
                    file: UploadedFile(name: "x", mediaType: "text/plain", bytes: [1]),
                    caption: caption, disableNotification: true))
            #expect(user.messages.last?.text == caption)
        }
        #expect(bench.telegram.violations == [])
        await bench.close()
    }

    @Test func `a photo has to be one, and both are refused where the chat is`() async throws {
        let bench = try await Bench()
        bench.telegram.user(7).says("hello")
        let text = UploadedFile(name: "x.png", mediaType: "image/png", bytes: [1, 2, 3])
        let refused = await telegramError {
            try await bench.api.upload(SendPhoto(chatID: 7, file: text))
        }
        guard case .badRequest = refused else {
            Issue.record("\(String(describing: refused))")
            return
        }
        #expect(bench.telegram.violations.count == 1)
        let nowhere = await telegramError {
            try await bench.api.upload(SendDocument(chatID: 8, file: text))
        }
        guard case .blocked = nowhere else {
            Issue.record("\(String(describing: nowhere))")
            return
        }
        bench.telegram.fault(.tooManyRequests(retryAfterSeconds: 7), on: "sendDocument")
        #expect(
            await telegramError {
                try await bench.api.upload(SendDocument(chatID: 7, file: text))
            } == .retryAfter(seconds: 7))
        await bench.close()
    }
}
