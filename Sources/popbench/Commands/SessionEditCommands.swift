import ArgumentParser
import Foundation
import TrainingEngine

/// `popbench sessions rename`: another name for a session.
struct SessionRenameCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rename", abstract: "Give a session, and its folder, another name.")

    @Argument(help: "The session, by name or folder.")
    var session: String

    @Argument(help: "The new name.")
    var name: String

    func run() throws {
        let path = try Locations.current().session(session)
        print(printable("renamed to \(try SessionStore.rename(path, to: name))"))
    }
}

/// `popbench sessions note`: free text on a session.
struct SessionNoteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "note", abstract: "Write a note on a session, or print it.")

    @Argument(help: "The session, by name or folder.")
    var session: String

    @Argument(help: "The note; an empty one removes it, and without one it is printed.")
    var text: String?

    func run() throws {
        let store = try SessionStore.open(at: try Locations.current().session(session))
        if let text { return try store.annotate(note: text) }
        print(printable(try store.record().notes, keepingLines: true))
    }
}

/// `popbench sessions tag`: words to find a session by.
struct SessionTagCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tag", abstract: "Add tags to a session, remove some, or print them.")

    @Argument(help: "The session, by name or folder.")
    var session: String

    @Argument(help: "Tags to add; without any, and without --remove, they are printed.")
    var tags: [String] = []

    @Option(help: "A tag to remove; may be repeated.")
    var remove: [String] = []

    func run() throws {
        let store = try SessionStore.open(at: try Locations.current().session(session))
        let old = try store.record().tags
        if !tags.isEmpty || !remove.isEmpty {
            try store.annotate(tags: old.filter { !remove.contains($0) } + tags)
        }
        print(printable(try store.record().tags.joined(separator: " ")))
    }
}

/// `popbench sessions trash`: deletes a session so that it can be had back.
struct SessionTrashCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trash",
        abstract: "Delete a session: moves it to the trash, from where restore brings it back.")

    @Argument(help: "The session, by name or folder.")
    var session: String

    func run() throws {
        let locations = Locations.current()
        let path = try locations.session(session)
        let gone = try SessionStore.trash(
            path, into: locations.trash, now: Date().timeIntervalSince1970)
        print(printable("moved \(gone.name) to \(gone.path)"))
        print(printable("\"popbench sessions restore \(gone.name)\" brings it back"))
    }
}

/// `popbench sessions restore`: brings a deleted session back.
struct SessionRestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Bring a deleted session back; the one deleted last where several had the name.")

    @Argument(help: "The name that it had.")
    var name: String

    func run() throws {
        let locations = Locations.current()
        let trashed = SessionStore.trashed(in: locations.trash)
        guard let session = trashed.first(where: { $0.name == name }) else {
            throw SessionError.notFound(
                what: "deleted session \"\(String(name.prefix(60)))\"",
                lookedAt: [locations.trash])
        }
        let path = try SessionStore.restore(session, to: locations)
        print(printable("brought back as \(path)"))
    }
}

/// `popbench sessions export`: what a session has measured, for other programs.
struct SessionExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write a session's curves, evaluations and recipe to a folder or a .tar.",
        discussion: """
            curves.csv and curves.json have every logged step of every lane, evaluations.csv and \
            evaluations.json every figure with its interval, recipe.toml the recipe with every value \
            spelt out, and contents.json where the newest weights are. "popbench export" writes a \
            lane's weights as a diffusers pipeline.
            """)

    @Argument(help: "The session, by name or folder.")
    var session: String

    @Option(
        help: ArgumentHelp(
            "A folder that is not there yet, or a file that ends in .tar.", valueName: "path"))
    var output: String

    @Flag(help: "Copy the newest weights and optimiser moments as well.")
    var weights = false

    func run() throws {
        let store = try SessionStore.open(at: try Locations.current().session(session))
        let names = try store.export(
            to: output, withWeights: weights, now: Date().timeIntervalSince1970)
        print(printable("wrote \(output): \(names.joined(separator: ", "))"))
    }
}
