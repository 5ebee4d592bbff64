import Dispatch
import Glibc

/// Standard input, output and error, unbuffered.
enum Terminal {
    /// Writing to a closed pipe is an error that is answered, not a signal that kills.
    static func ignoreBrokenPipes() { signal(SIGPIPE, SIG_IGN) }

    static func print(_ text: String) { write(text, to: STDOUT_FILENO) }

    static func complain(_ text: String) { write(text, to: STDERR_FILENO) }

    /// To standard output, without a line break.
    static func write(_ text: String) { writeBytes(Array(text.utf8), STDOUT_FILENO) }

    /// To standard output, for a program or a file: throws where not all of it was taken.
    static func send(_ bytes: [UInt8]) throws(OutputError) {
        guard writeBytes(bytes, STDOUT_FILENO) else { throw OutputError(code: errno) }
    }

    /// Runs `body`, which may wait for long, beside the threads that tasks share.
    static func onThread(_ body: @escaping @Sendable () -> Void) {
        DispatchQueue.global().async(execute: body)
    }

    static var errorIsTerminal: Bool { isatty(STDERR_FILENO) == 1 }
    static var inputIsTerminal: Bool { isatty(STDIN_FILENO) == 1 }

    /// Draws over the present line of standard error.
    static func redraw(_ text: String) {
        writeBytes(Array("\r\u{1B}[K\(text)".utf8), STDERR_FILENO)
    }

    private static func write(_ text: String, to descriptor: Int32) {
        writeBytes(Array(text.utf8) + [UInt8(ascii: "\n")], descriptor)
    }

    /// Whether all of them were taken.
    @discardableResult
    private static func writeBytes(_ bytes: [UInt8], _ descriptor: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = Glibc.write(descriptor, Array(rest), rest.count)
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                return false
            }
        }
        return true
    }
}

/// Standard output took no more: its reader has left, or its disk is full.
struct OutputError: Error, CustomStringConvertible {
    let code: Int32

    var description: String {
        "standard output took no more: \(String(cString: strerror(code)))"
    }
}
