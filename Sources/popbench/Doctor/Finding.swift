/// What the doctor found out about one thing.
struct Finding: Encodable {
    /// How it stands.
    enum Status: String, Encodable, Comparable {
        /// As it should be.
        case ok
        /// Works, less well than it could.
        case warning
        /// Something of popbench does not work.
        case problem

        private var rank: Int {
            switch self {
            case .ok: 0
            case .warning: 1
            case .problem: 2
            }
        }

        static func < (left: Status, right: Status) -> Bool { left.rank < right.rank }
    }

    /// What was looked at.
    let name: String
    let status: Status
    /// What was found, on one line.
    let summary: String
    /// What to do about it; nil where nothing need be done.
    let advice: String?
    /// Single facts, for programs.
    let details: [String: String]

    /// A thing that is as it should be.
    static func ok(_ name: String, _ summary: String, _ details: [String: String] = [:]) -> Finding
    {
        Finding(name: name, status: .ok, summary: summary, advice: nil, details: details)
    }

    /// A thing that works less well than it could.
    static func warning(
        _ name: String, _ summary: String, advice: String, _ details: [String: String] = [:]
    ) -> Finding {
        Finding(name: name, status: .warning, summary: summary, advice: advice, details: details)
    }

    /// A thing that keeps something of popbench from working.
    static func problem(
        _ name: String, _ summary: String, advice: String, _ details: [String: String] = [:]
    ) -> Finding {
        Finding(name: name, status: .problem, summary: summary, advice: advice, details: details)
    }

    /// A problem whose error says what to do by itself.
    static func problem(_ name: String, _ error: any Error, advice: String? = nil) -> Finding {
        Finding(
            name: name, status: .problem, summary: "\(error)", advice: advice, details: [:])
    }
}

/// Everything the doctor found, as `popbench doctor --json` prints it.
struct Diagnosis: Encodable {
    let version = Version.current
    /// The worst of the findings.
    let status: Finding.Status
    let checks: [Finding]

    init(_ checks: [Finding]) {
        self.checks = checks
        status = checks.map(\.status).max() ?? .ok
    }

    enum CodingKeys: String, CodingKey { case version, status, checks }
}
