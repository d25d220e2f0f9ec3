import BenchProtocol
import Foundation
import TerminalKit
import Workbench

/// What an engine tells the population view beyond the scripted session.
enum PopulationScript {
    static var events: [Event] {
        var events: [Event] = []
        for (lane, shift) in zip(Scripted.settings.map(\.name), [0, 2, 4, 6]) {
            events.append(
                .populationHistory(
                    PopulationHistory(
                        lane: lane, prompt: "a judge", attribute: "gender",
                        classes: ["man", "woman", "person"],
                        points: (1...3).map {
                            .init(
                                step: 10 * $0, counts: [20 - $0 * shift / 2, 2 + $0 * shift / 2, 2])
                        })))
            events.append(
                .populationHistory(
                    PopulationHistory(
                        lane: lane, prompt: "a judge", attribute: "tone",
                        classes: ["light", "medium-light", "medium", "medium-dark", "dark"],
                        points: (1...3).map {
                            .init(step: 10 * $0, counts: [12 - $0, 6, 4 + $0, 1, 1])
                        })))
        }
        events.append(
            .planted(
                PlantedDistribution(
                    prompt: "a judge", attribute: "gender", classes: ["man", "woman", "person"],
                    shares: [0.81, 0.09, 0.1])))
        events.append(
            .planted(
                PlantedDistribution(
                    prompt: "a judge", attribute: "tone",
                    classes: ["light", "medium-light", "medium", "medium-dark", "dark"],
                    shares: [0.45, 0.25, 0.15, 0.1, 0.05])))
        for (row, lane) in (["base"] + Scripted.settings.map(\.name)).enumerated() {
            events.append(.thumbnails(sheet(lane, row: row, step: row == 0 ? 0 : 40)))
        }
        return events
    }

    /// Faces by formula: who is seen depends on lane and noise.
    static func sheet(_ lane: String, row: Int, step: Int) -> Thumbnails {
        let genders = ["man", "woman", "person"]
        let tones = ["light", "medium-light", "medium", "medium-dark", "dark"]
        let pictures = (0..<8).map { index in
            Thumbnails.Picture(
                rgb: face(tone: (index * (row + 1)) % 5, shade: index),
                label: "\(genders[(index * row) % 3]), \(tones[(index * (row + 1)) % 5])",
                confidence: 0.55 + 0.05 * Double((index * 3 + row) % 9))
        }
        return Thumbnails(
            lane: lane, prompt: "a judge", step: step, width: 32, height: 32, pictures: pictures)
    }

    static func face(tone: Int, shade: Int, blur: Int = 0) -> [UInt8] {
        var rgb: [UInt8] = []
        for y in 0..<32 {
            for x in 0..<32 {
                let square = (x - 16) * (x - 16) + (y - 12) * (y - 12)
                let isBody = y > 20 && abs(x - 16) < y - 12
                let level = UInt8(max(40, 230 - 40 * tone))
                let grey = UInt8(min(255, 120 + blur * ((x * 7 + y * 13) % 9)))
                if blur > 0, (x + y) % 2 == 0 {
                    rgb += [grey, grey, grey]
                } else if square < 70 {
                    rgb += [level, UInt8(Int(level) * 4 / 5), UInt8(Int(level) * 3 / 5)]
                } else if isBody {
                    rgb += [UInt8(30 * (shade % 8)), 90, 150]
                } else {
                    rgb += [250, 250, 250]
                }
            }
        }
        return rgb
    }

    static func film(_ lane: String, index: Int, step: Int) -> Film {
        Film(
            lane: lane, prompt: "a judge", index: index, step: step, inferenceSteps: 12, width: 32,
            height: 32,
            frames: (1...6).map { frame in
                Film.Frame(
                    taken: 2 * frame, timestep: 1000 - 160 * frame,
                    rgb: face(tone: index % 5, shade: index, blur: 6 - frame),
                    label: frame < 3 ? "person, medium" : "man, light",
                    confidence: 0.3 + 0.1 * Double(frame))
            })
    }
}
