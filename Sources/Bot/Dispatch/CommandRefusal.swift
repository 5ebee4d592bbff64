import Ledger
import Services

/// Why a command was not carried out, told so that its sender knows what to send instead.
struct CommandRefusal: Error, Sendable {
    let title: String
    let reason: Cell
    var facts: [Fact] = []
    /// Whether to show how the command is used.
    var showsUsage = false
    /// How the form that was meant is used; nil for all of the command.
    var form: Form?

    struct Form: Sendable {
        let usage: String
        let example: String
    }

    static func misused(_ reason: Cell) -> CommandRefusal {
        CommandRefusal(title: "That was not understood", reason: reason, showsUsage: true)
    }

    static func unknownName(
        _ typed: String, kind: String, known: [ExactText]
    ) -> CommandRefusal {
        let near = Spelling.nearest(to: typed, among: known.map(\.text))
        var facts: [Fact] = []
        if known.count <= 20 {
            facts.append(
                Fact(
                    "There \(known.count == 1 ? "is" : "are")",
                    known.isEmpty ? "none yet" : .joined(known.map { .text($0.text) })))
        } else if !near.isEmpty {
            facts.append(Fact("Did you mean", .joined(near.map(Cell.text))))
        }
        return CommandRefusal(
            title: "Unknown \(kind)", reason: "You have no \(kind) named “\(typed.shortened)”.",
            facts: facts, showsUsage: true)
    }

    static func unknownCommand(_ name: String, _ access: Command.Access) -> CommandRefusal {
        let near = Commands.nearest(to: name, availableTo: access).map { Cell.text("/\($0.name)") }
        return CommandRefusal(
            title: "Unknown command", reason: "There is no command “/\(name.shortened)”.",
            facts: [
                near.isEmpty
                    ? Fact("All commands", "/help") : Fact("Did you mean", .joined(near))
            ])
    }

    static func refused(_ error: ServiceError) -> CommandRefusal {
        let title =
            switch error.kind {
            case .notFound: "Not found"
            case .forbidden, .unauthorized: "Not allowed"
            case .invalid: "That was not understood"
            case .conflict: "That contradicts what is there"
            case .limit: "A limit is reached"
            }
        return CommandRefusal(
            title: title, reason: .text(error.detail.asSentence), showsUsage: error.kind == .invalid
        )
    }

    func screen(for command: Command?) -> Screen {
        var facts = facts
        if showsUsage, let command {
            facts.append(Fact("Usage", .code(form?.usage ?? command.usage)))
            facts.append(Fact("Example", .code(form?.example ?? command.example)))
        }
        return Screen(title: title, blocks: [.note(reason), .facts(facts)])
    }
}

extension String {
    /// What people typed may be as long as a message; repeated to them, it is kept short.
    var shortened: String { shortened(to: 40) }

    /// At most `limit` UTF-16 units, the last of them an ellipsis where some were left out.
    func shortened(to limit: Int) -> String {
        guard utf16.count > limit else { return self }
        var head = String.UnicodeScalarView()
        var units = 1
        for scalar in unicodeScalars {
            units += scalar.utf16.count
            guard units <= limit else { break }
            head.append(scalar)
        }
        return String(head) + "…"
    }

    /// With a capital letter at its beginning and a full stop at its end.
    var asSentence: String {
        let ends = hasSuffix(".") || hasSuffix("?") || hasSuffix("!")
        return prefix(1).uppercased() + dropFirst() + (ends ? "" : ".")
    }
}
