import Records

/// One command of the bot: all that is known of it stands here, and `/help`, the command menus and
/// the table in the README are made from it.
public struct Command: Sendable {
    /// Who may use it; each may use what those before may.
    public enum Access: Int, Sendable, CaseIterable, Comparable {
        case everyone, approved, admin

        public static func < (left: Access, right: Access) -> Bool {
            left.rawValue < right.rawValue
        }
    }

    /// What it does, with the proof of access that it needs.
    enum Body: Sendable {
        case everyone(@Sendable (CommandRequest) async throws -> Screen)
        case approved(@Sendable (CommandRequest, Caller) async throws -> Screen)
        case admin(@Sendable (CommandRequest, Administrator) async throws -> Screen)
    }

    /// 1 to 32 of a–z, 0–9 and _, without the slash.
    public let name: String
    /// One line without a full stop, at most 256 characters.
    public let summary: String
    /// What may stand behind the name, `[…]` around what may be left out.
    public let arguments: String
    /// As one would type it, with the slash.
    public let example: String
    /// Whether it is refused in groups.
    public let isPrivateOnly: Bool
    /// Usage of each of its forms with the slash, where it has several.
    public let forms: [String]
    let body: Body

    init(
        _ name: String, _ summary: String, arguments: String = "", example: String? = nil,
        isPrivateOnly: Bool = false, body: Body, forms: [String] = []
    ) {
        self.name = name
        self.summary = summary
        self.arguments = arguments
        self.example = example ?? "/\(name)"
        self.isPrivateOnly = isPrivateOnly
        self.body = body
        self.forms = forms
    }

    public var access: Access {
        switch body {
        case .everyone: .everyone
        case .approved: .approved
        case .admin: .admin
        }
    }

    /// Whether words behind its name are a mistake. A link to the bot may bring some behind /start.
    var takesNothing: Bool { arguments.isEmpty && name != Command.start.name }

    /// Name and arguments, with the slash.
    public var usage: String { arguments.isEmpty ? "/\(name)" : "/\(name) \(arguments)" }
}

extension Command.Access {
    init(_ user: User?) {
        switch user?.caller {
        case .none: self = .everyone
        case .some(let caller): self = caller.isAdmin ? .admin : .approved
        }
    }
}
