import ArgumentParser

/// The session that a command is about, as its argument or as `--session`.
struct SessionTarget: ParsableArguments {
    @Argument(
        help: ArgumentHelp("The session, by name or folder.", valueName: "session"))
    var place: String?

    @Option(
        name: .customLong("session"),
        help: ArgumentHelp("The same as an option.", valueName: "name"))
    var option: String?

    /// The session's name or folder; nil where neither was given.
    var name: String? { option ?? place }

    func validate() throws {
        if let place, let option, place != option {
            throw ValidationError("\(place) and --session \(option): give one session")
        }
    }

    /// Refuses a command that was given no session.
    ///
    /// - Parameter command: the command's name, for the example.
    func require(for command: String) throws {
        guard name != nil else {
            throw ValidationError(
                "which session? popbench \(command) NAME; popbench sessions lists them")
        }
    }
}
