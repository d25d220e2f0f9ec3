import Foundation
import Metrics
import Testing

@Suite struct EigenvalueTests {
    @Test("Eigenvalues are those of LAPACK, to a few roundings of the largest")
    func reference() throws {
        for entry in try Fixture.read().eigenvalues {
            let found = symmetricEigenvalues(entry.matrix, size: entry.size)
            let largest = entry.eigenvalues.map { abs($0) }.max() ?? 0
            #expect(found.count == entry.size && found == found.sorted())
            for (mine, other) in zip(found, entry.eigenvalues) {
                #expect(abs(mine - other) <= 1e-13 * largest)
            }
        }
    }

    @Test("A path's second differences have the known eigenvalues 2 - 2 cos")
    func knownSpectrum() {
        let n = 64
        let matrix = (0..<n * n).map { index in
            let (i, j) = (index / n, index % n)
            return i == j ? 2.0 : abs(i - j) == 1 ? -1 : 0
        }
        let found = symmetricEigenvalues(matrix, size: n)
        for (k, value) in found.enumerated() {
            #expect(abs(value - (2 - 2 * cos(Double(k + 1) * .pi / Double(n + 1)))) < 1e-13)
        }
    }

    @Test("The first two moments of the spectrum are those of the matrix, whatever the matrix")
    func moments() {
        var draws = Draws(41)
        for size in [1, 2, 3, 7, 16, 33, 90] {
            for scale in [1e-160, 1.0, 1e150] {
                var matrix = draws.list(size * size).map { $0 * scale }
                for i in 0..<size {
                    for j in 0..<i {
                        // Some are exactly 0, so that reflections have nothing to do.
                        if draws.index(below: 4) == 0 { matrix[i * size + j] = 0 }
                        matrix[j * size + i] = matrix[i * size + j]
                    }
                }
                let found = symmetricEigenvalues(matrix, size: size).map { $0 / scale }
                let trace = (0..<size).reduce(0) { $0 + matrix[$1 * size + $1] / scale }
                let square = matrix.reduce(0) { $0 + ($1 / scale) * ($1 / scale) }
                #expect(abs(found.reduce(0, +) - trace) < 1e-12 * Double(size))
                #expect(agree(found.reduce(0) { $0 + $1 * $1 }, square, 1e-12))
            }
        }
    }

    @Test("Nothing and zeros have eigenvalues too")
    func zeros() {
        #expect(symmetricEigenvalues([], size: 0) == [])
        #expect(symmetricEigenvalues([0, 0, 0, 0], size: 2) == [0, 0])
        #expect(symmetricEigenvalues([-3], size: 1) == [-3])
    }
}
