import Foundation
import Testing

/// The built program, run as a user would, each run with a time limit.
struct Program {
    /// What a run left behind.
    struct Outcome {
        let status: Int32
        /// False where a signal ended it.
        let hasExited: Bool
        let output: String
        let errors: String

        /// Whether the run failed with one line that says who speaks.
        var isRefusal: Bool {
            hasExited && status == 1 && errors.hasPrefix("popbench: ")
                && errors.dropLast().allSatisfy { $0 != "\n" } && errors.hasSuffix("\n")
        }
    }

    /// Why a run has no outcome.
    struct TookTooLong: Error { let arguments: [String] }

    /// The folder of the checkout.
    static let checkout = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path

    /// The program lies beside the test bundle.
    static let built = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().appendingPathComponent("popbench").path

    /// The folder that it is run in: nothing of the user's is read or written.
    let scratch: Scratch
    var path = Program.built
    var environment: [String: String]

    init(_ scratch: Scratch) {
        self.scratch = scratch
        environment = [
            "HOME": scratch.path, "XDG_DATA_HOME": scratch.path + "/data",
            "XDG_CACHE_HOME": scratch.path + "/cache", "PATH": "/usr/bin:/bin",
            "TERM": "xterm-256color", "LANG": "C.UTF-8", "POPBENCH_SHARE": Program.checkout,
        ]
        let own = ProcessInfo.processInfo.environment
        for name in ["LD_LIBRARY_PATH", "OPENBLAS_CORETYPE", "POPBENCH_THREADS"] {
            environment[name] = own[name]
        }
    }

    /// Runs the program to its end.
    ///
    /// - Parameter output: where standard output goes in place of the outcome.
    func run(_ arguments: String..., output: FileHandle? = nil) throws -> Outcome {
        try run(arguments, output: output)
    }

    /// Runs the program to its end.
    func run(_ arguments: [String], output: FileHandle? = nil) throws -> Outcome {
        // Files and not pipes: nobody has to read while the program runs.
        let place = scratch.path + "/run-\(UUID().uuidString)"
        let (outputPath, errorPath) = (place + ".out", place + ".err")
        for path in [outputPath, errorPath] {
            _ = FileManager.default.createFile(atPath: path, contents: nil)
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.environment = environment
        process.currentDirectoryURL = URL(fileURLWithPath: scratch.path)
        process.standardInput = FileHandle.nullDevice
        let outputFile = try #require(FileHandle(forWritingAtPath: outputPath))
        let errorFile = try #require(FileHandle(forWritingAtPath: errorPath))
        process.standardOutput = output ?? outputFile
        process.standardError = errorFile
        let ended = DispatchSemaphore(value: 0)
        process.terminationHandler = { _ in ended.signal() }
        try process.run()
        guard ended.wait(timeout: .now() + 120) == .success else {
            kill(process.processIdentifier, SIGKILL)
            throw TookTooLong(arguments: arguments)
        }
        func text(_ path: String) -> String {
            String(
                decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
        }
        return Outcome(
            status: process.terminationStatus, hasExited: process.terminationReason == .exit,
            output: text(outputPath), errors: text(errorPath))
    }
}

/// A folder that lives as long as the value does.
final class Scratch: Sendable {
    let path: String

    init() throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("popbench-test-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true)
        path = folder.resolvingSymlinksInPath().path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
    }

    /// The bytes of a file.
    func bytes(_ name: String) throws -> Data {
        try #require(FileManager.default.contents(atPath: "\(path)/\(name)"))
    }

    /// The names in a folder, sorted; none where there is no folder.
    func names(in folder: String = "") -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: "\(path)/\(folder)")) ?? []).sorted()
    }
}
