import CKernels
import TensorCore

/// What this machine can do at best, all cores together, measured in the same run as everything else.
enum Ceilings {
    static func run() {
        let cores = Double(Shards.cores)
        for (name, m, n, k) in [
            ("matrix product on the engine's tiles", 1024, 96, 864),
            ("matrix product in OpenBLAS", 768, 768, 768),
        ] {
            let rate = cores * Double(2 * m * n * k) * 1e-9 / product(m, n, k)
            Line(group: "ceiling", name: name, value: rate, unit: "GFLOP/s").print()
        }
        // 128 MB a core: beyond any cache.
        let count = 32 << 20
        let blocks = (0..<(2 * Shards.cores)).map { _ in FloatBlock(count: count) }
        let shared = Confined(blocks)
        let seconds = medianSeconds(rounds: 3) {
            onAllCores { core in
                pb_axpy(
                    0.5, shared.value[2 * core].pointer, Int32(count),
                    shared.value[2 * core + 1].pointer)
            }
        }
        Line(
            group: "ceiling", name: "memory, y += a x", value: cores * Double(12 * count) * 1e-9 / seconds,
            unit: "GB/s"
        ).print()
    }

    /// Seconds of one product on every core at once.
    static func product(_ m: Int, _ n: Int, _ k: Int) -> Double {
        let (a, b, c) = (m * k, k * n, m * n)
        let blocks = (0..<Shards.cores).map { _ in FloatBlock(count: a + b + c) }
        let shared = Confined(blocks)
        return medianSeconds {
            onAllCores { core in
                let own = shared.value[core].pointer
                matrixProduct(m: m, n: n, k: k, own, k, own + a, n, own + a + b, n)
            }
        }
    }

    /// GFLOP/s of the fastest product, all cores together.
    static let fastestProduct: Double = {
        [(1024, 96, 864), (768, 768, 768)].map { m, n, k in
            Double(Shards.cores * 2 * m * n * k) * 1e-9 / product(m, n, k)
        }.max()!
    }()
}
