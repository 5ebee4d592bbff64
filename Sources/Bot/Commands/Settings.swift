import Records
import Services

extension Command {
    static let settings = Command(
        "settings", "How you are told of things, your currency, time zone and cost method",
        arguments: "[NAME [VALUE]]", example: "/settings zone Europe/Berlin",
        isPrivateOnly: true,
        body: .approved { request, caller in
            let (word, value) = request.arguments.firstAndRest
            let service = request.services.settings
            guard !word.isEmpty else {
                return try SettingsScreens(request, try await service.all(for: caller)).all()
            }
            guard let setting = UserSetting.named(word) else {
                throw CommandRefusal.unknownSetting(word)
            }
            guard !value.isEmpty else {
                return try SettingsScreens(request, try await service.all(for: caller))
                    .one(setting)
            }
            guard let change = setting.change(value.text, service.timeZones) else {
                throw CommandRefusal.misusedSetting(setting, value.text)
            }
            let changed = try await service.change(
                for: caller, update: request.update, change)
            return try SettingsScreens(request, changed).all(changed: setting)
        })
}

/// The list of settings, and one of them with its choices.
private struct SettingsScreens {
    private let request: CommandRequest
    private let settings: UserSettings

    /// Buttons in a row.
    private static let inRow = 3

    init(_ request: CommandRequest, _ settings: UserSettings) {
        self.request = request
        self.settings = settings
    }

    func all(changed: UserSetting? = nil) throws(ScreenError) -> Screen {
        var buttons: [Button] = []
        for setting in UserSetting.all {
            buttons.append(try request.button(setting.title, place: "", arguments: setting.name))
        }
        let news = changed.map { setting -> Block in
            .note("\(setting.title): now \(setting.shown(settings)).")
        }
        return Screen(
            title: "Settings",
            blocks: [
                .facts(UserSetting.all.map { Fact($0.title, .text($0.shown(settings))) })
            ] + [news].compactMap(\.self) + [
                .note("Press what you want to change, or type \(code: "/settings zone UTC").")
            ],
            buttons: Self.rows(buttons))
    }

    func one(_ setting: UserSetting) throws(ScreenError) -> Screen {
        var buttons: [Button] = []
        for choice in setting.choices {
            buttons.append(
                try request.button(
                    choice.label, place: "", arguments: "\(setting.name) \(choice.value)"))
        }
        let back = [try request.button("‹ All settings", place: "", arguments: "")]
        let typed = "/settings \(setting.name) \(setting.example)"
        return Screen(
            title: setting.title,
            blocks: [
                .facts([Fact("Now", .text(setting.shown(settings)))]),
                .note(.text(setting.explanation)),
                .note("Or type \(setting.expected): \(code: typed)"),
            ], buttons: Self.rows(buttons) + [back])
    }

    private static func rows(_ buttons: [Button]) -> [[Button]] {
        stride(from: 0, to: buttons.count, by: inRow).map {
            Array(buttons[$0..<min($0 + inRow, buttons.count)])
        }
    }
}

extension CommandRefusal {
    fileprivate static func unknownSetting(_ typed: String) -> CommandRefusal {
        let names = UserSetting.all.map(\.name)
        let near = Spelling.nearest(to: typed, among: names)
        return CommandRefusal(
            title: "Unknown setting", reason: "There is no setting “\(typed.shortened)”.",
            facts: [
                near.isEmpty ? nil : Fact("Did you mean", .joined(near.map(Cell.text))),
                Fact("There are", .joined(names.map(Cell.text))),
            ].compactMap(\.self), showsUsage: true)
    }

    fileprivate static func misusedSetting(
        _ setting: UserSetting, _ typed: String
    ) -> CommandRefusal {
        CommandRefusal(
            title: "That was not understood",
            reason: "“\(typed.shortened)” is no value for \(setting.name).",
            facts: [
                Fact("Expected", .text(setting.expected)),
                Fact("Example", .code("/settings \(setting.name) \(setting.example)")),
            ])
    }
}
