import HTTPTypes

extension Route {
    static let docs = Route(
        .get, "/docs", .service, summary: "This description as a page for people",
        answer: .form(
            "text/html", .text, example: "<!doctype html><title>…</title>"),
        .open { _ in
            var answer = Answer(DocsPage.html, mediaType: "text/html; charset=utf-8")
            answer.headers[.contentSecurityPolicy] = DocsPage.policy
            answer.headers[.xContentTypeOptions] = "nosniff"
            answer.headers[HTTPField.Name("Referrer-Policy")!] = "no-referrer"
            return answer
        })
}
