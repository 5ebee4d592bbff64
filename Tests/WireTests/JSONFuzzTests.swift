import Foundation
import Ledger
import Testing
import Wire

struct JSONFuzzTests {
    private static let alphabet = Array(#"{}[]",:\/bfnrtu0123456789abcdefDE+-. e"#.utf8)

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `any tree comes back as it was written`(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<100 {
            let value = tree(depth: 5, &random)
            let back = try JSONValue(parsing: value.description)
            #expect(back == value, "seed \(seed)")
            #expect(back.canonical == (try JSONValue(parsing: back.canonical)).canonical)
        }
    }

    /// Foundation's reader is the independent judge: both accept the same texts, but for what this
    /// one refuses on purpose.
    @Test(arguments: [11, 12, 13, 14] as [UInt64])
    func `a mutated text is refused or read as another reader reads it`(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var accepted = 0
        for _ in 0..<600 {
            let bytes = random.mutate(
                Array(tree(depth: 3, &random).description.utf8), with: Self.alphabet)
            // Foundation guesses UTF-16 and UTF-32 from NULs and marks.
            if bytes.contains(0) || bytes.first == 0xEF || bytes.contains(0xFE) { continue }
            let judged = try? JSONSerialization.jsonObject(
                with: Data(bytes), options: .fragmentsAllowed)
            let text = String(decoding: bytes, as: UTF8.self)
            do {
                let value = try JSONValue(parsing: bytes)
                // Foundation refuses numbers that no Double can hold.
                if hasHugeNumber(value) { continue }
                accepted += 1
                #expect(judged != nil, "seed \(seed): only we read \(text)")
                #expect((try? JSONValue(parsing: value.description)) == value, "seed \(seed)")
                #expect(agrees(value, with: judged), "seed \(seed): \(text)")
            } catch {
                if case .defect = error.kind { continue }
                #expect(judged == nil, "seed \(seed): only we refuse \(text): \(error)")
                #expect((0...bytes.count).contains(error.byteOffset))
            }
        }
        #expect(accepted > 20, "seed \(seed)")
    }

    @Test(arguments: [21, 22] as [UInt64])
    func `skipping accepts and refuses what reading does`(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<600 {
            let bytes = random.mutate(
                Array(tree(depth: 4, &random).description.utf8), with: Self.alphabet)
            var reader = JSONReader(bytes)
            let skipped = Result { () throws(JSONError) in try reader.finish() }
            let read = Result { () throws(JSONError) in _ = try JSONValue(parsing: bytes) }
            switch (skipped, read) {
            case (.success, .success): break
            case (.failure(let one), .failure(let other)): #expect(one == other, "seed \(seed)")
            default: Issue.record("seed \(seed): \(String(decoding: bytes, as: UTF8.self))")
            }
        }
    }

    private func hasHugeNumber(_ value: JSONValue) -> Bool {
        switch value {
        case .null, .bool, .string: false
        case .number(let literal): Double(literal.text)?.isFinite != true
        case .array(let elements): elements.contains(where: hasHugeNumber)
        case .object(let members): members.contains { hasHugeNumber($0.value) }
        }
    }

    private func agrees(_ value: JSONValue, with judged: Any?) -> Bool {
        switch value {
        case .null: judged is NSNull
        case .bool(let flag): (judged as? Bool) == flag
        case .number: judged is NSNumber
        case .string(let text): (judged as? String)?.utf8.elementsEqual(text.text.utf8) == true
        case .array(let elements):
            if let judged = judged as? [Any], judged.count == elements.count {
                zip(elements, judged).allSatisfy { agrees($0, with: $1) }
            } else {
                false
            }
        case .object(let members):
            if let judged = judged as? [String: Any] {
                // Foundation's keys are one where they are canonically equivalent.
                judged.count <= members.count
                    && members.allSatisfy { judged[$0.key.text] != nil }
            } else {
                false
            }
        }
    }

    private func tree(depth: Int, _ random: inout SeededGenerator) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 8 : 5), using: &random) {
        case 0: return nil
        case 1: return .bool(random.isTrue(oneIn: 2))
        case 2, 3: return .string(.init(text(&random)))
        case 4:
            let literals = ["0", "-1", "1.50", "12e3", "0.1E-07", "123456789012345678901234567890"]
            return .number(literal: .init(random.pick(literals)))
        case 5, 6:
            return .array(
                (0..<Int.random(in: 0..<5, using: &random)).map { _ in
                    tree(depth: depth - 1, &random)
                })
        default:
            return .object(
                (0..<Int.random(in: 0..<24, using: &random)).map { index in
                    JSONMember(.init("\(text(&random))\(index)"), tree(depth: depth - 1, &random))
                })
        }
    }

    private func text(_ random: inout SeededGenerator) -> String {
        let characters = ["a", "Z", " ", "\"", "\\", "/", "\n", "\u{1}", "é", "€", "😀", "e\u{301}"]
        return (0..<Int.random(in: 0..<6, using: &random)).map { _ in random.pick(characters) }
            .joined()
    }
}
