import Foundation
import Glibc

/// A terminfo entry with 24-bit colour, made from the terminal's own.
///
/// Most terminals show 24-bit colour and say so in `COLORTERM`, but the entry they name knows 256
/// colours. The entry made here is theirs with `RGB`, compiled by `tic` into the person's cache once.
public enum DirectColorEntry {
    /// The entry's source for a terminal.
    public static func source(for term: String) -> String {
        """
        \(name(for: term))|\(term) with 24-bit colour,
        \tRGB, colors#0x1000000, pairs#0x10000, ccc@,
        \tinitc@, oc@, op=\\E[39;49m,
        \tsetab=\\E[%?%p1%{8}%<%t4%p1%d%e48;2;%p1%{65536}%/%d;%p1%{256}%/%{255}%&%d;%p1%{255}%&%d%;m,
        \tsetaf=\\E[%?%p1%{8}%<%t3%p1%d%e38;2;%p1%{65536}%/%d;%p1%{256}%/%{255}%&%d;%p1%{255}%&%d%;m,
        \tsetb@, setf@,
        \tuse=\(term),

        """
    }

    /// The entry's name for a terminal.
    public static func name(for term: String) -> String { "popbench-direct+\(term)" }

    /// The folder that holds compiled entries: below `$XDG_CACHE_HOME`, or `~/.cache`.
    public static func folder(_ environment: [String: String]) -> String? {
        if let cache = environment["XDG_CACHE_HOME"], cache.hasPrefix("/") {
            return cache + "/popbench/terminfo"
        }
        guard let home = environment["HOME"], home.hasPrefix("/") else { return nil }
        return home + "/.cache/popbench/terminfo"
    }

    /// Whether a name is one that files and terminfo sources can carry.
    static func isSafe(_ term: String) -> Bool {
        !term.isEmpty && term.utf8.count <= 64 && term.first != "."
            && term.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || "+-._".utf8.contains(byte)
            }
    }

    /// The folder of the compiled entry, compiling it if it is not there; nil when that cannot be.
    ///
    /// Nil is no failure to report: 256 colours do instead.
    public static func compiled(for term: String, environment: [String: String]) -> String? {
        guard isSafe(term), let folder = folder(environment) else { return nil }
        let files = FileManager.default
        // The version in the name is that of `source`; compiled entries of others are left alone.
        let place = "\(folder)/1-\(term)"
        if files.fileExists(atPath: place) { return place }
        let work = "\(folder)/.\(term).\(getpid())"
        defer { try? files.removeItem(atPath: work) }
        do {
            try files.createDirectory(atPath: work, withIntermediateDirectories: true)
            let file = work + "/source"
            try source(for: term).write(toFile: file, atomically: false, encoding: .utf8)
            guard run("tic", ["-x", "-o", work + "/entry", file]) == 0,
                files.fileExists(atPath: work + "/entry")
            else { return nil }
            try files.moveItem(atPath: work + "/entry", toPath: place)
        } catch {
            // Another start may have put it there in the meantime.
            return files.fileExists(atPath: place) ? place : nil
        }
        return place
    }

    /// Runs a program silently and gives its exit status; nil when it could not be run.
    private static func run(_ program: String, _ arguments: [String]) -> Int32? {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for descriptor: Int32 in 0...2 {
            posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
        }
        var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) }
        words.append(nil)
        defer { words.forEach { free($0) } }
        var child: pid_t = 0
        guard posix_spawnp(&child, program, &actions, nil, words, environ) == 0 else { return nil }
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0 {
            guard errno == EINTR else { return nil }
        }
        return status & 0x7F == 0 ? (status >> 8) & 0xFF : nil
    }
}
