import FoundationEssentials
import Glibc

extension Configuration {
    /// Loads the file named by `--config` (`path`), else by `BLOTTER_CONFIG`, else `config.json` in
    /// the working directory where there is one, and then the environment.
    public static func load(
        path: String?, environment: [String: String]
    ) throws(ConfigurationError) -> Configuration {
        let named = path ?? environment["BLOTTER_CONFIG"].flatMap { $0.isEmpty ? nil : $0 }
        let fallback = "config.json"
        guard named != nil || FileManager.default.fileExists(atPath: fallback) else {
            return try Configuration(file: nil, environment: environment)
        }
        let file = named ?? fallback
        let bytes = try SmallFile.read(file, for: file)
        do throws(ConfigurationError) {
            return try Configuration(file: bytes, environment: environment)
        } catch {
            guard error.subject == "configuration file" else { throw error }
            throw ConfigurationError(file, error.problem)
        }
    }
}

/// Files that hold settings: a megabyte is more than enough.
enum SmallFile {
    private static let mostBytes = 1_048_576

    /// `subject` is what an error is about.
    static func read(_ path: String, for subject: String) throws(ConfigurationError) -> [UInt8] {
        let place = subject == path ? "this file" : path
        if let status = status(of: path), status.st_size > mostBytes {
            throw ConfigurationError(subject, "\(place) has more than \(mostBytes) bytes")
        }
        do {
            return try Array(Data(contentsOf: URL(filePath: path)))
        } catch let error as CocoaError where error.code == .fileReadNoSuchFile {
            throw ConfigurationError(subject, "\(place) does not exist")
        } catch let error as CocoaError where error.code == .fileReadNoPermission {
            throw ConfigurationError(subject, "\(place) may not be read by this user")
        } catch {
            throw ConfigurationError(subject, "\(place) cannot be read")
        }
    }

    /// The permission bits, such as `0o600`; nil where there is no file.
    static func mode(of path: String) -> Int? {
        status(of: path).map { Int($0.st_mode & 0o7777) }
    }

    /// Links are followed, as reading does.
    private static func status(of path: String) -> stat? {
        var status = stat()
        return stat(path, &status) == 0 ? status : nil
    }
}
