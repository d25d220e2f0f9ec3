import Alignment
import ArgumentParser
import Figures
import Foundation
import Pictures

/// `popbench fields`: the gradient field of an objective, as numbers or drawn.
struct FieldsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fields",
        abstract: "Show how a loss pulls on winners and pushes on losers, as numbers or drawn.",
        discussion: """
            X1 and X2 are the ratios p / p_ref of the winner and the loser of a pair. Without --at \
            the points are a grid, 0.01 to 100 on log axes. popalign and diffusion-kto are shown \
            around the offset at which training starts.
            """)

    @Option(help: "f-dpo, diffusion-dpo, popalign or diffusion-kto.")
    var objective = "f-dpo"

    @Option(help: "reverse-kl, forward-kl, js, alpha or jeffreys; for f-dpo and popalign.")
    var divergence: String?

    @Option(
        help: "The order of the divergence alpha, above 0 (reverse KL) and below 1 (forward KL).")
    var alpha: Double?

    @Option(help: "The outer scale of the margin; without it that of a new lane.")
    var beta: Double?

    @Option(
        help: "The inner scale, l = kappa g; only a loss without divergence depends on it here.")
    var kappa: Double = 1000

    @Option(help: ArgumentHelp("A point; may be given again.", valueName: "x1,x2"))
    var at: [PairRatios] = []

    @Flag(help: "Print one JSON object a point, each on a line.")
    var json = false

    @Option(
        help: ArgumentHelp(
            "Draw the field with the points of --at to a file.", valueName: "file.svg|file.png"))
    var output: String?

    func validate() throws {
        do {
            _ = try field()
        } catch let error as AlignmentError {
            throw ValidationError("\(error)")
        }
        if let output, Self.kind(of: output) == nil {
            throw ValidationError("--output ends in .svg or .png, not as \(output) does")
        }
    }

    func run() throws {
        let field = try field()
        if let output, let kind = Self.kind(of: output) {
            var panel = FieldFigure.Panel(title: try title(), law: PairLaw(field))
            panel.points = at.map { (l1: $0.l1, l2: $0.l2) }
            let figure = FieldFigure(
                panels: [panel], plane: FieldPlane(decadesAround: panel.points)
            ).drawn()
            switch kind {
            case .svg: try StoredFile.replace(output, with: Array(figure.svg().utf8))
            case .png: try figure.picture(scale: 2).writePNG(to: output)
            }
            if !json { return print("wrote \(output)") }
        }
        let law = PairLaw(field)
        let readings = (at.isEmpty ? PairRatios.grid : at).map { point in
            var reading = law.reading(point.l1, point.l2)
            // As it was given, not as its logarithm gives it back.
            (reading.x1, reading.x2) = (point.x1, point.x2)
            return reading
        }
        if json {
            for reading in readings { print(reading.json) }
        } else {
            for row in table(readings) { print(row) }
        }
    }

    private func field() throws -> GradientField {
        let made = try ObjectiveName.makeObjective(
            named: objective, divergence: divergence, alpha: alpha, beta: usedBeta(), kappa: kappa)
        guard kappa > 0, kappa.isFinite else {
            throw AlignmentError.notPositive(key: "kappa", value: kappa)
        }
        guard let field = made.field(kappa: kappa, offset: nil) else {
            throw ValidationError("\(objective) compares no pair, so it has no field")
        }
        return field
    }

    private func usedBeta() throws -> Double {
        let name = ObjectiveName(rawValue: objective)
        return try beta
            ?? name.kind().preset(name.divergence(named: divergence, alpha: alpha)).beta
    }

    private func title() throws -> String {
        var words = [objective]
        if let divergence { words.append(divergence) }
        if let alpha { words.append(String(format: "alpha %g", alpha)) }
        return words.joined(separator: ", ") + String(format: ", beta %g", try usedBeta())
    }

    private func table(_ readings: [PairReading]) -> [String] {
        func row(_ cells: [String]) -> String {
            cells.map { String(repeating: " ", count: max(1, 13 - $0.count)) + $0 }.joined()
        }
        let names = readings.first?.values.map(\.name) ?? []
        return [row(names)]
            + readings.map { row($0.values.map { String(format: "%.6g", $0.value) }) }
    }

    private enum Kind: String { case svg, png }

    private static func kind(of path: String) -> Kind? {
        Kind(rawValue: (path as NSString).pathExtension.lowercased())
    }
}

/// A point of the field, as it is given.
struct PairRatios: ExpressibleByArgument {
    let x1: Double
    let x2: Double
    var l1: Double { log(x1) }
    var l2: Double { log(x2) }

    private init(x1: Double, x2: Double) {
        self.x1 = x1
        self.x2 = x2
    }

    /// Reads `2,0.5`: two positive, finite numbers.
    init?(argument: String) {
        let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count == 2, let x1 = Double(parts[0]), let x2 = Double(parts[1]), x1 > 0,
            x1.isFinite, x2 > 0, x2.isFinite
        else { return nil }
        self.init(x1: x1, x2: x2)
    }

    /// Nine by nine points, two to a decade, row by row from the smallest X2.
    static var grid: [PairRatios] {
        let ticks = (-4...4).map { pow(10, Double($0) / 2) }
        return ticks.flatMap { x2 in ticks.map { PairRatios(x1: $0, x2: x2) } }
    }
}
