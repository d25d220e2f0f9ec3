import Foundation
import TensorCore

/// How fast matrix products are, here and with the kernel set that OpenBLAS or popbench would choose.
enum KernelSpeed {
    /// The variable by which a user chooses OpenBLAS's kernel set.
    static let variable = "OPENBLAS_CORETYPE"

    /// Billions of floating-point operations a second on one core: the fastest of a few products.
    ///
    /// - Parameter large: of a size that OpenBLAS does, not of one that the shipped model has.
    static func measure(large: Bool) -> Double {
        let (m, n, k) = large ? (256, 768, 768) : (1024, 96, 864)
        let a = FloatBlock([Float](repeating: 0.5, count: m * k))
        let b = FloatBlock([Float](repeating: 0.25, count: k * n))
        let c = FloatBlock(count: m * n)
        var fastest = Double.infinity
        for _ in 0..<12 {
            let start = ContinuousClock.now
            matrixProduct(m: m, n: n, k: k, a.pointer, k, b.pointer, n, c.pointer, n)
            fastest = min(fastest, (ContinuousClock.now - start) / .seconds(1))
        }
        return 2e-9 * Double(m * n * k) / fastest
    }

    /// The same in a process of its own, since OpenBLAS chooses once, without the user's choice.
    ///
    /// - Returns: nil when the process did not answer in ten seconds.
    static func measureUnforced(
        _ environment: [String: String]
    ) -> (kernel: String, gflops: Double)? {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/proc/\(getpid())/exe")
            .resolvingSymlinksInPath()
        process.arguments = ["doctor", "--kernel-speed"]
        process.environment = environment.filter { $0.key != variable }
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        var request = pollfd(
            fd: output.fileHandleForReading.fileDescriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&request, 1, 10_000) == 1 else {
            process.terminate()
            return nil
        }
        let words = String(
            decoding: output.fileHandleForReading.availableData, as: UTF8.self
        ).split(whereSeparator: \.isWhitespace)
        process.waitUntilExit()
        guard words.count == 2, let gflops = Double(words[1]) else { return nil }
        return (String(words[0]), gflops)
    }
}
