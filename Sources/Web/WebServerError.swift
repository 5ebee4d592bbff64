import Glibc
import NIOCore

/// Why the server could not begin to listen; the description is one line for its operator.
public enum WebServerError: Error, Sendable, Hashable {
    case portInUse(host: String, port: Int)
    /// Ports below 1024 are for root, mostly.
    case notPermitted(host: String, port: Int)
    case cannotListen(host: String, port: Int, reason: String)

    init(_ error: IOError, host: String, port: Int) {
        self =
            switch error.errnoCode {
            case EADDRINUSE: .portInUse(host: host, port: port)
            case EACCES, EPERM: .notPermitted(host: host, port: port)
            case EADDRNOTAVAIL:
                .cannotListen(
                    host: host, port: port, reason: "this machine has no such address")
            default: .cannotListen(host: host, port: port, reason: "\(error)")
            }
    }
}

extension WebServerError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .portInUse(let host, let port):
            "port \(port) of \(host) is in use: end the program that listens there, "
                + "or set another http.port"
        case .notPermitted(let host, let port):
            "not permitted to listen on port \(port) of \(host): set http.port to 1024 or more"
        case .cannotListen(let host, let port, let reason):
            "can't listen on port \(port) of \(host): \(reason); check http.host and http.port"
        }
    }
}
