import Ledger
import Testing

@testable import Bot

/// What people type for a period, on Wednesday 2026-02-18.
struct SpokenPeriodTests {
    private func today() throws -> Day { try #require(Day(canonical: "2026-02-18")) }

    @Test(arguments: [
        ("day", "2026-02-18", "2026-02-18", "day"), ("Today", "2026-02-18", "2026-02-18", "day"),
        ("yesterday", "2026-02-17", "2026-02-17", "2026-02-17"),
        ("week", "2026-02-16", "2026-02-18", "week"),
        ("this week", "2026-02-16", "2026-02-18", "week"),
        ("last week", "2026-02-09", "2026-02-15", "2026-02-09 to 2026-02-15"),
        ("last month", "2026-01-01", "2026-01-31", "Jan 2026"),
        ("previous  month", "2026-01-01", "2026-01-31", "Jan 2026"),
        ("last quarter", "2025-10-01", "2025-12-31", "Q4 2025"),
        ("last year", "2025-01-01", "2025-12-31", "2025"),
        ("year to date", "2026-01-01", "2026-02-18", "ytd"),
        ("feb", "2026-02-01", "2026-02-28", "Feb 2026"),
        ("FEBRUARY", "2026-02-01", "2026-02-28", "Feb 2026"),
        ("mar", "2025-03-01", "2025-03-31", "Mar 2025"),
        ("sept", "2025-09-01", "2025-09-30", "Sep 2025"),
        ("dec 2023", "2023-12-01", "2023-12-31", "Dec 2023"),
        ("2024 feb", "2024-02-01", "2024-02-29", "Feb 2024"),
        ("2026-01", "2026-01-01", "2026-01-31", "Jan 2026"),
        ("q1", "2026-01-01", "2026-03-31", "Q1 2026"),
        ("Q2", "2025-04-01", "2025-06-30", "Q2 2025"),
        ("q3 2024", "2024-07-01", "2024-09-30", "Q3 2024"),
        ("2024-q3", "2024-07-01", "2024-09-30", "Q3 2024"),
        ("2024q3", "2024-07-01", "2024-09-30", "Q3 2024"),
        ("2025", "2025-01-01", "2025-12-31", "2025"),
        ("2026-02-14", "2026-02-14", "2026-02-14", "2026-02-14"),
        ("feb 14", "2026-02-14", "2026-02-14", "2026-02-14"),
        ("14 feb", "2026-02-14", "2026-02-14", "2026-02-14"),
        ("20 feb", "2025-02-20", "2025-02-20", "2025-02-20"),
        ("29 feb", "2024-02-29", "2024-02-29", "2024-02-29"),
        ("feb 14, 2025", "2025-02-14", "2025-02-14", "2025-02-14"),
        ("monday", "2026-02-16", "2026-02-16", "2026-02-16"),
        ("wed", "2026-02-18", "2026-02-18", "2026-02-18"),
        ("thursday", "2026-02-12", "2026-02-12", "2026-02-12"),
        ("7d", "2026-02-12", "2026-02-18", "7d"), ("7 days", "2026-02-12", "2026-02-18", "7d"),
        ("last 7 days", "2026-02-12", "2026-02-18", "7d"),
        ("2 weeks", "2026-02-05", "2026-02-18", "14d"),
        ("2w", "2026-02-05", "2026-02-18", "14d"),
        ("2026-02-01..2026-02-10", "2026-02-01", "2026-02-10", "2026-02-01 to 2026-02-10"),
        ("2026-02-01 - 2026-02-10", "2026-02-01", "2026-02-10", "2026-02-01 to 2026-02-10"),
        ("1 feb to 10 feb", "2026-02-01", "2026-02-10", "2026-02-01 to 2026-02-10"),
        ("from 1 feb to 10 feb", "2026-02-01", "2026-02-10", "2026-02-01 to 2026-02-10"),
        ("nov..jan", "2025-11-01", "2026-01-31", "2025-11-01 to 2026-01-31"),
        ("jan..today", "2026-01-01", "2026-02-18", "2026-01-01 to 2026-02-18"),
        ("q3..q4", "2025-07-01", "2025-12-31", "2025-07-01 to 2025-12-31"),
        ("2026-01-01..2026-03-31", "2026-01-01", "2026-03-31", "Q1 2026"),
        ("since jan", "2026-01-01", "2026-02-18", "2026-01-01 to 2026-02-18"),
        ("since 2026-02-03", "2026-02-03", "2026-02-18", "2026-02-03 to 2026-02-18"),
        ("2026-02-03..", "2026-02-03", "2026-02-18", "2026-02-03 to 2026-02-18"),
    ])
    func `periods are read as they are said`(
        text: String, from: String, to: String, name: String
    ) throws {
        let today = try today()
        let said = try #require(SpokenPeriod(text, today: today))
        #expect(said.period.from?.description == from)
        #expect(said.period.to.description == to)
        #expect(said.name == name)
        // A button says the same again.
        #expect(SpokenPeriod(said.word, today: today) == said)
        #expect(said.word.utf8.count <= 8)
        #expect(!said.word.contains(" "))
    }

    @Test func `it may begin with the first day on record`() throws {
        let today = try today()
        for text in ["all", "everything", "..2026-01-31", "..jan"] {
            let said = try #require(SpokenPeriod(text, today: today))
            #expect(said.period.from == nil)
            #expect(SpokenPeriod(said.word, today: today) == said)
        }
        #expect(SpokenPeriod("..jan", today: today)?.name == "until 2026-01-31")
    }

    @Test func `what runs up to today goes on doing so in a button`() throws {
        let today = try today()
        let said = try #require(SpokenPeriod("this month", today: today))
        let later = try #require(
            SpokenPeriod(said.word, today: today.adding(days: 20)))
        #expect(later.period.from?.description == "2026-03-01")
        let fixed = try #require(SpokenPeriod("last month", today: today))
        #expect(SpokenPeriod(fixed.word, today: today.adding(days: 20)) == fixed)
    }

    @Test(arguments: [
        "", "fortnight", "2026-02-30", "2026-13", "0d", "0 days", "feb feb", "q5", "q0 2026", "14",
        "32 feb", "feb 30", "last", "last last month", "2026-03-01..2026-02-01", "..", " to ",
        "week..", "=", "=x_", "=zz_1", "=_", "99999999999 days", "main", "ma", "feb 2026 2025",
        "since fortnight", "-1 days", "q1 feb", "2026-02-01..nonsense",
    ])
    func `what is no period is none`(text: String) throws {
        #expect(SpokenPeriod(text, today: try today()) == nil)
    }
}
