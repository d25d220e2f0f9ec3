/// Splits a stream of bytes into lines, however the bytes happen to arrive.
///
/// Holds at most one line of `limit` bytes and what arrived with its end. A longer line is
/// reported once and passed over; the lines after it are read as usual.
public struct LineReader: Sendable {
    private let limit: Int
    private var buffer: [UInt8] = []
    /// Where the line under way starts, and up to where no newline was found.
    private var start = 0
    private var searched = 0
    private var passingOver = false

    /// Makes a reader for lines of at most `limit` bytes, newline not counted.
    public init(limit: Int = LineFormat.maximumBytes) {
        precondition(limit > 0, "a line's limit must be positive")
        self.limit = limit
    }

    /// Adds bytes that arrived.
    public mutating func append(_ bytes: some Collection<UInt8>) {
        if start == buffer.count {
            buffer.removeAll(keepingCapacity: buffer.capacity <= 1 << 20)
            (start, searched) = (0, 0)
        } else if start > 1 << 16, start > buffer.count / 2 {
            buffer.removeFirst(start)
            searched -= start
            start = 0
        }
        buffer.append(contentsOf: bytes)
    }

    /// Takes the next whole line without its newline; nil where more bytes are needed.
    ///
    /// Throws: `LineError.tooLong`, after which reading may go on.
    public mutating func next() throws(LineError) -> [UInt8]? {
        while true {
            guard let end = buffer[searched...].firstIndex(of: 0x0A) else {
                searched = buffer.count
                guard passingOver || searched - start > limit else { return nil }
                start = searched
                guard !passingOver else { return nil }
                passingOver = true
                throw .tooLong(limit: limit)
            }
            let line = buffer[start..<end]
            (start, searched) = (end + 1, end + 1)
            if passingOver {
                passingOver = false
            } else if line.count > limit {
                throw .tooLong(limit: limit)
            } else if line.contains(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }) {
                return Array(line)
            }
        }
    }

    /// Says that the stream has ended: a line without its newline was torn.
    public func finish() throws(LineError) {
        guard start == buffer.count else { throw .torn(bytes: buffer.count - start) }
    }
}
