import CKernels
import TensorCore

/// Single kernels at the sizes that a shard of eight pictures has, on all cores at once.
enum KernelBenchmarks {
    static func run() {
        products()
        elementwise()
    }

    private static func products() {
        // A linear layer's forward, gradient of its input and of its weight; attention; Winograd's.
        let shapes: [(String, Int, Int, Int, Bool, Bool)] = [
            ("linear 96 to 96", 512, 96, 96, false, true),
            ("linear 96 to 768", 512, 768, 96, false, true),
            ("gradient of its input", 512, 96, 768, false, false),
            ("gradient of its weight", 768, 96, 512, true, false),
            ("attention scores of a head", 64, 64, 24, false, true),
            ("attention values of a head", 64, 24, 64, false, false),
            ("a Winograd element, 96 channels", 64, 96, 96, false, false),
            ("gradient of its filters", 96, 96, 64, true, false),
        ]
        for (name, m, n, k, transposeA, transposeB) in shapes {
            let blocks = (0..<Shards.cores).map { _ in FloatBlock(count: m * k + k * n + m * n) }
            let shared = Confined(blocks)
            let seconds = medianSeconds {
                onAllCores { core in
                    let a = shared.value[core].pointer
                    for _ in 0..<16 {
                        matrixProduct(
                            transposeA: transposeA, transposeB: transposeB, m: m, n: n, k: k, a,
                            transposeA ? m : k, a + m * k, transposeB ? k : n, a + m * k + k * n, n)
                    }
                }
            }
            Line(
                group: "kernel", name: "\(name), \(m)x\(n)x\(k)",
                value: Double(16 * Shards.cores * 2 * m * n * k) * 1e-9 / seconds, unit: "GFLOP/s",
                ceiling: Ceilings.fastestProduct
            ).print()
        }
    }

    private static func elementwise() {
        let (pixels, channels) = (256, 64)
        let count = 8 * pixels * channels
        // Input, output, gradients, scratch, and small tables behind them.
        let blocks = (0..<Shards.cores).map { _ in FloatBlock(count: 6 * count + (1 << 16)) }
        for block in blocks {
            for i in 0..<block.count { block.pointer[i] = Float((i * 37) % 101) / 101 - 0.5 }
        }
        let shared = Confined(blocks)
        func report(_ name: String, floats: Int, _ body: @escaping (UnsafeMutablePointer<Float>) -> Void) {
            let seconds = medianSeconds { onAllCores { body(shared.value[$0].pointer) } }
            Line(
                group: "elementwise", name: name,
                value: Double(4 * floats * Shards.cores) * 1e-9 / seconds, unit: "GB/s"
            ).print()
        }
        let size = pixels * channels
        report("GroupNorm and SiLU, 8x16x16x64", floats: 2 * count) { p in
            let tables = p + 6 * count
            for image in 0..<8 {
                pb_group_norm(
                    p + image * size, Int32(pixels), Int32(channels), 16, 1e-5, tables,
                    tables + 64, 1, p + count + image * size, tables + 128, tables + 256)
            }
        }
        report("their backward", floats: 3 * count) { p in
            let tables = p + 6 * count
            for image in 0..<8 {
                pb_group_norm_backward(
                    p + image * size, p + count + image * size, Int32(pixels), Int32(channels), 16,
                    tables, tables + 64, 1, tables + 128, tables + 256, p + 2 * count + image * size,
                    0, tables + 512, tables + 640, p + 3 * count)
            }
        }
        report("GEGLU, 512x768", floats: 3 * 512 * 384) { p in
            pb_geglu(p, 512, 384, p + 512 * 768)
        }
        report("softmax, 2048x64", floats: 2 * 2048 * 64) { p in
            pb_softmax(p, 2048, 64, 0.2, 0)
        }
    }
}
