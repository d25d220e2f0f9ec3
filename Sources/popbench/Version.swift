/// The version of the program.
enum Version {
    /// What `--version` prints and an engine's hello says.
    static let current = "0.1.0"
}
