import BenchProtocol
import Foundation
import Pictures
import Testing
import TrainingEngine

/// A step of a lane that is well.
private func healthy(_ step: Int) -> StepMetrics {
    var metrics = StepMetrics(lane: "lane", step: step)
    metrics.loss = 0.5
    metrics.gradientNorm = 2
    metrics.winnerLogRatio = 0.001
    metrics.loserLogRatio = -0.002
    metrics.referenceError = 0.1
    metrics.saturated = 0.1
    metrics.capped = 0
    return metrics
}

/// What a detector says over steps that `change` makes of healthy ones.
private func found(
    _ steps: ClosedRange<Int>, _ change: (inout StepMetrics) -> Void = { _ in }
) -> [Diagnostic] {
    var detector = StepDetector(lane: "lane")
    return steps.flatMap { step in
        var metrics = healthy(step)
        change(&metrics)
        return detector.observe(metrics)
    }
}

@Suite("Diagnostics of steps")
struct StepDetectorTests {
    @Test("an alarm begins above its bound and is over below the lower one, after its patience")
    func alarm() {
        var alarm = Alarm(bound: 1, lowerBound: 0.5, patience: 2)
        let readings: [Double] = [2, 0.7, 2, .nan, 2, 0.7, 0.4, 0.7, 0.4, 0.3, 2]
        let changes = readings.enumerated().map { alarm.observe($0.element, step: $0.offset) }
        #expect(
            changes == [
                nil, nil, nil, nil, .begins(since: 2), nil, nil, nil, nil, .ends(since: 8), nil,
            ])
    }

    @Test("however readings jump, begin and end take turns, and never come faster than patience")
    func turns() {
        for seed in 0..<200 {
            var random = SeededGenerator(UInt64(seed))
            let patience = Int.random(in: 1...6, using: &random)
            var alarm = Alarm(bound: 1, lowerBound: 0.8, patience: patience)
            var isRaised = false
            var newest = -patience
            for step in 0..<300 {
                let value = Double.random(in: 0...2, using: &random)
                guard let change = alarm.observe(value, step: step) else { continue }
                isRaised.toggle()
                #expect(step - newest >= patience)
                newest = step
                switch change {
                case .begins(let since):
                    #expect(isRaised && value > 1 && since == step - patience + 1)
                case .ends(let since):
                    #expect(!isRaised && value < 0.8 && since == step - patience + 1)
                }
                #expect(alarm.isRaised == isRaised)
            }
        }
    }

    @Test("a lane that is well is told nothing of, whatever it does not log")
    func nothing() {
        #expect(found(1...400).isEmpty)
        #expect(
            found(1...400) {
                $0.saturated = .nan
                $0.capped = .nan
                $0.loserLogRatio = .nan
            }.isEmpty)
    }

    @Test("winners and losers that fall together are told once, and once more when it is over")
    func displacement() throws {
        let events = found(1...200) { metrics in
            guard (41...120).contains(metrics.step) else { return }
            metrics.winnerLogRatio = -0.01
            metrics.loserLogRatio = -0.03
        }
        #expect(events.map(\.kind) == [.likelihoodDisplacement, .likelihoodDisplacement])
        #expect(events.map(\.cleared) == [false, true])
        let first = try #require(events.first)
        #expect(first.lane == "lane" && first.bound == 0.05 && first.value > 0.05)
        #expect((41...70).contains(first.since) && (first.since...80).contains(first.step))
        #expect(first.message.contains("less likely") && first.message.contains("safeguard"))
        #expect(first.message.contains("since step \(first.since)"))
        #expect((121...160).contains(events[1].step))
    }

    @Test("single bad draws, and losers alone that fall, are no displacement")
    func noDisplacement() {
        #expect(found(1...300) { if $0.step % 10 == 0 { $0.winnerLogRatio = -0.02 } }.isEmpty)
        #expect(found(1...300) { $0.loserLogRatio = -0.5 }.isEmpty)
    }

    @Test(
        "saturation and capped images are told above their bounds and not about them",
        arguments: [Diagnostic.Kind.saturation, .capped])
    func shares(kind: Diagnostic.Kind) {
        func run(_ share: @escaping (Int) -> Double) -> [Diagnostic] {
            found(1...400) { metrics in
                let value = share(metrics.step)
                if kind == .saturation { metrics.saturated = value } else { metrics.capped = value }
            }
        }
        let bound = kind == .saturation ? StepDetector.saturationBound : StepDetector.cappedBound
        #expect(run { _ in bound * 0.98 }.isEmpty)
        #expect(run { _ in bound * 1.2 }.map(\.kind) == [kind])
        // To and fro about the bound, in runs long enough for the window to follow.
        let hovering = run { bound * ($0 / 30 % 2 == 0 ? 1.1 : 0.95) }
        #expect(hovering.count == 1 && hovering[0].cleared == false)
        #expect(run { $0 < 200 ? 3 * bound : 0 }.map(\.cleared) == [false, true])
    }

    @Test("a loss or gradient that is no number is told at once, and over after a whole window")
    func nonFinite() {
        let once = found(1...100) { if $0.step == 10 { $0.gradientNorm = .infinity } }
        #expect(once.map(\.kind) == [.nonFinite, .nonFinite])
        #expect(once.map(\.step) == [10, 30])
        #expect(once[0].value.isNaN && once[0].message.contains("checkpoint"))
        let forever = found(1...100) { if $0.step >= 10 { $0.loss = .nan } }
        #expect(forever.map(\.step) == [10])
        let toAndFro = found(1...100) { if $0.step % 4 == 0 { $0.loss = .nan } }
        #expect(toAndFro.count == 1)
    }

    @Test("a gradient many times what it was is told, one odd batch is not")
    func explosion() {
        #expect(found(1...200) { if $0.step % 20 == 0 { $0.gradientNorm = 500 } }.isEmpty)
        let grown = found(1...200) { if $0.step > 100 { $0.gradientNorm = 50 } }
        #expect(grown.map(\.kind) == [.explodingGradient])
        #expect(grown.allSatisfy { abs($0.value - 25) < 1e-9 && $0.step < 110 })
        let back = found(1...300) { if (101...150).contains($0.step) { $0.gradientNorm = 50 } }
        #expect(back.map(\.cleared) == [false, true])
        // A slow rise is a new rule.
        #expect(found(1...400) { $0.gradientNorm = pow(1.02, Double($0.step)) }.isEmpty)
    }

    @Test("over metrics drawn at random, each kind begins and ends in turn and stands in between")
    func anyMetrics() {
        for seed in 0..<100 {
            var random = SeededGenerator(UInt64(seed) &+ 77)
            var detector = StepDetector(lane: "lane")
            var standing: Set<Diagnostic.Kind> = []
            var trouble = 0.0
            for step in 1...400 {
                trouble = min(2, max(0, trouble + .random(in: -0.3...0.3, using: &random)))
                var metrics = healthy(step)
                metrics.winnerLogRatio =
                    -0.005 * trouble + .random(in: -0.01...0.01, using: &random)
                metrics.loserLogRatio = -0.02 * trouble
                metrics.saturated = min(1, 0.4 * trouble)
                metrics.capped = 0.08 * trouble
                metrics.gradientNorm = exp(3 * trouble)
                if Int.random(in: 0..<60, using: &random) == 0 { metrics.loss = .nan }
                for event in detector.observe(metrics) {
                    #expect(event.step == step && event.since <= step)
                    #expect(event.message.hasPrefix("lane: "))
                    let had = standing.contains(event.kind)
                    #expect(had == event.cleared)
                    if event.cleared {
                        standing.remove(event.kind)
                    } else {
                        standing.insert(event.kind)
                    }
                }
                #expect(Set(detector.standing.map(\.kind)) == standing)
            }
        }
    }
}

@Suite("Diagnostics of pictures")
struct PictureDetectorTests {
    private static let base = PictureFigures(count: 12, spread: 0.25, confidence: 0.97)

    private func events(
        _ figures: [PictureFigures], steps: [Int]? = nil, prompt: String = "a judge"
    ) -> [Diagnostic] {
        var detector = PictureDetector(lane: "lane")
        return figures.enumerated().flatMap { index, figures in
            detector.observe(
                figures, beside: Self.base, prompt: prompt, step: steps?[index] ?? 25 * (index + 1))
        }
    }

    private func figures(spread: Double = 0.25, confidence: Double = 0.97, count: Int = 12)
        -> PictureFigures
    {
        PictureFigures(count: count, spread: spread, confidence: confidence)
    }

    @Test("equal pictures have no spread, and black beside white the largest")
    func spread() {
        let black = Picture(width: 2, height: 2, filledWith: .black)
        let white = Picture(width: 2, height: 2, filledWith: .white)
        func measured(_ pictures: [Picture]) -> PictureFigures {
            PictureFigures(
                pictures: pictures, confidences: pictures.indices.map { $0 == 0 ? 1 : 0.5 })
        }
        #expect(measured([black, black, black]).spread == 0)
        #expect(measured([black, white]).spread == 1)
        #expect(abs(measured([black, white, white]).spread - 2.0 / 3) < 1e-12)
        #expect(measured([black]).spread.isNaN)
        #expect(measured([black, white]).confidence == 0.75)
    }

    @Test("pictures that are ever the same are a collapse after two sheets, over when they differ")
    func collapse() {
        let alike = figures(spread: 0.1)
        #expect(events([alike]).isEmpty)
        let told = events([alike, alike, alike, figures(), figures()])
        #expect(told.map(\.kind) == [.collapse, .collapse])
        #expect(told.map(\.cleared) == [false, true])
        #expect(abs(told[0].value - 0.4) < 1e-12 && told[0].bound == PictureDetector.spreadBound)
        #expect(told[0].message.contains("40 %") && told[0].since == 25)
    }

    @Test("a classifier that doubts the lane's pictures is told of, and what no longer counts")
    func unsure() {
        let blurred = figures(confidence: 0.8)
        let told = events([figures(), blurred, blurred, blurred])
        #expect(told.map(\.kind) == [.unsureClassifier] && told[0].step == 75)
        #expect(told[0].message.contains("17 points") && told[0].message.contains("trusted"))
        #expect(events([figures(confidence: 0.9), figures(confidence: 0.9)]).isEmpty)
    }

    @Test("an evaluation of all prompts needs no second one, and may clear what a sheet began")
    func evaluation() {
        var detector = PictureDetector(lane: "lane")
        func told(_ figures: PictureFigures, _ step: Int) -> [Diagnostic] {
            detector.observe(
                figures, beside: Self.base, prompt: "", step: step, isEvaluation: true)
        }
        let begun = told(figures(spread: 0.1, confidence: 0.5), 100)
        #expect(
            begun.map(\.kind).sorted { $0.rawValue < $1.rawValue } == [
                .collapse, .unsureClassifier,
            ])
        #expect(detector.standing.count == 2)
        // Figures that were not measured change nothing.
        #expect(told(figures(spread: .nan, confidence: .nan), 200).isEmpty)
        #expect(told(figures(), 300).map(\.cleared) == [true, true])
        #expect(detector.standing.isEmpty)
    }

    @Test("too few pictures, the same sheet again, and sheets that alternate tell nothing")
    func nothing() {
        let few = figures(spread: 0, count: 3)
        #expect(events([few, few, few]).isEmpty)
        let alike = figures(spread: 0)
        #expect(events([alike, alike], steps: [25, 25]).isEmpty)
        #expect(events([alike, figures(), alike, figures()]).isEmpty)
    }
}
