import Telegram
import TestSupport
import Testing

struct MessageTextTests {
    @Test(
        arguments: [
            ("a", nil, nil),
            ("", nil, .empty),
            (" \n\t ", nil, .empty),
            (String(repeating: "a", count: 4096), nil, nil),
            (String(repeating: "a", count: 4097), nil, .tooLong(utf16Units: 4097)),
            (String(repeating: "😀", count: 2048), nil, nil),
            (String(repeating: "😀", count: 2049), nil, .tooLong(utf16Units: 4098)),
            ("<b></b>", .html, .empty),
            ("<b>x</b>", .html, nil),
            ("<b></b>", nil, nil),
            (String(repeating: "<b>&lt;</b>", count: 4096), .html, nil),
            (
                String(repeating: "<b>&lt;</b>", count: 4097), .html,
                .tooLong(utf16Units: 4097)
            ),
            (String(repeating: "&lt;", count: 1025), nil, .tooLong(utf16Units: 4100)),
            (String(repeating: "&#128512;", count: 2048), .html, nil),
            (
                String(repeating: "&#x1F600;", count: 2049), .html,
                .tooLong(utf16Units: 4098)
            ),
        ] as [(String, ParseMode?, MessageText.Problem?)])
    func `a text is measured as its reader sees it`(
        text: String, parseMode: ParseMode?, expected: MessageText.Problem?
    ) {
        #expect(MessageText.problem(in: text, parseMode: parseMode) == expected)
    }

    @Test(arguments: [
        ("", MessageText.Problem.emptyCallbackData),
        ("a", nil),
        (String(repeating: "a", count: 64), nil),
        (String(repeating: "a", count: 65), .callbackDataTooLong(bytes: 65)),
        (String(repeating: "€", count: 22), .callbackDataTooLong(bytes: 66)),
    ])
    func `what a button carries is measured in bytes`(
        data: String, expected: MessageText.Problem?
    ) {
        #expect(MessageText.problem(inCallbackData: data) == expected)
    }

    @Test func `both readers of HTML count the same`() {
        let texts = [
            "<b>a</b> &amp; <i>😀</i>", "<pre>x &lt; y</pre>", "<a href=\"https://a.b\">l</a>",
            "&#8364;&#x20AC;",
        ]
        for text in texts {
            let read = BotAPIHTML(text, dialect: .classic)
            #expect(read.problems == [])
            #expect(MessageText.readableUTF16Units(ofHTML: text) == read.text.utf16.count)
        }
    }
}
