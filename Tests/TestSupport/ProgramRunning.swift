import Foundation
import Glibc

/// A process that a test has started; what it writes goes to files, so that it never waits for a
/// reader.
public final class RunningProgram: Sendable {
    /// Its number while it may be signalled.
    private let number: Guarded<pid_t?>
    private let status: Task<Int32, Never>
    private let outputPath: String
    private let complaintsPath: String

    private static let pollInterval = Duration.milliseconds(10)

    private init(
        number: Guarded<pid_t?>, status: Task<Int32, Never>, outputPath: String,
        complaintsPath: String
    ) {
        self.number = number
        self.status = status
        self.outputPath = outputPath
        self.complaintsPath = complaintsPath
    }

    static func start(
        _ path: String, _ arguments: [String], environment: [String: String], input: String,
        folder: String
    ) async throws -> RunningProgram {
        let files = ["in", "out", "err"].map { "\(folder)/.program-\(UUID().uuidString).\($0)" }
        try Data(input.utf8).write(to: URL(filePath: files[0]))
        let spawn = Spawn(
            path: path, arguments: arguments, environment: environment, folder: folder,
            files: files)
        let number = Guarded<pid_t?>(nil)
        let (statuses, status) = AsyncStream.makeStream(of: Int32.self)
        try await withCheckedThrowingContinuation { started in
            // The process dies with the thread that started it: this one stays until it has ended.
            Thread.detachNewThread {
                do {
                    let spawned = try spawn.run()
                    number.withLock { $0 = spawned }
                    started.resume()
                    status.yield(reap(spawned, number))
                } catch {
                    started.resume(throwing: error)
                }
            }
        }
        return RunningProgram(
            number: number, status: Task { await statuses.first { _ in true } ?? 0 },
            outputPath: files[1], complaintsPath: files[2])
    }

    deinit { signal(SIGKILL) }

    /// Waits for the process's end, and gives its number free in one step with forgetting it: no
    /// signal ever goes to another process that got the same number.
    private static func reap(_ spawned: pid_t, _ number: Guarded<pid_t?>) -> Int32 {
        var information = siginfo_t()
        while waitid(P_PID, id_t(spawned), &information, WEXITED | WNOWAIT) < 0, errno == EINTR {}
        return number.withLock { number in
            var status: Int32 = 0
            while waitpid(spawned, &status, 0) < 0, errno == EINTR {}
            number = nil
            return status
        }
    }

    /// Does nothing where the process has ended.
    public func signal(_ signal: Int32) {
        number.withLock { number in
            if let number { _ = kill(number, signal) }
        }
    }

    public var hasEnded: Bool { number.withLock { $0 == nil } }

    /// Waits for its end. After `withinSeconds` it is killed, and that is an error.
    public func ending(withinSeconds: Double = 60) async throws -> Program.Ending {
        let alarm = Task {
            try await Task.sleep(for: .seconds(withinSeconds))
            signal(SIGKILL)
            return true
        }
        let status = await withTaskCancellationHandler {
            await self.status.value
        } onCancel: {
            signal(SIGKILL)
        }
        alarm.cancel()
        if (try? await alarm.value) == true {
            throw ProgramFailure(
                description: "The program did not end within \(withinSeconds) s. It said:\n"
                    + output + complaints)
        }
        try Task.checkCancellation()
        let hasExited = status & 0x7F == 0
        return Program.Ending(
            status: hasExited ? (status >> 8) & 0xFF : nil, output: output,
            complaints: complaints)
    }

    /// What it has written until now.
    public var output: String { Self.text(outputPath) }
    public var complaints: String { Self.text(complaintsPath) }

    /// The first value that `check` finds in what it writes to standard error, line by line.
    public func eventually<Value>(
        _ what: String, withinSeconds: Double = 30, _ check: (_ line: String) -> Value?
    ) async throws -> Value {
        let deadline = ContinuousClock.now + .seconds(withinSeconds)
        while true {
            // Looked at before the text is: nothing is written after the end.
            let isLastLook = hasEnded || ContinuousClock.now > deadline
            // A line that is being written has no end yet.
            let written = complaints
            let whole = written.lastIndex(of: "\n").map { String(written[...$0]) } ?? ""
            if let found = Program.lines(whole).lazy.compactMap(check).first { return found }
            if isLastLook {
                throw ProgramFailure(
                    description: "Waited in vain for \(what). The program said:\n" + written)
            }
            try await Task.sleep(for: Self.pollInterval)
        }
    }

    private static func text(_ path: String) -> String {
        String(decoding: (try? Data(contentsOf: URL(filePath: path))) ?? Data(), as: UTF8.self)
    }
}

/// Starts a process with its three standard files and none besides.
private struct Spawn {
    let path: String
    let arguments: [String]
    let environment: [String: String]
    let folder: String
    /// Paths of standard input, output and error.
    let files: [String]

    /// It gets no chance to outlive a test runner that was killed; `env` goes to the folder.
    private var line: [String] {
        ["/usr/bin/setpriv", "--pdeathsig", "KILL", "/usr/bin/env", "-C", folder, path] + arguments
    }
    private static let descriptors: Int32 = 1000

    func run() throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (descriptor, path) in files.enumerated() {
            let flags = descriptor == 0 ? O_RDONLY : O_WRONLY | O_CREAT | O_APPEND
            posix_spawn_file_actions_addopen(&actions, Int32(descriptor), path, flags, 0o600)
        }
        // What other tests have open just now, a pipe's end above all, must not stay open with it.
        for descriptor in 3..<Self.descriptors {
            posix_spawn_file_actions_addclose(&actions, descriptor)
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // What the test runner ignores or holds back is not for the program.
        var none = sigset_t()
        sigemptyset(&none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var number: pid_t = 0
        let code = withCStrings(line) { arguments in
            withCStrings(environment.map { "\($0.key)=\($0.value)" }) { environment in
                posix_spawn(&number, line[0], &actions, &attributes, arguments, environment)
            }
        }
        guard code == 0 else {
            throw ProgramFailure(
                description: "\(path) cannot be started: \(String(cString: strerror(code)))")
        }
        return number
    }

    private func withCStrings<Result>(
        _ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let copies = texts.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        return body(copies + [nil])
    }
}
