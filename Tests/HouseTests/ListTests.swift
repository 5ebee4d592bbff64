import Testing

/// Every command, route and migration is a file and a line in the one list of its kind.
@Suite struct ListTests {
    private func checkList(kind: String, folder: String) throws {
        let list = try House.text(of: "\(folder)/\(kind)s.swift")
        let files = try House.files(below: folder, ending: ".swift").map { path in
            (name: String(path.split(separator: "/").last ?? ""), text: try House.text(of: path))
        }
        #expect(try OneList(kind: kind).problems(list: list, files: files) == [])
    }

    @Test func `every command stands in the list of commands`() throws {
        try checkList(kind: "Command", folder: "Sources/Bot/Commands")
    }

    @Test func `every route stands in the list of routes`() throws {
        try checkList(kind: "Route", folder: "Sources/Web/Routes")
    }

    @Test func `every risk rule stands in the list of rules, in a file of its name`() throws {
        let folder = "Sources/Ledger/Risk/Rules"
        let list = try House.text(of: "\(folder)/RiskRules.swift")
        let listed = try OneList.elements(of: "all", in: SwiftCode.bare(list))
            .compactMap { $0.firstMatch(of: /(\w+)\.self/).map { String($0.output.1) } }
        let declared = try House.files(below: folder, ending: ".swift").flatMap { path in
            try House.text(of: path).matches(of: /struct (\w+): RiskRule\b/).map { match in
                let name = String(match.output.1)
                #expect(path == "\(folder)/\(name).swift")
                return name
            }
        }
        #expect(!listed.isEmpty)
        #expect(listed.sorted() == declared.sorted())
    }

    @Test func `every migration stands in the list of migrations, with all of its files`() throws {
        let source = try House.text(of: "Sources/Records/Schema/Schema.swift")
        let elements = try OneList.elements(of: "migrations", in: source)
        let names = elements.flatMap { $0.matches(of: /"([^"]+)"/).map { String($0.output.1) } }
        try #require(names.count == elements.count && !names.isEmpty)
        let endings = ["sqlite.sql", "sqlite.down.sql", "postgres.sql", "postgres.down.sql"]
        let expected = names.flatMap { name in endings.map { "Migrations/\(name).\($0)" } }
        #expect(House.files(below: "Migrations", ending: "") == expected.sorted())
        for (index, name) in names.enumerated() {
            let number = String(repeating: "0", count: 4 - "\(index + 1)".count) + "\(index + 1)"
            #expect(name.wholeMatch(of: /\d{4}_[a-z0-9_]+/) != nil, "\(name)")
            #expect(name.hasPrefix("\(number)_"), "\(name) should have number \(number)")
        }
        for path in House.files(below: "Migrations", ending: ".sql") {
            let text = try House.text(of: path)
            #expect(text.contains { !$0.isWhitespace }, "\(path) is empty")
        }
    }

    private let start = (
        name: "Start.swift", text: "extension Command { static let start = Command(\n}"
    )
    private let help = (name: "Help.swift", text: "extension Command { static let help: Command }")
    private let helper = (name: "Spelling.swift", text: "// static let x = Command(\nstruct S {}")

    @Test(arguments: [
        "static let all: [Command] = [.start, .help]",
        "public static let all = [\n    Command.start,  // x, y\n    f(.help, [\"a, b\"]),\n]",
    ])
    func `a complete list has no problems`(list: String) throws {
        let problems = try OneList(kind: "Command").problems(
            list: list, files: [start, help, helper])
        #expect(problems == [])
    }

    @Test func `a list with gaps is told declaration by declaration`() throws {
        let commands = OneList(kind: "Command")
        let list = "static let all: [Command] = [.start, .orders]"
        let misplaced = (name: "Helper.swift", text: help.text)
        #expect(
            try commands.problems(list: list, files: [start, misplaced]) == [
                "help is not in the list",
                "help is not in a file of its name but in Helper.swift",
                "orders is not declared",
            ])
        #expect(throws: OneList.Missing.self) {
            try commands.problems(list: "let none = 1", files: [start])
        }
        #expect(throws: OneList.Missing.self) {
            try commands.problems(list: list, files: [helper])
        }
    }
}
