import Foundation

extension SessionStore {
    /// Does something to a session's folder that no engine may be at work in.
    ///
    /// Takes the lock that an engine takes, for as long as `body` runs: what looks idle stays so.
    ///
    /// - Throws: ``SessionError/running(path:process:)``, or what `body` throws.
    static func whileIdle<Answer>(_ path: String, _ body: () throws -> Answer) throws -> Answer {
        let lock = "\(path)/engine.lock"
        let file = Foundation.open(lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw DurableFile.refusal("open", lock) }
        defer { close(file) }
        // Whoever looks at a session's lock has it for an instant; an engine has it for good.
        var attempts = 20
        while flock(file, LOCK_EX | LOCK_NB) != 0 {
            let code = errno
            if code == EINTR { continue }
            guard code == EWOULDBLOCK else { throw DurableFile.refusal("lock", lock) }
            attempts -= 1
            guard attempts > 0 else {
                var text = [UInt8](repeating: 0, count: 16)
                let count = pread(file, &text, text.count, 0)
                let digits = text.prefix(max(0, count)).prefix { $0 &- 0x30 < 10 }
                throw SessionError.running(
                    path: path, process: Int32(String(decoding: digits, as: UTF8.self)))
            }
            usleep(10_000)
        }
        return try body()
    }

    /// Gives a session another name; its folder is renamed with it.
    ///
    /// - Returns: the folder's new path.
    /// - Throws: ``SessionError``; a session with an engine keeps its name.
    public static func rename(_ path: String, to name: String) throws -> String {
        let path = absolute(path)
        guard RecipeKey<Recipe>.isName(name) else { throw SessionError.badName(name) }
        let renamed = (path as NSString).deletingLastPathComponent + "/" + name
        let store = try open(at: path)
        guard renamed != path else { return path }
        guard access(renamed, F_OK) != 0 else { throw SessionError.taken(path: renamed) }
        try whileIdle(path) {
            try store.files.rename(path, to: renamed)
            try store.files.syncFolder(of: renamed)
        }
        try SessionStore(path: renamed, files: store.files).adoptName()
        return renamed
    }

    /// Writes the folder's name into record and recipe, after the folder was given another.
    func adoptName() throws {
        let name = (path as NSString).lastPathComponent
        var record = try record()
        record.name = name
        try write(record)
        // A recipe that cannot be read is reported where it is needed.
        guard var recipe = try? recipe() else { return }
        recipe.session.name = name
        try write(recipe)
    }
}

extension SessionStore {
    /// The most characters a note has.
    public static let longestNote = 4096
    /// The most tags a session has, and the most characters a tag has.
    public static let mostTags = 32

    /// Refuses what cannot be a session's name, and what is one already.
    ///
    /// - Throws: ``SessionError/badName(_:)`` or ``SessionError/taken(path:)``.
    public static func checkName(_ name: String, in folder: String) throws {
        guard RecipeKey<Recipe>.isName(name) else { throw SessionError.badName(name) }
        guard access("\(folder)/\(name)", F_OK) != 0 else {
            throw SessionError.taken(path: "\(folder)/\(name)")
        }
    }

    /// Changes a session's note or tags, which its engine need not know of.
    ///
    /// Control characters become blanks, empty and repeated tags are left out, and what is too long
    /// is cut.
    ///
    /// - Throws: ``SessionError``; the old ones then stand.
    public func annotate(note: String? = nil, tags: [String]? = nil) throws {
        func plain(_ text: String) -> String {
            String(
                text.unicodeScalars.map { scalar -> Character in
                    switch scalar.properties.generalCategory {
                    case .control, .format, .lineSeparator, .paragraphSeparator: " "
                    default: Character(scalar)
                    }
                })
        }
        var record = try record()
        if let note {
            record.notes = String(
                plain(note).trimmingCharacters(in: .whitespaces).prefix(Self.longestNote))
        }
        if let tags {
            var kept: [String] = []
            for tag in tags.map({ plain($0).filter { $0 != " " && $0 != "," } })
            where !tag.isEmpty && !kept.contains(tag) {
                kept.append(String(tag.prefix(RecipeKey<Recipe>.longestName)))
            }
            record.tags = Array(kept.prefix(Self.mostTags))
        }
        try write(record)
    }
}
