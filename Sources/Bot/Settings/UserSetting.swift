import Records
import World

/// One thing that a user can set: how it is called, shown, typed and chosen.
struct UserSetting: Sendable {
    /// What a button sets.
    struct Choice: Sendable {
        let label: String
        /// As one would type it.
        let value: String

        init(_ label: String, _ value: String? = nil) {
            self.label = label
            self.value = value ?? label.lowercased()
        }
    }

    typealias Change = @Sendable (inout UserSettings) -> Void

    /// As it is typed: one word in lower case.
    let name: String
    let title: String
    /// What it does: a sentence.
    let explanation: String
    /// What may be typed, and one such value.
    let expected: String
    let example: String
    let choices: [Choice]
    let shown: @Sendable (UserSettings) -> String
    /// What a typed value makes of the settings; nil where it is not understood.
    let change: @Sendable (_ typed: String, TimeZones) -> Change?

    /// The one list of settings.
    static let all: [UserSetting] = [
        .currency, .zone, .method, .fills, .orders, .breaches, .alerts, .daily, .weekly, .quiet,
        .sound,
    ]

    static func named(_ name: String) -> UserSetting? {
        all.first { $0.name == name.lowercased() }
    }
}
