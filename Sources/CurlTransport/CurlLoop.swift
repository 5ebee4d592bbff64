import CCurl
import Glibc
import Transport

/// The thread that owns libcurl's multi handle.
///
/// Other threads leave commands in an inbox and wake it. Only this thread resumes continuations
/// that it was handed, so each is resumed exactly once.
final class CurlLoop: @unchecked Sendable {
    private enum Command {
        case start(CurlCall)
        case cancel(CurlCall)
    }

    private let settings: CurlTransport.Settings
    private let lock = Lock()

    // Under the lock.
    private var inbox: [Command] = []
    private var isClosing = false
    /// The handle to wake; nil once the thread is about to end.
    private var wakeable: UnsafeMutableRawPointer?

    // The thread's own.
    private var active: [UnsafeMutableRawPointer: CurlCall] = [:]
    private var idleHandles: [UnsafeMutableRawPointer] = []

    /// Nothing but new commands and libcurl's own timers, which shorten it, end the wait.
    private static let longestWaitMilliseconds: Int32 = 60_000
    private static let maximumIdleHandles = 16
    private static let initializeLibrary: Void = {
        curl_global_init(Int(CURL_GLOBAL_DEFAULT))
    }()

    init(settings: CurlTransport.Settings) {
        self.settings = settings
        Self.initializeLibrary
        guard let multi = curl_multi_init() else {
            isClosing = true
            return
        }
        ccurl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, settings.keptConnections)
        ccurl_multi_set_long(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, settings.maximumConnections)
        wakeable = multi
        startThread()
    }

    // MARK: From any thread

    func start(_ call: CurlCall, _ continuation: CurlCall.Continuation) {
        let isAccepted = lock.withLock {
            guard !isClosing else { return false }
            call.continuation = continuation
            post(.start(call))
            return true
        }
        if !isAccepted { continuation.resume(throwing: TransportError.closed) }
    }

    func cancel(_ call: CurlCall) {
        lock.withLock {
            call.isCancelled = true
            if !isClosing { post(.cancel(call)) }
        }
    }

    func close() {
        lock.withLock {
            isClosing = true
            if let wakeable { curl_multi_wakeup(wakeable) }
        }
    }

    private func post(_ command: Command) {
        inbox.append(command)
        if inbox.count == 1, let wakeable { curl_multi_wakeup(wakeable) }
    }

    // MARK: The thread

    private func startThread() {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        var thread = pthread_t()
        let retained = Unmanaged.passRetained(self)
        let status = pthread_create(
            &thread, &attributes,
            { context in
                guard let context else { return nil }
                Unmanaged<CurlLoop>.fromOpaque(context).takeRetainedValue().run()
                return nil
            }, retained.toOpaque())
        guard status != 0 else { return }
        retained.release()
        isClosing = true
        if let wakeable { curl_multi_cleanup(wakeable) }
        wakeable = nil
    }

    private func run() {
        guard let multi = lock.withLock({ wakeable }) else { return }
        while true {
            let (commands, isClosing) = lock.withLock {
                let commands = inbox
                inbox.removeAll(keepingCapacity: commands.count <= 1024)
                return (commands, self.isClosing)
            }
            for command in commands {
                switch command {
                case .start(let call): begin(call, multi)
                case .cancel(let call): drop(call, multi)
                }
            }
            if isClosing { break }
            var running: Int32 = 0
            curl_multi_perform(multi, &running)
            finishDone(multi)
            curl_multi_poll(multi, nil, 0, Self.longestWaitMilliseconds, nil)
        }
        end(multi)
    }

    private func begin(_ call: CurlCall, _ multi: UnsafeMutableRawPointer) {
        guard !lock.withLock({ call.isCancelled }) else {
            return resume(call, .failure(CancellationError()))
        }
        guard let easy = idleHandles.popLast() ?? curl_easy_init() else {
            return resume(call, .failure(TransportError.unreachable(detail: "out of memory")))
        }
        call.prepare(easy, settings: settings)
        active[easy] = call
        let code = curl_multi_add_handle(multi, easy)
        if code != CURLM_OK {
            finish(
                easy, multi,
                .failure(TransportError.unreachable(detail: "curl_multi \(code.rawValue)")))
        }
    }

    /// Nothing to do where the call is over, or not begun: its start then finds it cancelled.
    private func drop(_ call: CurlCall, _ multi: UnsafeMutableRawPointer) {
        guard let easy = call.easy, active[easy] === call else { return }
        finish(easy, multi, .failure(CancellationError()))
    }

    private func finishDone(_ multi: UnsafeMutableRawPointer) {
        var remaining: Int32 = 0
        while let message = curl_multi_info_read(multi, &remaining) {
            guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle,
                let call = active[easy]
            else { continue }
            finish(easy, multi, call.outcome(ccurl_message_result(message)))
        }
    }

    private func finish(
        _ easy: UnsafeMutableRawPointer, _ multi: UnsafeMutableRawPointer,
        _ outcome: Result<HTTPResponse, any Error>
    ) {
        curl_multi_remove_handle(multi, easy)
        let call = active.removeValue(forKey: easy)
        curl_easy_reset(easy)
        call?.release()
        if idleHandles.count < Self.maximumIdleHandles {
            idleHandles.append(easy)
        } else {
            curl_easy_cleanup(easy)
        }
        if let call { resume(call, outcome) }
    }

    private func resume(_ call: CurlCall, _ outcome: Result<HTTPResponse, any Error>) {
        let continuation = call.continuation
        call.continuation = nil
        continuation?.resume(with: outcome)
    }

    private func end(_ multi: UnsafeMutableRawPointer) {
        for easy in Array(active.keys) {
            finish(easy, multi, .failure(TransportError.closed))
        }
        for easy in idleHandles { curl_easy_cleanup(easy) }
        idleHandles.removeAll()
        lock.withLock { wakeable = nil }
        curl_multi_cleanup(multi)
    }
}
