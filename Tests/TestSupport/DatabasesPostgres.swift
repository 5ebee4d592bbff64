import CPostgres
import Foundation

/// Why a test on PostgreSQL could not run: it fails with this sentence.
struct PostgresMissing: Error, CustomStringConvertible {
    let description: String
}

/// Creates an empty database on the server that `BLOTTER_TEST_POSTGRES_URL` names, runs `body` with
/// its URL, and drops it.
func withPostgresDatabase<Result>(
    _ body: (_ url: String) async throws -> Result
) async throws -> Result {
    let variable = "BLOTTER_TEST_POSTGRES_URL"
    guard let server = ProcessInfo.processInfo.environment[variable], !server.isEmpty else {
        throw PostgresMissing(
            description: "This test needs a PostgreSQL server, and \(variable) names none: "
                + "run deploy/test, which starts one.")
    }
    await postgresPlaces.take()
    do {
        let name = "blotter_test_" + UUID().uuidString.lowercased().replacing("-", with: "")
        try administer(server, "CREATE DATABASE \(name) TEMPLATE template0 ENCODING 'UTF8'")
        let result: Result
        do {
            result = try await body(url(server, database: name))
        } catch {
            try administer(server, "DROP DATABASE \(name) WITH (FORCE)")
            throw error
        }
        try administer(server, "DROP DATABASE \(name) WITH (FORCE)")
        await postgresPlaces.give()
        return result
    } catch {
        await postgresPlaces.give()
        throw error
    }
}

/// Tests run side by side, but a server takes some hundred connections only.
private let postgresPlaces = Places(8)

private actor Places {
    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(_ count: Int) {
        free = count
    }

    func take() async {
        if free > 0 {
            free -= 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    func give() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}

/// The URL with the database's name replaced: `scheme://user@host:port/NAME?parameters`.
private func url(_ server: String, database name: String) -> String {
    let parts = server.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    let address = String(parts[0])
    let parameters = parts.count > 1 ? "?" + parts[1] : ""
    let hostStart = address.range(of: "://")?.upperBound ?? address.startIndex
    let hostEnd = address[hostStart...].firstIndex(of: "/") ?? address.endIndex
    return address[..<hostEnd] + "/" + name + parameters
}

/// Runs one statement outside of any transaction, which no `Database` does.
private func administer(_ server: String, _ statement: String) throws {
    let connection = PQconnectdb(server)
    defer { PQfinish(connection) }
    guard PQstatus(connection) == CONNECTION_OK else {
        throw PostgresMissing(
            description: "The PostgreSQL server of the tests can't be reached (run deploy/test, "
                + "which starts one): \(String(cString: PQerrorMessage(connection)))")
    }
    let answer = PQexec(connection, statement)
    defer { PQclear(answer) }
    guard PQresultStatus(answer) == PGRES_COMMAND_OK else {
        throw PostgresMissing(
            description: "\(statement) failed: \(String(cString: PQerrorMessage(connection)))")
    }
}
