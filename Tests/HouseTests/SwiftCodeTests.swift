import Testing

@Suite struct SwiftCodeTests {
    @Test(arguments: [
        ("a // Double\nb", "a #########\nb"),
        ("a /* x /* y */ z */ b", "a ################# b"),
        ("x = \"Double \\\" // \" + y", "x = ############### + y"),
        ("f(\"\\(g(\"Double\")) x\") + y", "f(##################) + y"),
        ("_#\"Double \" x\"# y", "_############## y"),
        ("##\"\\#(x)\\##(\"y\")\"#\"## z", "##################### z"),
        ("\"\"\"\nDouble \"x\"\n\"\"\" y", "###\n##########\n### y"),
        ("\"open\nnext", "#####\nnext"),
        ("#if x // \"\n\"\" y", "#if x ####\n## y"),
        ("1 / 2 // x", "1 / 2 ####"),
    ])
    func `comments and strings are blanked out, line for line`(source: String, bare: String) {
        let blanks = bare.replacing("#if", with: "\0if").replacing("#", with: " ")
        #expect(SwiftCode.bare(source) == blanks.replacing("\0", with: "#"))
    }

    @Test func `a file is seen as the words of its code`() {
        let file = SourceFile(
            "Sources/X/Y.swift",
            """
            @_exported import struct A.B
            public import C // import D
            let x = try! f("Double") as! Int
            """)
        #expect(file.name == "Y.swift")
        #expect(file.imports == ["A", "C"])
        #expect(file.lines[2].words == ["let", "x", "try!", "f", "as!", "Int"])
        #expect(file.lines.map(\.hasLiteral) == [false, false, true])
        #expect(file.findings { word, _ in word == "as!" } == ["Sources/X/Y.swift:3: as!"])
    }

    @Test func `the house is found`() {
        #expect(House.sources.contains { $0.path == "Tests/HouseTests/SwiftCodeTests.swift" })
        #expect(House.sources.contains { $0.path == "Package.swift" })
        #expect(!House.sources(below: "Sources/Ledger").isEmpty)
    }
}
