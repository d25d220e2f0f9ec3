import BenchProtocol
import Foundation

extension SessionStore {
    /// Writes what a session has measured, its recipe and where its weights are, for other programs.
    ///
    /// `curves.csv` and `curves.json` have every logged step of every lane, `evaluations.csv` and
    /// `evaluations.json` every figure with its interval; `recipe.toml` and `session.json` are copies,
    /// `contents.json` says which files of weights belong to it. The session may be training.
    ///
    /// - Parameters:
    ///   - path: a folder that is not there yet or, ending in `.tar`, an archive.
    ///   - withWeights: copies the newest checkpoint's files of weights as well.
    ///   - now: seconds since 1970.
    /// - Returns: the names of the files written.
    /// - Throws: ``SessionError`` or ``MetricsError``; nothing is left behind.
    @discardableResult
    public func export(to path: String, withWeights: Bool = false, now: Double) throws -> [String] {
        let path = Self.absolute(path)
        let name = (self.path as NSString).lastPathComponent
        guard access(path, F_OK) != 0 else { throw SessionError.taken(path: path) }
        let files = DurableFile()
        let above = (path as NSString).deletingLastPathComponent
        let hidden = "\(above)/.\((path as NSString).lastPathComponent)"
        let folder = hidden + DurableFile.partialSuffix
        let archive = hidden + ".tar" + DurableFile.partialSuffix
        try files.makeFolder(above)
        do {
            try files.remove(folder)
            try files.makeFolder(folder)
            let names = try fill(folder, withWeights: withWeights, files: files)
            if path.hasSuffix(".tar") {
                try TarFile.pack(folder, prefix: name, to: archive, modified: now, files: files)
                try files.rename(archive, to: path)
                try files.remove(folder)
            } else {
                try files.syncFolder(folder)
                try files.rename(folder, to: path)
            }
            try files.syncFolder(above)
            return names
        } catch {
            try? files.remove(folder)
            try? files.remove(archive)
            throw error
        }
    }

    private func fill(
        _ folder: String, withWeights: Bool, files: DurableFile
    ) throws -> [String] {
        var names = [Self.recipeName, Self.recordName]
        for name in names { try files.copy("\(path)/\(name)", to: "\(folder)/\(name)") }
        let checkpoint = try latestCheckpoint().checkpoint
        var contents = ExportContents(
            session: (path as NSString).lastPathComponent, path: path,
            lineage: try record().lineage, checkpointStep: checkpoint?.step, weights: [:])
        for file in checkpoint?.files ?? [] where file.hasSuffix(".safetensors") {
            guard let checkpoint, let source = checkpoint.path(of: file) else { continue }
            let lane = ((file as NSString).lastPathComponent as NSString).deletingPathExtension
            contents.weights[lane] = source
            guard withWeights else { continue }
            let copy = "weights/\((file as NSString).lastPathComponent)"
            try files.makeFolder("\(folder)/weights")
            try files.copy(source, to: "\(folder)/\(copy)")
            contents.weights[lane] = copy
            names.append(copy)
        }
        if access(metricsPath, F_OK) == 0 {
            // Of a copy, which nobody writes to meanwhile.
            let database = "\(folder)/metrics.sqlite"
            try MetricsStore.duplicate(metricsPath, to: database)
            let store = try MetricsStore(path: database)
            try CurveExport.write(store, to: folder)
            try store.close()
            for suffix in ["", "-wal", "-shm"] { try files.remove(database + suffix) }
            names += CurveExport.names
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        names.append("contents.json")
        try files.writeNew(
            "\(folder)/contents.json", [UInt8](try encoder.encode(contents)) + [0x0A])
        return names
    }
}

/// What an export says of itself.
private struct ExportContents: Encodable {
    let session: String
    /// Where the session was.
    let path: String
    let lineage: SessionStore.Lineage?
    let checkpointStep: Int?
    /// The file of weights and optimiser moments of each lane: in the export, or in the session.
    var weights: [String: String]

    enum CodingKeys: String, CodingKey {
        case session, path, lineage, weights
        case checkpointStep = "checkpoint_step"
    }
}

/// Curves and evaluations as text, a piece at a time: a history may be longer than memory.
private enum CurveExport {
    static let names = ["curves.csv", "curves.json", "evaluations.csv", "evaluations.json"]
    /// Steps read at a time.
    private static let piece = 5000

    static func write(_ store: MetricsStore, to folder: String) throws {
        try both("\(folder)/curves", head: ["lane", "step"] + MetricsQuantity.all.map(\.name)) {
            row in
            for lane in try store.lanes() {
                var next = 0
                while true {
                    let steps = try store.metrics(
                        lane: lane, steps: next...Int(Int32.max), limit: piece)
                    for metrics in steps {
                        try row(
                            [.text(lane), .number(Double(metrics.step))]
                                + MetricsQuantity.all.map { .number(metrics[keyPath: $0.path]) })
                    }
                    guard steps.count == piece, let last = steps.last else { break }
                    next = last.step + 1
                }
            }
        }
        let head = ["lane", "step", "figure", "value", "low", "high", "n"]
        try both("\(folder)/evaluations", head: head) { row in
            for evaluation in try store.evaluations() {
                for figure in evaluation.figures {
                    try row([
                        .text(evaluation.lane), .number(Double(evaluation.step)),
                        .text(figure.name), .number(figure.value), .number(figure.low),
                        .number(figure.high), .number(Double(figure.n)),
                    ])
                }
            }
        }
    }

    private enum Value {
        case text(String)
        case number(Double)

        /// Numbers that JSON and CSV do not have are left out.
        private static func text(_ number: Double) -> String? {
            guard number.isFinite else { return nil }
            return number == number.rounded() && abs(number) < 1e15
                ? String(Int(number)) : String(number)
        }

        var csv: String {
            switch self {
            case .number(let number): Value.text(number) ?? ""
            // Names of lanes and figures hold nothing that would need quotes.
            case .text(let text): text
            }
        }

        var json: String {
            switch self {
            case .number(let number): Value.text(number) ?? "null"
            case .text(let text): "\"\(text)\""
            }
        }
    }

    /// Writes the same rows as `NAME.csv` and as an array of objects in `NAME.json`.
    private static func both(
        _ path: String, head: [String], _ rows: (([Value]) throws -> Void) throws -> Void
    ) throws {
        let (csv, json) = (try TextSink(path + ".csv"), try TextSink(path + ".json"))
        try csv.put(head.joined(separator: ",") + "\n")
        try json.put("[")
        var isFirst = true
        try rows { values in
            try csv.put(values.map(\.csv).joined(separator: ",") + "\n")
            let pairs = zip(head, values).map { "\"\($0)\": \($1.json)" }
            try json.put((isFirst ? "\n" : ",\n") + "  {" + pairs.joined(separator: ", ") + "}")
            isFirst = false
        }
        try json.put("\n]\n")
        try csv.finish()
        try json.finish()
    }
}

/// A text file that is written in pieces.
private final class TextSink {
    private let path: String
    private let handle: FileHandle
    private var waiting = Data()

    init(_ path: String) throws {
        self.path = path
        try DurableFile().writeNew(path, [])
        guard let handle = FileHandle(forWritingAtPath: path) else {
            throw DurableFile.refusal("write", path)
        }
        self.handle = handle
    }

    func put(_ text: String) throws {
        waiting += Data(text.utf8)
        if waiting.count > 1 << 18 { try drain() }
    }

    func finish() throws {
        try drain()
        try handle.close()
        try DurableFile().sync(path)
    }

    private func drain() throws {
        do {
            try handle.write(contentsOf: waiting)
        } catch {
            throw SessionError.system(
                action: "write", path: path,
                code: (error as NSError).userInfo[NSUnderlyingErrorKey]
                    .flatMap { ($0 as? NSError)?.code }.map(Int32.init) ?? EIO)
        }
        waiting.removeAll(keepingCapacity: true)
    }
}
