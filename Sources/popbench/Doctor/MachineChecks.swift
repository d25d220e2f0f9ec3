import Foundation
import TensorCore

/// What the doctor looks at on the engine's side: kernel, cores, memory.
enum MachineChecks {
    /// Less free memory than this, and a session of four lanes may not fit.
    static let comfortableBytes = 1 << 30

    /// All of them.
    static func all(_ environment: [String: String]) -> [Finding] {
        [kernel(environment), cores(environment), memory()]
    }

    private static func kernel(_ environment: [String: String]) -> Finding {
        let reason = MatrixKernel.open()
        if let reason, !MatrixKernel.tilesRun {
            return .problem(
                "kernel", "plain loops, many times slower than OpenBLAS: \(reason)",
                advice: "install the Debian package libopenblas0-pthread", ["kernel": "plain"])
        }
        let usual = KernelSpeed.measure(large: false)
        var details = [
            "kernel": MatrixKernel.name, "openblas": MatrixKernel.configuration,
            "gflops_a_core": String(format: "%.1f", usual),
            "cpu_has_avx512": "\(MatrixKernel.cpuHasAVX512)",
        ]
        let own = String(
            format: "%@, %.0f GFLOP/s a core",
            MatrixKernel.tilesRun ? MatrixKernel.tiles : "OpenBLAS \(MatrixKernel.library)", usual)
        if let reason {
            return .warning(
                "kernel", "\(own); large products by plain loops: \(reason)",
                advice: "for models larger than the shipped one install libopenblas0-pthread",
                details)
        }
        let speed = KernelSpeed.measure(large: true)
        details["large_gflops_a_core"] = String(format: "%.1f", speed)
        let summary = String(
            format: "%@; large products by OpenBLAS %@, %.0f", own, MatrixKernel.library, speed)
        guard let forced = environment[KernelSpeed.variable], !forced.isEmpty,
            let better = KernelSpeed.measureUnforced(environment)
        else { return .ok("kernel", summary, details) }
        details["forced"] = forced
        details["unforced_kernel"] = better.kernel
        details["unforced_large_gflops_a_core"] = String(format: "%.1f", better.gflops)
        // What differs by less is the noise of so short a measurement.
        guard better.gflops > speed * 1.15 else { return .ok("kernel", summary, details) }
        return .warning(
            "kernel", "\(summary), which \(KernelSpeed.variable)=\(forced) forces",
            advice: String(
                format:
                    "for models larger than the shipped one unset %@: %.0f GFLOP/s with %@, %.1f times as much",
                KernelSpeed.variable, better.gflops, better.kernel, better.gflops / speed), details)
    }

    private static func cores(_ environment: [String: String]) -> Finding {
        let cores = Shards.cores
        let wish = environment["POPBENCH_THREADS"].flatMap { Int($0) }
        let used = min(cores, Shards.count)
        let summary =
            "\(cores)" + (wish == nil ? "" : " (POPBENCH_THREADS)")
            + (used < cores ? ", of which a training step uses \(used)" : "")
        let details = ["cores": "\(cores)", "used": "\(used)"]
        guard cores > 1 else {
            return .warning(
                "cores", summary, advice: "training takes twice as long as on two cores", details)
        }
        return .ok("cores", summary, details)
    }

    private static func memory() -> Finding {
        guard let total = field("MemTotal"), let available = field("MemAvailable") else {
            return .warning(
                "memory", "cannot be told", advice: "/proc/meminfo is missing; make sure of 1 GiB")
        }
        let details = ["total_bytes": "\(total)", "available_bytes": "\(available)"]
        let summary = "\(byteText(available)) of \(byteText(total)) free"
        guard available >= comfortableBytes else {
            return .warning(
                "memory", summary, advice: "end something else, or train fewer lanes at once",
                details)
        }
        return .ok("memory", summary, details)
    }

    /// A field of /proc/meminfo in bytes.
    private static func field(_ name: String) -> Int? {
        guard let data = FileManager.default.contents(atPath: "/proc/meminfo") else { return nil }
        let line = String(decoding: data, as: UTF8.self).split(separator: "\n")
            .first { $0.hasPrefix(name + ":") }
        return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 * 1024 }
    }
}
