import Foundation

/// One experiment's folder: its recipe, record, populations, checkpoints, metrics and samples.
///
///     recipe.toml      the resolved recipe             metrics.sqlite   see MetricsStore
///     session.json     name, dates, notes, tags        samples/         pictures
///     populations/     winners and losers              engine.log       the engine's own words
///     checkpoints/     step-000200/ ...
///
/// `session.json` is written last when a session is made: a folder without it is not a session.
public struct SessionStore: Sendable {
    /// What `session.json` says.
    public struct Record: Codable, Sendable, Equatable {
        /// The version of the folder's layout.
        public var format = 1
        /// The session's name.
        public var name: String
        /// When it was made, in seconds since 1970.
        public var created: Double
        /// Free text.
        public var notes = ""
        /// Free words to find it by.
        public var tags: [String] = []
        /// What it was forked from; nil for a session that began with its recipe.
        public var lineage: Lineage?

        static let currentFormat = 1

        /// A record with neither notes nor tags.
        public init(name: String, created: Double) {
            self.name = name
            self.created = created
        }
    }

    /// Where a fork began.
    public struct Lineage: Codable, Sendable, Equatable {
        /// The name that the session it was forked from had.
        public var session: String
        /// The step of the checkpoint; 0 for the base model.
        public var step: Int
        /// What differs from there, a line a change.
        public var changes: [String]

        /// A beginning with every field given.
        public init(session: String, step: Int, changes: [String] = []) {
            self.session = session
            self.step = step
            self.changes = changes
        }

        /// `forked from X at step N`.
        public var sentence: String { "forked from \(session) at step \(step)" }
    }

    /// The session's folder.
    public let path: String
    /// Its checkpoints.
    public let checkpoints: CheckpointFolder
    let files: DurableFile

    private static let longestRecord = 1024 * 1024
    static let recordName = "session.json"
    static let recipeName = "recipe.toml"
    private static let ownNames: Set<String> = [
        recordName, recipeName, "populations", "checkpoints", "samples", "metrics.sqlite",
        "metrics.sqlite-wal", "metrics.sqlite-shm", "engine.log", "engine.lock",
        promptsName, KeptLog.engineName, KeptLog.screenName,
    ]

    init(path: String, files: DurableFile) {
        self.path = path
        self.files = files
        checkpoints = CheckpointFolder(path: "\(path)/checkpoints", files: files)
    }

    /// Where collected populations lie.
    public var populationsPath: String { "\(path)/populations" }
    /// Where sampled pictures lie.
    public var samplesPath: String { "\(path)/samples" }
    /// The database of metrics.
    public var metricsPath: String { "\(path)/metrics.sqlite" }
    /// The engine's log.
    public var logPath: String { "\(path)/engine.log" }

    /// Whether a folder holds a session.
    public static func isSession(_ path: String) -> Bool {
        access("\(path)/\(recordName)", F_OK) == 0
    }

    /// Makes a session in a new folder, or in one that holds nothing else.
    ///
    /// - Parameters:
    ///   - path: the folder; its last part is the session's name.
    ///   - recipe: what it is to do; its name becomes the session's.
    ///   - created: seconds since 1970.
    /// - Throws: ``SessionError``; the folder is then no session, and making it can be tried again.
    public static func create(
        at path: String, recipe: Recipe, created: Double
    ) throws -> SessionStore {
        try create(at: path, recipe: recipe, created: created, probe: { _, _ in })
    }

    /// Makes a session with a probe that tests fail.
    package static func create(
        at path: String, recipe: Recipe, created: Double, probe: @escaping FileProbe
    ) throws -> SessionStore {
        let files = DurableFile(probe: probe)
        let path = absolute(path)
        let name = (path as NSString).lastPathComponent
        guard RecipeKey<Recipe>.isName(name) else { throw SessionError.badName(name) }
        if isSession(path) {
            throw SessionError.notASession(path: path, reason: "there is one already; open it")
        }
        if DurableFile.isFolder(path) {
            for name in try DurableFile.names(in: path)
            where !ownNames.contains(name) && !name.hasPrefix(".")
                && !name.hasSuffix(DurableFile.partialSuffix)
            {
                throw SessionError.notASession(
                    path: path, reason: "it holds \(name); choose a folder of its own")
            }
        }
        let store = SessionStore(path: path, files: files)
        for folder in [path, store.populationsPath, store.checkpoints.path, store.samplesPath] {
            try files.makeFolder(folder)
        }
        var recipe = recipe
        recipe.session.name = name
        try store.write(recipe)
        try store.write(Record(name: name, created: created))
        try files.syncFolder(of: path)
        return store
    }

    /// Opens a session to look at it; nothing in the folder changes.
    public static func open(at path: String) throws -> SessionStore {
        let store = SessionStore(path: absolute(path), files: DurableFile())
        _ = try store.record()
        return store
    }

    /// Opens a session to train it, clearing what an interrupted save left behind.
    ///
    /// Only the engine that holds the session's lock may do so: a file under way is a leftover to
    /// everyone else.
    ///
    /// - Returns: the session and the names that were cleared.
    public static func resume(
        at path: String
    ) throws -> (store: SessionStore, cleared: [String]) {
        try resume(at: path, probe: { _, _ in })
    }

    /// Opens a session to train it, with a probe that tests fail.
    package static func resume(
        at path: String, probe: @escaping FileProbe
    ) throws -> (store: SessionStore, cleared: [String]) {
        let files = DurableFile(probe: probe)
        let store = SessionStore(path: absolute(path), files: files)
        _ = try store.record()
        var cleared = try store.checkpoints.clearLeftovers()
        for name in try DurableFile.names(in: store.path)
        where name.hasSuffix(DurableFile.partialSuffix) {
            try files.remove("\(store.path)/\(name)")
            cleared.append(name)
        }
        return (store, cleared)
    }

    /// What the session is to do, as it was resolved when it was made or last changed.
    ///
    /// - Throws: ``RecipeError`` or ``SessionError``.
    public func recipe() throws -> Recipe {
        try Recipe.read(path: "\(path)/\(Self.recipeName)")
    }

    /// Writes a changed recipe: lanes come and go.
    public func write(_ recipe: Recipe) throws {
        try files.replace("\(path)/\(Self.recipeName)", with: Array(recipe.resolved().utf8))
    }

    /// What `session.json` says.
    ///
    /// - Throws: ``SessionError/notASession(path:reason:)`` where it is missing or damaged.
    public func record() throws -> Record {
        let bytes: [UInt8]
        do {
            bytes = try DurableFile.read(
                "\(path)/\(Self.recordName)", limit: Self.longestRecord)
        } catch SessionError.system(_, _, let code) where code == ENOENT || code == ENOTDIR {
            throw SessionError.notASession(
                path: path, reason: "there is no \(Self.recordName) in it")
        }
        let decoder = JSONDecoder()
        struct Format: Codable { var format: Int }
        let data = Data(bytes)
        if let found = try? decoder.decode(Format.self, from: data),
            found.format > Record.currentFormat
        {
            throw SessionError.newerFormat(
                path: path, version: found.format, known: Record.currentFormat)
        }
        guard let record = try? decoder.decode(Record.self, from: data) else {
            throw SessionError.notASession(
                path: path, reason: "its \(Self.recordName) is damaged; restore or delete it")
        }
        return record
    }

    /// Writes changed notes or tags.
    public func write(_ record: Record) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let bytes = [UInt8](try encoder.encode(record)) + [0x0A]
        try files.replace("\(path)/\(Self.recordName)", with: bytes)
    }

    /// Saves a checkpoint and thins out the older ones as the recipe's rule says.
    ///
    /// - Parameters:
    ///   - step: the step it is taken after.
    ///   - contents: weights and optimiser states of all lanes; the recipe is added here.
    ///   - facts: the kernel in use, for one.
    ///   - recipe: what is being done, lanes as they are now.
    ///   - created: seconds since 1970.
    /// - Returns: the checkpoint, and why older ones could not be removed, if so.
    /// - Throws: ``SessionError``, or what a file's closure threw; the last good save then stands.
    public func save(
        step: Int, contents: [CheckpointFile], facts: [String: String] = [:], recipe: Recipe,
        created: Double
    ) throws -> (checkpoint: Checkpoint, retentionError: (any Error)?) {
        let text = CheckpointFile(name: Self.recipeName, bytes: Array(recipe.resolved().utf8))
        let checkpoint = try checkpoints.save(
            step: step, contents: contents + [text], facts: facts, created: created)
        do {
            try checkpoints.thinOut(CheckpointRetention(recipe))
            return (checkpoint, nil)
        } catch {
            return (checkpoint, error)
        }
    }

    /// The newest checkpoint that is whole, and what is wrong with newer ones.
    public func latestCheckpoint() throws -> CheckpointChoice { try checkpoints.latest() }

    static func absolute(_ path: String) -> String {
        URL(fileURLWithPath: path).standardizedFileURL.path
    }
}
