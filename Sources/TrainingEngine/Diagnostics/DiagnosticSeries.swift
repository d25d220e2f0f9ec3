import BenchProtocol
import Foundation

/// One kind of diagnostic of one lane: an alarm and its words.
struct DiagnosticSeries: Sendable {
    let kind: Diagnostic.Kind
    let lane: String
    private var alarm: Alarm
    /// How the bound and a value read to a person: "5 %".
    private let form: @Sendable (Double) -> String
    /// What is wrong, with the value and the bound in words.
    private let complaint: @Sendable (_ value: String, _ bound: String) -> String
    private let advice: String
    /// The newest sentence, while the diagnostic stands.
    private(set) var standing: Diagnostic?
    /// The bound as the message tells it, where that is not the alarm's own.
    private let told: @Sendable (Double) -> Double

    /// - Parameters:
    ///   - alarm: above which bound it begins.
    ///   - told: turns a value of the alarm into the one that is told.
    init(
        _ kind: Diagnostic.Kind, lane: String, alarm: Alarm,
        told: @escaping @Sendable (Double) -> Double = { $0 },
        form: @escaping @Sendable (Double) -> String, advice: String,
        complaint: @escaping @Sendable (_ value: String, _ bound: String) -> String
    ) {
        (self.kind, self.lane, self.alarm, self.form) = (kind, lane, alarm, form)
        (self.told, self.advice, self.complaint) = (told, advice, complaint)
    }

    var isRaised: Bool { alarm.isRaised }

    /// Takes a reading; says what has begun or is over with it.
    mutating func observe(_ value: Double, step: Int) -> Diagnostic? {
        switch alarm.observe(value, step: step) {
        case .begins(let since)?:
            let what = complaint(form(told(value)), form(told(alarm.bound)))
            let found = diagnostic(
                value, step: step, since: since, "\(what), since step \(since): \(advice)",
                cleared: false)
            standing = found
            return found
        case .ends(let since)?:
            standing = nil
            let what = complaint(form(told(value)), form(told(alarm.bound)))
            return diagnostic(
                value, step: step, since: since, "over since step \(since): \(what)",
                cleared: true)
        case nil: return nil
        }
    }

    private func diagnostic(
        _ value: Double, step: Int, since: Int, _ sentence: String, cleared: Bool
    ) -> Diagnostic {
        Diagnostic(
            kind: kind, lane: lane, step: step, since: since, value: told(value),
            bound: told(alarm.bound), message: "\(lane): \(sentence)", cleared: cleared)
    }
}

/// A share as a percentage.
func percentage(_ share: Double) -> String {
    share.isFinite ? String(format: "%.0f %%", 100 * share) : "\(share)"
}
