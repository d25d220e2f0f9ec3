import ArgumentParser

/// What all commands that carry out studies take.
struct StudyOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The study's folder; results/NAME when not given.", valueName: "dir"))
    var out: String?

    @Flag(help: "Make the page again from what is recorded, without training.")
    var pageOnly = false

    @Flag(help: "Keep every lane's last checkpoint, in sessions below the folder's units.")
    var keepModels = false

    @Option(
        help: ArgumentHelp(
            "The commit that popbench was built from, for the page.", valueName: "hash"))
    var commit: String?

    @Flag(help: "Print JSON lines on standard output: progress, records, verdicts.")
    var json = false

    func validate() throws {
        if let commit,
            commit.isEmpty || commit.count > 64
                || !commit.allSatisfy({
                    $0.isASCII && ($0.isLetter || $0.isNumber || "-._".contains($0))
                })
        {
            throw ValidationError("--commit is a short word such as a hash")
        }
        if let out, out.isEmpty { throw ValidationError("--out names a folder") }
    }
}
