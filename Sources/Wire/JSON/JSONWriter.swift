/// Writes JSON without blanks, member by member:
///
///     let body = JSONWriter.object { answer in
///         answer.write("accepted", 1)
///         answer.array("results") { results in
///             results.object { $0.write("status", "accepted") }
///         }
///     }
///
/// Commas, quotes and brackets can't be got wrong. Decimals and times become strings, nil becomes
/// null. When a closure throws, nothing that it wrote stays.
public enum JSONWriter {
    public static func object<Failure: Error>(
        _ members: (inout JSONObjectWriter) throws(Failure) -> Void
    ) throws(Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        try object(to: &bytes, members)
        return bytes
    }

    /// Appends one object to `bytes`.
    public static func object<Failure: Error>(
        to bytes: inout [UInt8], _ members: (inout JSONObjectWriter) throws(Failure) -> Void
    ) throws(Failure) {
        let start = bytes.count
        var writer = JSONObjectWriter(taking: &bytes)
        do {
            try members(&writer)
        } catch {
            bytes = writer.bytes
            bytes.removeSubrange(start...)
            throw error
        }
        bytes = writer.finished()
    }

    public static func array<Failure: Error>(
        _ elements: (inout JSONArrayWriter) throws(Failure) -> Void
    ) throws(Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        try array(to: &bytes, elements)
        return bytes
    }

    /// Appends one array to `bytes`.
    public static func array<Failure: Error>(
        to bytes: inout [UInt8], _ elements: (inout JSONArrayWriter) throws(Failure) -> Void
    ) throws(Failure) {
        let start = bytes.count
        var writer = JSONArrayWriter(taking: &bytes)
        do {
            try elements(&writer)
        } catch {
            bytes = writer.bytes
            bytes.removeSubrange(start...)
            throw error
        }
        bytes = writer.finished()
    }
}

/// An object under construction. A key that is written twice stands there twice.
public struct JSONObjectWriter: ~Copyable {
    fileprivate var bytes: [UInt8] = []
    private var isEmpty = true

    fileprivate init(taking bytes: inout [UInt8]) {
        swap(&self.bytes, &bytes)
        self.bytes.append(ASCII.openBrace)
    }

    fileprivate consuming func finished() -> [UInt8] {
        bytes.append(ASCII.closeBrace)
        return bytes
    }

    public mutating func write(_ key: String, _ value: some JSONWritable) {
        begin(key)
        value.writeJSON(to: &bytes)
    }

    public mutating func object<Failure: Error>(
        _ key: String, _ members: (inout JSONObjectWriter) throws(Failure) -> Void
    ) throws(Failure) {
        try add(key) { bytes throws(Failure) in try JSONWriter.object(to: &bytes, members) }
    }

    public mutating func array<Failure: Error>(
        _ key: String, _ elements: (inout JSONArrayWriter) throws(Failure) -> Void
    ) throws(Failure) {
        try add(key) { bytes throws(Failure) in try JSONWriter.array(to: &bytes, elements) }
    }

    private mutating func add<Failure: Error>(
        _ key: String, _ value: (inout [UInt8]) throws(Failure) -> Void
    ) throws(Failure) {
        let (start, wasEmpty) = (bytes.count, isEmpty)
        begin(key)
        do {
            try value(&bytes)
        } catch {
            bytes.removeSubrange(start...)
            isEmpty = wasEmpty
            throw error
        }
    }

    private mutating func begin(_ key: String) {
        if !isEmpty { bytes.append(ASCII.comma) }
        isEmpty = false
        JSONText.append(key, to: &bytes)
        bytes.append(ASCII.colon)
    }
}

/// An array under construction.
public struct JSONArrayWriter: ~Copyable {
    fileprivate var bytes: [UInt8] = []
    private var isEmpty = true

    fileprivate init(taking bytes: inout [UInt8]) {
        swap(&self.bytes, &bytes)
        self.bytes.append(ASCII.openBracket)
    }

    fileprivate consuming func finished() -> [UInt8] {
        bytes.append(ASCII.closeBracket)
        return bytes
    }

    public mutating func write(_ value: some JSONWritable) {
        begin()
        value.writeJSON(to: &bytes)
    }

    public mutating func object<Failure: Error>(
        _ members: (inout JSONObjectWriter) throws(Failure) -> Void
    ) throws(Failure) {
        try add { bytes throws(Failure) in try JSONWriter.object(to: &bytes, members) }
    }

    public mutating func array<Failure: Error>(
        _ elements: (inout JSONArrayWriter) throws(Failure) -> Void
    ) throws(Failure) {
        try add { bytes throws(Failure) in try JSONWriter.array(to: &bytes, elements) }
    }

    private mutating func add<Failure: Error>(
        _ value: (inout [UInt8]) throws(Failure) -> Void
    ) throws(Failure) {
        let (start, wasEmpty) = (bytes.count, isEmpty)
        begin()
        do {
            try value(&bytes)
        } catch {
            bytes.removeSubrange(start...)
            isEmpty = wasEmpty
            throw error
        }
    }

    private mutating func begin() {
        if !isEmpty { bytes.append(ASCII.comma) }
        isEmpty = false
    }
}
