import Foundation

/// The checkpoints of one session: written whole or not at all, chosen, thinned out.
public struct CheckpointFolder: Sendable {
    /// The folder that holds `step-000200` and its like.
    public let path: String
    private let files: DurableFile

    private static let replacedPrefix = ".replaced-"
    private static let discardedPrefix = ".discarded-"
    /// Left free beside a checkpoint, for metrics and logs.
    private static let spareBytes = 16 * 1024 * 1024

    init(path: String, files: DurableFile) {
        self.path = path
        self.files = files
    }

    /// The folder's name of a step's checkpoint.
    static func name(step: Int) -> String {
        let digits = String(step)
        return "step-" + String(repeating: "0", count: max(6 - digits.count, 0)) + digits
    }

    private static func step(of name: String) -> Int? {
        guard name.hasPrefix("step-"), let step = Int(name.dropFirst(5)), step >= 0,
            Self.name(step: step) == name
        else { return nil }
        return step
    }

    /// Steps that have a folder, newest first, whole or not.
    func steps() throws -> [Int] {
        do {
            return try DurableFile.names(in: path).compactMap(Self.step).sorted(by: >)
        } catch SessionError.system(_, _, let code) where code == ENOENT {
            return []
        }
    }

    private func folder(_ step: Int) -> String { "\(path)/\(Self.name(step: step))" }

    /// Writes a checkpoint; until it is whole the previous ones stand, and a failure leaves nothing.
    ///
    /// - Parameters:
    ///   - step: the step it is taken after; an older checkpoint of that step is replaced.
    ///   - contents: its files, written in this order, the manifest after them.
    ///   - facts: what a reader should know of the writer.
    ///   - created: seconds since 1970.
    /// - Throws: ``SessionError``, or what a file's closure threw.
    public func save(
        step: Int, contents: [CheckpointFile], facts: [String: String], created: Double
    ) throws -> Checkpoint {
        precondition(step >= 0, "steps count from 0")
        precondition(
            Set(contents.map(\.name)).count == contents.count,
            "two files of a checkpoint share a name")
        try files.makeFolder(path)
        try requireSpace(contents.reduce(0) { $0 + $1.expectedBytes })
        let partial = "\(path)/.\(Self.name(step: step))\(DurableFile.partialSuffix)"
        let manifest: CheckpointManifest
        do {
            try files.remove(partial)
            manifest = try fill(partial, step: step, contents, facts: facts, created: created)
            try put(partial, inPlaceOf: folder(step), step: step)
        } catch {
            try? files.remove(partial)
            throw error
        }
        return Checkpoint(manifest: manifest, path: folder(step))
    }

    private func fill(
        _ partial: String, step: Int, _ contents: [CheckpointFile], facts: [String: String],
        created: Double
    ) throws -> CheckpointManifest {
        try files.makeFolder(partial)
        var manifest = CheckpointManifest(step: step, created: created, facts: facts, files: [])
        var folders: Set<String> = [partial]
        for file in contents {
            let target = "\(partial)/\(file.name)"
            var folder = (target as NSString).deletingLastPathComponent
            try files.makeFolder(folder)
            while folder != partial {
                folders.insert(folder)
                folder = (folder as NSString).deletingLastPathComponent
            }
            try file.write(target, files)
            let (bytes, hash) = try CheckpointHash.ofFile(target)
            manifest.files.append(
                .init(name: file.name, bytes: bytes, xxh64: CheckpointManifest.hex(hash)))
        }
        try files.writeNew("\(partial)/\(CheckpointManifest.fileName)", try manifest.sealed())
        // Deepest first: a folder's name is flushed by the folder above it.
        for folder in folders.sorted(by: { $0.count > $1.count }) { try files.syncFolder(folder) }
        return manifest
    }

    /// The one moment at which the new checkpoint comes to be: a rename.
    private func put(_ partial: String, inPlaceOf final: String, step: Int) throws {
        let replaced = "\(path)/\(Self.replacedPrefix)\(Self.name(step: step))"
        let isReplacing = DurableFile.isFolder(final)
        if isReplacing {
            try files.remove(replaced)
            try files.rename(final, to: replaced)
        }
        do {
            try files.rename(partial, to: final)
        } catch {
            if isReplacing { try? files.rename(replaced, to: final) }
            throw error
        }
        try files.syncFolder(path)
        if isReplacing { try? files.remove(replaced) }
    }

    /// Refuses to begin what the disk has no room for.
    private func requireSpace(_ bytes: Int) throws {
        let needed = bytes + Self.spareBytes
        if let available = DurableFile.freeBytes(at: path), available < needed {
            throw SessionError.noSpace(path: path, needed: needed, available: available)
        }
    }

    /// The newest checkpoint whose every byte is as it was written, and what is wrong with newer ones.
    public func latest() throws -> CheckpointChoice {
        var choice = CheckpointChoice(checkpoint: nil, defects: [])
        for step in try steps() {
            do {
                let checkpoint = try Checkpoint.open(folder(step))
                guard checkpoint.step == step else {
                    throw CheckpointDefect(
                        path: folder(step), reason: "its manifest is of step \(checkpoint.step)")
                }
                choice.checkpoint = checkpoint
                return choice
            } catch let defect as CheckpointDefect {
                choice.defects.append(defect)
            }
        }
        return choice
    }

    /// Checkpoints that have all their files at their sizes, newest first; contents are not read.
    public func all() throws -> [Checkpoint] {
        try steps().compactMap { try? Checkpoint.open(folder($0), readingFiles: false) }
    }

    /// Removes what the retention rule does not keep, broken checkpoints among it.
    ///
    /// - Parameter retention: the rule.
    /// - Returns: the steps whose checkpoints were removed, newest first.
    @discardableResult
    public func thinOut(_ retention: CheckpointRetention) throws -> [Int] {
        let whole = try all().map(\.step)
        // With nothing whole to go back to, a broken one may still be worth a look.
        guard !whole.isEmpty else { return [] }
        let kept = retention.kept(of: whole)
        let removed = try steps().filter { !kept.contains($0) }
        try removed.forEach(remove(step:))
        return removed
    }

    /// Removes the checkpoints after a step, when a session goes back to it.
    public func discard(after step: Int) throws {
        try steps().filter { $0 > step }.forEach(remove(step:))
    }

    /// Out of sight in one rename first, so that a removal cut short leaves no broken checkpoint.
    private func remove(step: Int) throws {
        let discarded = "\(path)/\(Self.discardedPrefix)\(Self.name(step: step))"
        try files.remove(discarded)
        try files.rename(folder(step), to: discarded)
        try files.remove(discarded)
    }

    /// Clears what an interrupted save or removal left; only the session's engine may call it.
    ///
    /// - Returns: the names that were cleared or put back.
    func clearLeftovers() throws -> [String] {
        guard DurableFile.isFolder(path) else { return [] }
        var cleared: [String] = []
        for name in try DurableFile.names(in: path) {
            let leftover = "\(path)/\(name)"
            if name.hasPrefix(Self.replacedPrefix) {
                let final = "\(path)/\(name.dropFirst(Self.replacedPrefix.count))"
                // Cut short between its two renames: the older checkpoint is the one there is.
                if DurableFile.isFolder(final) {
                    try files.remove(leftover)
                } else {
                    try files.rename(leftover, to: final)
                }
            } else if name.hasPrefix(Self.discardedPrefix)
                || name.hasSuffix(DurableFile.partialSuffix)
            {
                try files.remove(leftover)
            } else {
                continue
            }
            cleared.append(name)
        }
        return cleared
    }
}
