import Populations
import TrainingEngine

/// What a study tells while it goes on.
public enum StudyEvent: Sendable, Equatable {
    /// A sentence about something that is not as it should be.
    case note(String)
    /// What is being done, how much of the whole is done (0...1), and the seconds that are left.
    case progress(doing: String, share: Double, secondsLeft: Double)
    /// An evaluation was recorded.
    case recorded(EvaluationRecord)
}

extension StudyPlan {
    /// Pictures times denoising steps of one evaluation.
    var denoisingsOfEvaluation: Double {
        Double(2 * Profession.all.count * evaluation.pictures * evaluation.inferenceSteps)
    }
}

/// How long the rest of a study will take, from how long what was done has taken.
struct StudyClock {
    /// Work left and done: a lane's training steps times pairs, and pictures' denoising steps.
    struct Work: Equatable {
        var pairSteps = 0.0
        var denoisings = 0.0
    }

    private(set) var total: Work
    private var done = Work()
    private var seconds = Work()
    /// Seconds a unit of work, before anything was measured: the shipped model on two cores.
    private static let guess = Work(pairSteps: 0.0085, denoisings: 0.0042)

    init(total: Work) { self.total = total }

    mutating func trained(pairSteps: Double, seconds taken: Double) {
        done.pairSteps += pairSteps
        seconds.pairSteps += taken
    }

    mutating func evaluated(denoisings: Double, seconds taken: Double) {
        done.denoisings += denoisings
        seconds.denoisings += taken
    }

    /// The seconds that a plan takes from its start, by the guess.
    static func seconds(of plan: StudyPlan) -> Double {
        var work = Work()
        let evaluation = plan.denoisingsOfEvaluation
        for arm in plan.arms {
            let lanes = Double(arm.recipe.lanes.count)
            work.denoisings += lanes * Double(arm.evaluatedSteps.count) * evaluation
            work.pairSteps +=
                lanes * Double((arm.evaluatedSteps.last ?? 0) * arm.recipe.session.pairsPerStep)
        }
        work.denoisings += evaluation
        return Double(plan.seeds.count) * StudyClock(total: work).secondsLeft
    }

    private func rate(_ path: KeyPath<Work, Double>) -> Double {
        // A few seconds of the guess keep the first moments from jumping.
        let weight = 5.0
        let guess = Self.guess[keyPath: path]
        return (seconds[keyPath: path] + weight) / (done[keyPath: path] + weight / guess)
    }

    private func seconds(of work: Work) -> Double {
        work.pairSteps * rate(\.pairSteps) + work.denoisings * rate(\.denoisings)
    }

    /// Seconds until everything is done.
    var secondsLeft: Double {
        seconds(
            of: Work(
                pairSteps: max(0, total.pairSteps - done.pairSteps),
                denoisings: max(0, total.denoisings - done.denoisings)))
    }

    /// The share of this run's time that has passed.
    var share: Double {
        let whole = seconds(of: total)
        return whole > 0 ? min(1, 1 - secondsLeft / whole) : 1
    }
}
