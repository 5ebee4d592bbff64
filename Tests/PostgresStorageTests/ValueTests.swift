import PostgresStorage
import Storage
import Testing

/// What a row gives for PostgreSQL's own types and settings.
struct ValueTests {
    @Test(arguments: [
        ("0001-01-01 00:00:00+00", "0001-01-01T00:00:00.000000Z"),
        ("2026-02-19 14:32:00.12+00", "2026-02-19T14:32:00.120000Z"),
        ("2026-02-19 14:32:00.000001-05", "2026-02-19T19:32:00.000001Z"),
        ("infinity", nil), ("-infinity", nil), ("0044-03-15 00:00:00+00 BC", nil),
        ("10000-01-01 00:00:00+00", nil),
    ])
    func `a time is given in one form or not at all`(stored: String, given: String?) async throws {
        try await withPostgres { database in
            let error = await storageError {
                let found = try await database.read { tx in
                    try tx.first(SQL("SELECT $1::text::timestamptz", [.text(stored)])) {
                        try $0.text(0)
                    }
                }
                #expect(found == given)
            }
            #expect((error?.name == "decoding") == (given == nil))
        }
    }

    @Test func `booleans and integers are read as from SQLite`() async throws {
        try await withPostgres { database in
            let found = try await database.read { tx in
                try tx.first(SQL("SELECT true, false, 1, 0, sum(n) FROM (VALUES (7::bigint)) v(n)"))
                {
                    (
                        [try $0.integer(0), try $0.integer(1), try $0.integer(4)],
                        [try $0.bool(2), try $0.bool(3)], [try $0.text(0), try $0.text(1)]
                    )
                }
            }
            #expect(found?.0 == [1, 0, 7])
            #expect(found?.1 == [true, false])
            #expect(found?.2 == ["1", "0"])
        }
    }

    @Test(arguments: ["7.5", "1e3::float8", "99999999999999999999", "'7'::text", "'{}'::jsonb"])
    func `what is not an integer is not read as one`(expression: String) async throws {
        try await withPostgres { database in
            let error = await storageError {
                try await database.read { tx in
                    _ = try tx.query(SQL("SELECT \(expression)")) { try $0.integer(0) }
                }
            }
            #expect(error == .decoding(column: 0, expected: "an integer"))
        }
    }

    @Test func `a column that the answer does not have is a decoding error`() async throws {
        try await withPostgres { database in
            for column in [-1, 1, .max] {
                let error = await storageError {
                    try await database.read { tx in
                        _ = try tx.query(SQL("SELECT 1")) { try $0.text(column) }
                    }
                }
                #expect(error == .decoding(column: column, expected: "a text"))
            }
        }
    }

    @Test func `the session's settings are ours whatever the URL or database says`() async throws {
        try await withURL { url in
            let odd =
                url + "%20-ctimezone%3DAsia/Tokyo%20-cdatestyle%3DGerman%20-cbytea_output%3Descape"
                + "%20-csynchronous_commit%3Doff%20-cstandard_conforming_strings%3Doff"
                + "&application_name=mine&client_encoding=LATIN1"
            try await withOpened(odd) { database in
                let found = try await database.read { tx in
                    try tx.first(
                        SQL(
                            #"""
                            SELECT '2026-02-19T14:32:00Z'::timestamptz, '2026-02-19'::date, '€\',
                                decode('ff00', 'hex'), current_setting('synchronous_commit'),
                                current_setting('application_name')
                            """#)
                    ) {
                        try [0, 1, 2, 4, 5].map($0.text) + ["\(try $0.blob(3))"]
                    }
                }
                #expect(
                    found == [
                        "2026-02-19T14:32:00.000000Z", "2026-02-19", #"€\"#, "on", "mine",
                        "[255, 0]",
                    ])
            }
        }
    }
}
