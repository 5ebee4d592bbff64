import Foundation
import Storage
import TestSupport

extension TestStore {
    /// All that is stored, as text: to look for what must not be there.
    func everything() async throws -> String {
        let file = "sqlite:"
        if url.hasPrefix(file) {
            let path = String(url.dropFirst(file.count))
            return try ["", "-wal"].map { path + $0 }
                .filter { FileManager.default.fileExists(atPath: $0) }
                .map { String(decoding: try Data(contentsOf: URL(filePath: $0)), as: UTF8.self) }
                .joined()
        }
        let database = try await open()
        do {
            let text = try await database.read { transaction in
                let tables = try transaction.query(
                    SQL("SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'")
                ) { try $0.text(0) }
                return try tables.flatMap { table in
                    try transaction.query(SQL("SELECT t::text FROM \"\(table)\" AS t")) {
                        try $0.text(0)
                    }
                }.joined(separator: "\n")
            }
            await database.close()
            return text
        } catch {
            await database.close()
            throw error
        }
    }
}
