import CKernels

/// Which matrix products run below the engine, and how they are chosen: popbench's own tiles where the
/// CPU has AVX2 or AVX-512, and OpenBLAS for large products and for every other CPU.
public enum MatrixKernel {
    /// Loads OpenBLAS once for this process; without it a plain loop does the same work slowly.
    ///
    /// Debian's OpenBLAS takes CPUs that are newer than itself for a Haswell; where the CPU has
    /// AVX-512 and the user has not chosen (`OPENBLAS_CORETYPE`), its AVX-512 kernels are asked for.
    ///
    /// - Returns: nil when OpenBLAS is in use, else the reason why it is not.
    @discardableResult
    public static func open() -> String? { opened }

    private static let opened: String? = {
        var message = [CChar](repeating: 0, count: 256)
        let core: String? = pb_cpu_has_avx512() != 0 ? "SkylakeX" : nil
        let status =
            if let core {
                core.withCString { pb_blas_open($0, &message, message.count) }
            } else {
                pb_blas_open(nil, &message, message.count)
            }
        guard status != 0 else { return nil }
        return String(
            decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }()

    /// What decides the last bits of a result: the tiles' instruction set and OpenBLAS's kernel set, such as
    /// `avx512+SkylakeX`; the latter alone where no tiles run, and `plain` for a loop in its place.
    public static var name: String {
        tilesRun ? "\(tiles)+\(library)" : library
    }

    /// The best instruction set that the tiles have on this CPU: `avx512`, `avx2` or `plain`.
    public static var tiles: String { String(cString: pb_gemm_kernel(0)) }

    /// Whether products of a small network's size run on the tiles.
    public static var tilesRun: Bool { pb_gemm_kernels() > 1 }

    /// OpenBLAS's kernel set, such as `SkylakeX` or `Haswell`, or `plain` without the library.
    public static var library: String { String(cString: pb_blas_core()) }

    /// OpenBLAS's own description of its build; empty without it.
    public static var configuration: String { String(cString: pb_blas_config()) }

    /// Whether this CPU has AVX-512.
    public static var cpuHasAVX512: Bool { pb_cpu_has_avx512() != 0 }
}

/// What a matrix product is added to.
public enum Addend {
    case nothing
    /// What C holds already.
    case result
    /// One row of n values, added to every row.
    case row(UnsafePointer<Float>)
}

/// C = op(A) op(B) + addend, all row-major, C of m x n, the inner dimension k.
@inline(__always)
public func matrixProduct(
    transposeA: Bool = false, transposeB: Bool = false, m: Int, n: Int, k: Int,
    _ a: UnsafePointer<Float>, _ lda: Int, _ b: UnsafePointer<Float>, _ ldb: Int,
    adding addend: Addend = .nothing, _ c: UnsafeMutablePointer<Float>, _ ldc: Int
) {
    let (added, stride): (UnsafePointer<Float>?, Int) =
        switch addend {
        case .nothing: (nil, 0)
        case .result: (UnsafePointer(c), ldc)
        case .row(let row): (row, 0)
        }
    pb_sgemm(
        transposeA ? 1 : 0, transposeB ? 1 : 0, Int32(m), Int32(n), Int32(k), a, Int32(lda), b,
        Int32(ldb), c, Int32(ldc), added, Int32(stride))
}
