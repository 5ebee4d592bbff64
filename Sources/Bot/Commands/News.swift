import Records
import Services

extension Command {
    static let news = Command(
        "news", "What I told you of my own accord, message by message", isPrivateOnly: true,
        body: .approved { request, caller in
            let news = try await request.services.messages.news(
                notAfter: Int64(request.place), for: caller)
            guard let news else {
                return Screen(title: "News", blocks: [.note("There was nothing to tell you yet.")])
            }
            var screen = try Notice(news.message)?.screen() ?? .ofAnotherVersion
            screen.blocks.append(.note("From \(news.message.createdAt)."))
            let links = [("‹ Older", news.olderID), ("Newer ›", news.newerID)]
            var row: [Button] = []
            for (label, id) in links {
                guard let id else { continue }
                row.append(try request.button(label, place: "\(id)", arguments: ""))
            }
            if !row.isEmpty { screen.buttons.append(row) }
            return screen
        })
}

extension Screen {
    fileprivate static let ofAnotherVersion = Screen(
        title: "A message of another version",
        blocks: [.note("This version of the bot cannot show it.")])
}
