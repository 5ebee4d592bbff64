import TestSupport
import Testing

struct BotAPIHTMLTests {
    @Test(arguments: [
        "plain", "<b>b <i>i</i></b>", "<pre><code class=\"language-sql\">x</code></pre>",
        "<a href=\"tg://user?id=1\">u</a>", "<blockquote expandable>q</blockquote>",
        "<tg-time unix=\"1771511520\" format=\"wDT\">2026</tg-time>", "&lt;&#38;&#x1F600;",
        "<span class=\"tg-spoiler\">s</span><tg-spoiler>s</tg-spoiler>",
    ])
    func `classic HTML that Telegram takes is taken`(html: String) {
        #expect(BotAPIHTML(html, dialect: .classic).problems == [])
    }

    @Test(arguments: [
        "a < b", "a > b", "a & b", "<b>x", "x</b>", "<b><i>x</b></i>", "<h1>x</h1>", "<p>x</p>",
        "<br>", "&nbsp;", "&euro;", "<a>x</a>", "<a href=\"javascript:x\">x</a>",
        "<b class=\"x\">x</b>", "<span>x</span>", "<code><b>x</b></code>", "<pre><b>x</b></pre>",
        "<tg-time>x</tg-time>", "<tg-time unix=\"1\" format=\"q\">x</tg-time>", "<b/>",
        "<blockquote>a<blockquote>b</blockquote></blockquote>", "&#xD800;", "<b",
        "<a href='https://x'>x</a>", "<a href=\"https://a\"><a href=\"https://b\">x</a></a>",
    ])
    func `classic HTML that Telegram does not take is refused`(html: String) {
        #expect(BotAPIHTML(html, dialect: .classic).problems != [])
    }

    @Test(arguments: [
        "<h1>T</h1><p>a <b>b</b> <mark>m</mark></p><hr/><footer>f</footer>",
        "<ul><li>a</li><li><p>b</p></li></ul><ol> <li>c</li> </ol>",
        "<details open><summary>s</summary><p>x</p></details>",
        "<table bordered striped><caption>c</caption><tr><th>a</th></tr></table>",
        "<table><tr><td align=\"right\" colspan=\"2\"><code>1</code></td></tr></table>",
        "<blockquote>q</blockquote><pre>x</pre><p>&mdash;&nbsp;&ldquo;</p>",
        "<p><tg-time unix=\"1\" format=\"r\">x</tg-time> H<sub>2</sub>O<sup>2</sup></p>",
    ])
    func `rich HTML that Telegram takes is taken`(html: String) {
        #expect(BotAPIHTML(html, dialect: .rich).problems == [])
    }

    @Test(arguments: [
        "bare", "<b>bare</b>", "<p><p>x</p></p>", "<p><table></table></p>", "<ul>x</ul>",
        "<ul><p>x</p></ul>", "<li>x</li>", "<tr><td>x</td></tr>", "<table><td>x</td></table>",
        "<table><tr><td><p>x</p></td></tr></table>", "<table><tr>x</tr></table>",
        "<table><tr><td align=\"middle\">x</td></tr></table>", "<summary>x</summary>",
        "<table><tr><td colspan=\"0\">x</td></tr></table>", "<h7>x</h7>", "<div>x</div>",
        "<img src=\"x\">", "<p>&euro;</p>", "<p>a & b</p>", "<strong>x</strong>",
        "<blockquote expandable>x</blockquote>", "<hr>",
    ])
    func `rich HTML that is not described is refused`(html: String) {
        #expect(BotAPIHTML(html, dialect: .rich).problems != [])
    }

    @Test func `a rich message has its limits`() {
        func problems(_ html: String) -> [String] { BotAPIHTML(html, dialect: .rich).problems }
        func times(_ count: Int, _ text: String) -> String { String(repeating: text, count: count) }
        #expect(problems(times(500, "<p>x</p>")) == [])
        #expect(problems(times(501, "<p>x</p>")) == ["501 blocks, at most 500"])
        let row = "<tr><td>x</td></tr>"
        #expect(problems("<table>\(times(499, row))</table>") == [])
        #expect(problems("<table>\(times(500, row))</table>") == ["501 blocks, at most 500"])
        #expect(problems("<table><tr>\(times(20, "<td>x</td>"))</tr></table>") == [])
        #expect(problems("<table><tr>\(times(21, "<td>x</td>"))</tr></table>").count == 1)
        let wide = "<td colspan=\"20\">x</td>"
        #expect(problems("<table><tr>\(wide)</tr></table>") == [])
        #expect(problems("<table><tr>\(wide)<td>x</td></tr></table>").count == 1)
        #expect(problems("<p>\(times(32_768, "x"))</p>") == [])
        #expect(problems("<p>\(times(32_769, "x"))</p>").count == 1)
        let deep = times(15, "<b>") + "x" + times(15, "</b>")
        #expect(problems("<p>\(deep)</p>") == [])
        #expect(problems("<p><i>\(deep)</i></p>") == ["more than 16 levels"])
    }

    @Test func `what a reader sees is kept as text and tables`() {
        let read = BotAPIHTML(
            """
            <h2>Positions</h2><table><caption>main</caption><tr><th>Symbol</th><th>Qty</th></tr>
            <tr><td>BTC<b>USDT</b></td><td align="right">&#45;0.5</td></tr></table><p>A&amp;B</p>
            """, dialect: .rich)
        #expect(read.problems == [])
        #expect(read.tables == [[["Symbol", "Qty"], ["BTCUSDT", "-0.5"]]])
        #expect(
            read.text == "Positions\nmain\nSymbol\tQty\nBTCUSDT\t-0.5\nA&B\n")
    }
}
