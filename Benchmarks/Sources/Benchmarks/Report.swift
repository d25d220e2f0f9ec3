import Foundation

/// The page made of a run's record: what was asked for beside what was measured, then every table.
struct Report {
    private let lines: [Line]

    /// Reads a record of one JSON object a line.
    init(file: String) throws {
        let decoder = JSONDecoder()
        lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").map {
            try decoder.decode(Line.self, from: Data($0.utf8))
        }
    }

    var text: String {
        let machine = values("machine").first
        return """
            # Benchmarks

            Made by `make benchmark`\(machine.map { " on \($0.name)" } ?? ""). Everything was measured in one run, \
            popbench and PyTorch in turns; figures are medians. Absolute times are this machine's, and those of a \
            virtual machine swing with its neighbours: read the ratios.

            ## Beside PyTorch

            Default model; batch 32, or 16 pairs; four lanes see 128 pictures a step. PyTorch's column is its best \
            mode of those that ran\(failures).

            \(ratios)

            ## The machine's ceilings

            \(table("ceiling", headers: ["what", "rate"]) { [$0.name, rate($0)] })

            ## Where a training step goes

            \(whereStepsGo)

            ## Cores, memory, start

            \(table("session", headers: ["what", "measured"]) { [$0.name, rate($0)] })

            ## Kernels

            All cores at once, at the sizes of a shard of eight pictures.

            \(table("kernel", headers: ["product", "GFLOP/s", "of the ceiling"]) { [$0.name, number($0.value), share($0)] })

            \(table("elementwise", headers: ["loop", "GB/s"]) { [$0.name, number($0.value)] })

            ## Layers

            Operations counted as direct sums, so that Winograd's convolutions can exceed the ceiling.

            \(table("layer", headers: ["layer", "ms a shard", "GFLOP/s", "of the ceiling"]) {
                [$0.name, milliseconds($0.seconds), number($0.value), share($0)]
            })

            ## The screen

            The view of the curves at 200x50, from a key to the drawn frame, and what the engine takes for an answer.

            \(screen)

            ## How cost grows

            Seconds at each size, and the exponent p of a fit of seconds = c size^p.

            \(growth)

            """
    }

    // MARK: Parts

    private func values(_ group: String) -> [Line] { lines.filter { $0.group == group } }

    private var failures: String {
        let failed = values("pytorch-failed").map(\.name)
        return failed.isEmpty ? "" : " (failed: " + failed.joined(separator: "; ") + ")"
    }

    /// Seconds of every turn, popbench's and those of PyTorch's modes.
    private var ratios: String {
        let asked = ["pretrain": 2.5, "align": 3, "lanes": 4, "sample": 3]
        let rows = ["unet", "pretrain", "align", "lanes", "sample"].compactMap { work -> [String]? in
            let own = values("step").filter { $0.name == work }.compactMap(\.seconds)
            // What a user of PyTorch does for four lanes today: four alignments in turn.
            let (same, times) = work == "lanes" ? ("align", 4.0) : (work, 1.0)
            let peers = Dictionary(
                grouping: values("pytorch").filter { $0.name.hasPrefix(same + " ") }, by: \.name
            ).mapValues { times * median($0.compactMap(\.seconds)) }
            guard !own.isEmpty, let best = peers.min(by: { $0.value < $1.value }) else { return nil }
            return [
                work, milliseconds(median(own)),
                milliseconds(best.value) + " (\(best.key.dropFirst(same.count + 1)))",
                number(best.value / median(own)) + "x",
                asked[work].map { number($0) + "x" } ?? "",
            ]
        }
        guard !rows.isEmpty else { return "PyTorch was not there to compare with." }
        return markdown(
            ["work", "popbench, ms", "PyTorch, ms", "ratio", "asked for"], rows)
    }

    private var whereStepsGo: String {
        guard let layers = values("layers").first,
            let rate = layers.value, let ceiling = layers.ceiling
        else { return "" }
        let outside = values("outside").filter { $0.name == "pretrain" }.compactMap(\.value)
        return markdown(
            ["what", "measured", "asked for"],
            [
                [
                    "convolutions and linear layers, operations of direct sums",
                    "\(number(rate)) GFLOP/s, \(number(100 * rate / ceiling)) % of the ceiling", "85 %",
                ],
                [
                    "share of the threads' time in a pretraining step outside of them, waiting included",
                    "\(outside.map { "\(number(100 * $0)) %" }.joined(separator: ", "))", "15 %",
                ],
            ])
    }

    private var screen: String {
        guard !values("screen").isEmpty else { return "Not measured in this run: `Benchmarks screen`." }
        return markdown(
            ["what", "points", "median, ms", "99th percentile, ms"],
            values("screen").map {
                [$0.name, number($0.size), milliseconds($0.seconds), number($0.value)]
            })
    }

    private var growth: String {
        var names: [String] = []
        for line in values("growth") where !names.contains(line.name) { names.append(line.name) }
        return markdown(
            ["what", "seconds", "exponent"],
            names.map { name in
                let points = values("growth").filter { $0.name == name }
                let text = points.map {
                    "\(number($0.size)): \(String(format: "%.3g", $0.seconds ?? .nan))"
                }
                return [name, text.joined(separator: ", "), number(exponent(points))]
            })
    }

    /// The slope of log seconds over log size, by least squares.
    private func exponent(_ points: [Line]) -> Double {
        let pairs = points.compactMap { point in
            point.size.flatMap { size in point.seconds.map { (log(size), log($0)) } }
        }
        let n = Double(pairs.count)
        let (x, y) = (pairs.map(\.0).reduce(0, +) / n, pairs.map(\.1).reduce(0, +) / n)
        let above = pairs.reduce(0) { $0 + ($1.0 - x) * ($1.1 - y) }
        return above / pairs.reduce(0) { $0 + ($1.0 - x) * ($1.0 - x) }
    }

    // MARK: Text

    private func table(_ group: String, headers: [String], _ row: (Line) -> [String]) -> String {
        markdown(headers, values(group).map(row))
    }

    private func markdown(_ headers: [String], _ rows: [[String]]) -> String {
        ([headers, headers.map { _ in "---" }] + rows).map { "| " + $0.joined(separator: " | ") + " |" }
            .joined(separator: "\n")
    }

    private func median(_ values: [Double]) -> Double {
        values.isEmpty ? .nan : values.sorted()[values.count / 2]
    }

    /// Three figures, or all of a large whole number.
    private func number(_ value: Double?) -> String {
        guard let value, value.isFinite else { return "-" }
        return abs(value) >= 100 ? String(format: "%.0f", value) : String(format: "%.3g", value)
    }

    private func milliseconds(_ seconds: Double?) -> String { number(seconds.map { 1000 * $0 }) }

    private func rate(_ line: Line) -> String { number(line.value) + " " + (line.unit ?? "") }

    private func share(_ line: Line) -> String {
        guard let value = line.value, let ceiling = line.ceiling else { return "-" }
        return number(100 * value / ceiling) + " %"
    }
}
