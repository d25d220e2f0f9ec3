private typealias Lanes = SIMD8<Double>

@inline(__always)
private func load(_ from: UnsafePointer<Double>, _ index: Int) -> Lanes {
    UnsafeRawPointer(from + index).loadUnaligned(as: Lanes.self)
}

/// The inner product of two vectors, summed in an order that depends on `count` alone.
@inline(__always)
func innerProduct(_ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ count: Int) -> Double {
    var lanes = Lanes.zero
    var i = 0
    while i + 8 <= count {
        lanes += load(a, i) * load(b, i)
        i += 8
    }
    var sum = lanes.sum()
    while i < count {
        sum += a[i] * b[i]
        i += 1
    }
    return sum
}

/// The squared Euclidean distance, from differences: that of identical vectors is 0 exactly.
@inline(__always)
func squaredDistance(
    _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ count: Int
) -> Double {
    var lanes = Lanes.zero
    var i = 0
    while i + 8 <= count {
        let difference = load(a, i) - load(b, i)
        lanes += difference * difference
        i += 8
    }
    var sum = lanes.sum()
    while i < count {
        sum += (a[i] - b[i]) * (a[i] - b[i])
        i += 1
    }
    return sum
}

/// out += scale x.
@inline(__always)
func add(
    _ x: UnsafePointer<Double>, times scale: Double, to out: UnsafeMutablePointer<Double>,
    _ count: Int
) {
    var i = 0
    while i + 8 <= count {
        let sum = load(UnsafePointer(out), i) + scale * load(x, i)
        UnsafeMutableRawPointer(out + i).storeBytes(of: sum, as: Lanes.self)
        i += 8
    }
    while i < count {
        out[i] += scale * x[i]
        i += 1
    }
}

/// All inner products of rows, [n, n], row-major.
func gramMatrix(_ features: Features) -> [Double] {
    let n = features.count
    let d = features.dimension
    return Array(unsafeUninitializedCapacity: n * n) { out, filled in
        features.withRows { rows in
            for i in 0..<n {
                for j in 0...i {
                    let product = innerProduct(rows + i * d, rows + j * d, d)
                    out[i * n + j] = product
                    out[j * n + i] = product
                }
            }
        }
        filled = n * n
    }
}

/// All Euclidean distances between rows of one and rows of the other, [n, m], row-major.
func distanceMatrix(_ a: Features, _ b: Features) -> [Double] {
    precondition(a.dimension == b.dimension, "features of one kind")
    let d = a.dimension
    return Array(unsafeUninitializedCapacity: a.count * b.count) { out, filled in
        a.withRows { left in
            b.withRows { right in
                for i in 0..<a.count {
                    for j in 0..<b.count {
                        out[i * b.count + j] =
                            squaredDistance(left + i * d, right + j * d, d).squareRoot()
                    }
                }
            }
        }
        filled = a.count * b.count
    }
}
