/// All eigenvalues of a real symmetric matrix, in ascending order.
///
/// Householder reflections make the matrix tridiagonal, and implicit QR steps with Wilkinson's shift
/// make it diagonal. Eigenvalues are exact to a few roundings of the largest one. Time grows with
/// the third power of the size.
///
/// Reference: Golub, Van Loan, "Matrix Computations", 4th edition, 2013, sections 8.3.1 to 8.3.5.
///
/// - Parameters:
///   - matrix: [size, size], row-major, finite; only the lower triangle is read.
///   - size: the number of rows.
package func symmetricEigenvalues(_ matrix: [Double], size: Int) -> [Double] {
    precondition(matrix.count == size * size, "a square matrix")
    // Scaled to a largest entry of 1, so that no square leaves the range of Double.
    let largest = matrix.reduce(0) { max($0, abs($1)) }
    guard size > 0, largest > 0 else { return Array(repeating: 0, count: size) }
    precondition(largest.isFinite, "a finite matrix")
    var scaled = matrix.map { $0 / largest }
    var (diagonal, beside) = tridiagonal(&scaled, size)
    diagonalise(&diagonal, &beside)
    return diagonal.sorted().map { $0 * largest }
}

/// Reduces the matrix from its last row upwards, so that each reflection is a contiguous row.
///
/// - Returns: the diagonal, and beside[i] between entries i and i + 1 of it.
private func tridiagonal(_ matrix: inout [Double], _ n: Int) -> ([Double], [Double]) {
    var diagonal = Array(repeating: 0.0, count: n)
    var beside = Array(repeating: 0.0, count: max(0, n - 1))
    var product = Array(repeating: 0.0, count: n)
    matrix.withUnsafeMutableBufferPointer { buffer in
        product.withUnsafeMutableBufferPointer { q in
            guard let a = buffer.baseAddress, let q = q.baseAddress else { return }
            for i in stride(from: n - 1, to: 0, by: -1) {
                let u = a + i * n
                diagonal[i] = u[i]
                let rest = innerProduct(u, u, i - 1)
                guard rest > 0 else {
                    beside[i - 1] = u[i - 1]
                    continue
                }
                // u becomes the reflection's normal, which takes the row to (0, ..., 0, end).
                let length = (rest + u[i - 1] * u[i - 1]).squareRoot()
                let end = u[i - 1] > 0 ? -length : length
                u[i - 1] -= end
                beside[i - 1] = end
                reflect(a, n, by: u, count: i, q)
            }
            diagonal[0] = a[0]
        }
    }
    return (diagonal, beside)
}

/// A = H A H with H = 1 - u u^T / h, h = |u|^2 / 2, on the leading `count` rows' lower triangle.
private func reflect(
    _ a: UnsafeMutablePointer<Double>, _ n: Int, by u: UnsafeMutablePointer<Double>, count: Int,
    _ q: UnsafeMutablePointer<Double>
) {
    let h = innerProduct(u, u, count) / 2
    for j in 0..<count { q[j] = 0 }
    for j in 0..<count {
        let row = a + j * n
        q[j] += innerProduct(row, u, j) + row[j] * u[j]
        add(row, times: u[j], to: q, j)
    }
    // q = p - (u . p / 2h) u with p = A u / h; then A -= u q^T + q u^T.
    for j in 0..<count { q[j] /= h }
    add(u, times: -innerProduct(u, q, count) / (2 * h), to: q, count)
    for j in 0..<count {
        let row = a + j * n
        add(q, times: -u[j], to: row, j + 1)
        add(u, times: -q[j], to: row, j + 1)
    }
}

/// Leaves the eigenvalues of a symmetric tridiagonal matrix on its diagonal.
private func diagonalise(_ d: inout [Double], _ e: inout [Double]) {
    let norm = d.indices.reduce(0.0) { norm, i in
        max(norm, abs(d[i]) + (i > 0 ? abs(e[i - 1]) : 0) + (i < e.count ? abs(e[i]) : 0))
    }
    let negligible = norm * 0x1p-53
    var high = d.count - 1
    var steps = 0
    while high > 0 {
        if abs(e[high - 1]) <= negligible {
            high -= 1
            steps = 0
            continue
        }
        var low = high - 1
        while low > 0 && abs(e[low - 1]) > negligible { low -= 1 }
        steps += 1
        // Three steps an eigenvalue are usual. Should a shift ever lead in circles, another breaks it.
        precondition(steps < 10_000, "the QR iteration of a finite matrix converges")
        let shift =
            steps % 20 == 0
            ? d[high] + abs(e[high - 1]) : wilkinsonShift(d[high - 1], d[high], e[high - 1])
        chaseBulge(&d, &e, low, high, shift)
    }
}

/// The eigenvalue of [[a, b], [b, c]] that is nearer to c.
private func wilkinsonShift(_ a: Double, _ c: Double, _ b: Double) -> Double {
    let half = (a - c) / 2
    let root = (half * half + b * b).squareRoot()
    return c - b * b / (half + (half < 0 ? -root : root))
}

/// One implicit QR step on the entries low...high, by plane rotations.
private func chaseBulge(
    _ d: inout [Double], _ e: inout [Double], _ low: Int, _ high: Int, _ shift: Double
) {
    var x = d[low] - shift
    var z = e[low]
    for k in low..<high {
        let length = (x * x + z * z).squareRoot()
        let c = length > 0 ? x / length : 1
        let s = length > 0 ? z / length : 0
        if k > low { e[k - 1] = length }
        let (a, b, f) = (d[k], d[k + 1], e[k])
        d[k] = c * c * a + 2 * c * s * f + s * s * b
        d[k + 1] = s * s * a - 2 * c * s * f + c * c * b
        e[k] = c * s * (b - a) + (c * c - s * s) * f
        if k + 1 < high {
            x = e[k]
            z = s * e[k + 1]
            e[k + 1] *= c
        }
    }
}
