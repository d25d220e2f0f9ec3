import CKernels

/// Which matrix-product library runs below the engine, and how it is chosen.
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

    /// The kernel set in use: OpenBLAS's, such as `SkylakeX` or `Haswell`, or `plain` without it.
    public static var name: String { String(cString: pb_blas_core()) }

    /// OpenBLAS's own description of its build; empty without it.
    public static var configuration: String { String(cString: pb_blas_config()) }

    /// Whether this CPU has AVX-512.
    public static var cpuHasAVX512: Bool { pb_cpu_has_avx512() != 0 }
}

/// C = alpha op(A) op(B) + beta C, all row-major, C of m x n, the inner dimension k.
@inline(__always)
public func matrixProduct(
    transposeA: Bool = false, transposeB: Bool = false, m: Int, n: Int, k: Int, alpha: Float = 1,
    _ a: UnsafePointer<Float>, _ lda: Int, _ b: UnsafePointer<Float>, _ ldb: Int, beta: Float = 0,
    _ c: UnsafeMutablePointer<Float>, _ ldc: Int
) {
    pb_sgemm(
        transposeA ? 1 : 0, transposeB ? 1 : 0, Int32(m), Int32(n), Int32(k), alpha, a, Int32(lda),
        b,
        Int32(ldb), beta, c, Int32(ldc))
}
