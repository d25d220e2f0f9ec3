/// One feature vector a picture or caption, [n, d], all finite.
public struct Features: Sendable, Equatable {
    /// n, the number of rows.
    public let count: Int
    /// d, the length of a row.
    public let dimension: Int
    /// What the rows are, for error messages: "generated pictures".
    public let name: String
    /// All rows, one after another.
    package let values: [Double]

    /// Takes n x d values, row by row.
    ///
    /// - Precondition: `dimension` is positive and divides the number of values.
    /// - Throws: ``MetricError/notFinite(of:row:)``.
    public init(_ values: [Double], dimension: Int, of name: String) throws(MetricError) {
        precondition(dimension > 0 && values.count % dimension == 0, "rows of one length")
        if let bad = values.firstIndex(where: { !$0.isFinite }) {
            throw .notFinite(of: name, row: bad / dimension)
        }
        self.init(checked: values, dimension: dimension, of: name)
    }

    /// Takes n x d values of single precision, row by row.
    ///
    /// - Precondition: `dimension` is positive and divides the number of values.
    /// - Throws: ``MetricError/notFinite(of:row:)``.
    public init(_ values: [Float], dimension: Int, of name: String) throws(MetricError) {
        try self.init(values.map(Double.init), dimension: dimension, of: name)
    }

    private init(checked values: [Double], dimension: Int, of name: String) {
        self.values = values
        self.dimension = dimension
        self.name = name
        count = values.count / dimension
    }

    /// The rows at these indices, in this order.
    ///
    /// - Precondition: every index lies in 0..<count.
    public func rows(_ indices: [Int]) -> Features {
        let picked = indices.flatMap { values[$0 * dimension..<($0 + 1) * dimension] }
        return Features(checked: picked, dimension: dimension, of: name)
    }

    /// How many different rows there are; fewer than `count` where pictures are identical.
    public var distinctCount: Int {
        Set((0..<count).map { Array(values[$0 * dimension..<($0 + 1) * dimension]) }).count
    }

    /// The same rows at length 1.
    ///
    /// - Throws: ``MetricError/zeroVector(of:row:)``.
    public func normalised() throws(MetricError) -> Features {
        var unit = values
        for row in 0..<count {
            let range = row * dimension..<(row + 1) * dimension
            // Divided by the largest first: squares of very large or small values leave the range.
            let largest = unit[range].reduce(0) { max($0, abs($1)) }
            guard largest > 0 else { throw .zeroVector(of: name, row: row) }
            for i in range { unit[i] /= largest }
            let length = unit[range].reduce(0) { $0 + $1 * $1 }.squareRoot()
            for i in range { unit[i] /= length }
        }
        return Features(checked: unit, dimension: dimension, of: name)
    }

    /// Calls `body` with the row's values.
    @inline(__always)
    func withRows<Result, Failure: Error>(
        _ body: (_ rows: UnsafePointer<Double>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        // An empty array has no address, and no row that would be read either.
        try values.withUnsafeBufferPointer { buffer throws(Failure) in
            try body(buffer.baseAddress ?? UnsafePointer(bitPattern: 8)!)
        }
    }
}
