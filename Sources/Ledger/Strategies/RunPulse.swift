/// Where a run of a strategy stands, as it tells itself.
public enum RunStatus: String, Sendable, CaseIterable {
    case running = "RUNNING"
    /// On its way down; what it promised still holds.
    case stopping = "STOPPING"
    /// It ended as it should: nothing is expected of it any more.
    case stopped = "STOPPED"
}

/// The signs of life of one run of a strategy, and what it promised of them.
///
/// A run that promised to beat and goes silent is noted once; its next beat ends the silence.
public struct RunPulse: Sendable, Hashable {
    public private(set) var status: RunStatus
    public private(set) var startedAt: Timestamp
    public private(set) var lastBeatAt: Timestamp
    /// Nil while it runs.
    public private(set) var endedAt: Timestamp?
    public private(set) var beats: Int64
    /// Within so many seconds after each beat the next one is promised; nil without a promise.
    public private(set) var expectWithinSeconds: Int64?
    /// The last beat before a silence that was noted; nil while all is as promised.
    public private(set) var silentSince: Timestamp?
    public private(set) var notifiedAt: Timestamp?

    public init(
        status: RunStatus, startedAt: Timestamp, lastBeatAt: Timestamp, endedAt: Timestamp?,
        beats: Int64, expectWithinSeconds: Int64?, silentSince: Timestamp?,
        notifiedAt: Timestamp?
    ) {
        self.status = status
        self.startedAt = startedAt
        self.lastBeatAt = lastBeatAt
        self.endedAt = endedAt
        self.beats = beats
        self.expectWithinSeconds = expectWithinSeconds
        self.silentSince = silentSince
        self.notifiedAt = notifiedAt
    }

    /// A run that begins with this beat.
    public init(status: RunStatus, promise: RunPromise, now: Timestamp) {
        self.init(
            status: status, startedAt: now, lastBeatAt: now, endedAt: nil, beats: 0,
            expectWithinSeconds: nil, silentSince: nil, notifiedAt: nil)
        beat(status, promise, now: now)
    }

    /// When the next beat has to be here; nil where none is promised.
    public var dueAt: Timestamp? {
        expectWithinSeconds.map { lastBeatAt.adding(seconds: $0) }
    }

    /// Whether it is gone without a word at `now`, and nobody has noted it.
    public func isOverdue(at now: Timestamp) -> Bool {
        silentSince == nil && dueAt.map { $0 <= now } ?? false
    }

    /// Takes in a beat; returns how many seconds a silence lasted that it ends, nil where none was
    /// noted. A stopped run stays as it is.
    @discardableResult
    public mutating func beat(
        _ status: RunStatus, _ promise: RunPromise, now: Timestamp
    ) -> Int64? {
        guard endedAt == nil else { return nil }
        let silence = silentSince.map { now.wholeSeconds(since: $0) }
        self.status = status
        lastBeatAt = max(lastBeatAt, now)
        beats += 1
        silentSince = nil
        notifiedAt = nil
        switch promise {
        case .asBefore: break
        case .none: expectWithinSeconds = nil
        case .within(let seconds): expectWithinSeconds = seconds
        }
        if status == .stopped {
            endedAt = lastBeatAt
            expectWithinSeconds = nil
        }
        return silence
    }

    /// Notes that it is silent.
    public mutating func fallSilent(now: Timestamp) {
        silentSince = lastBeatAt
        notifiedAt = now
    }
}

/// What a beat says of the next one.
public enum RunPromise: Sendable, Hashable {
    case asBefore
    case none
    /// Above 0.
    case within(seconds: Int64)
}
