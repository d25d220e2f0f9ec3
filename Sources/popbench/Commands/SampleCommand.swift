import ArgumentParser
import DiffusionModels
import Foundation
import Pictures
import TensorCore
import TrainingEngine

/// `popbench sample`: pictures of a prompt.
struct SampleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sample",
        abstract: "Draw pictures for a prompt.",
        discussion: """
            Writes one sheet, or to a folder one PNG a picture: 0000.png, 0001.png, ... The same seed \
            gives the same pictures; picture 3 of 16 begins with the same noise as picture 3 of 100.

            The shipped model knows prompts of the form "a [TONE-skinned] [GENDER] PROFESSION": \
            "a judge", "a dark-skinned woman judge".
            """)

    @Option(help: ArgumentHelp("What to draw.", valueName: "text"))
    var prompt: String

    @Option(help: "How many pictures.")
    var count = 16

    @Option(help: "The seed of the noise that pictures begin with.")
    var seed: UInt64 = 1

    @Option(
        help: ArgumentHelp(
            "A file ending in .png for a sheet, else a folder.", valueName: "file.png|folder"))
    var output: String

    @Option(help: "Sampling steps.")
    var steps = 25

    @Option(help: "How strongly pictures follow the prompt; 1 is the model's own prediction.")
    var guidanceScale: Float = 2

    @OptionGroup(title: "Which model")
    var choice: ModelOptions

    func validate() throws {
        guard (1...100_000).contains(count) else {
            throw ValidationError("--count is from 1 to 100000")
        }
        guard steps > 0 else { throw ValidationError("--steps is at least 1") }
        guard (0...100).contains(guidanceScale) else {
            throw ValidationError("--guidance-scale is from 0 to 100")
        }
        guard !output.isEmpty else { throw ValidationError("--output names a file or a folder") }
    }

    func run() throws {
        if let reason = MatrixKernel.open() {
            ProgramRun.say("popbench: slow, without OpenBLAS: \(reason)")
        }
        let chosen = try choice.open()
        for remark in chosen.remarks { ProgramRun.say("popbench: \(printable(remark))") }
        let drawing = Drawing(
            sampler: Sampler(chosen.pipeline), chosen: chosen,
            request: SamplingRequest(
                prompts: Array(repeating: try chosen.caption(prompt), count: count),
                noise: Array(0..<count), seed: seed, inferenceSteps: steps,
                guidanceScale: guidanceScale))
        if output.lowercased().hasSuffix(".png") {
            try drawing.writeSheet(to: output)
        } else {
            try drawing.writeFolder(output)
        }
        print("wrote \(output): \(count) of \"\(drawing.request.prompts[0])\" by \(chosen.name)")
    }
}

/// Pictures of a request, drawn a few at a time, so that a large request needs little memory.
private struct Drawing {
    let sampler: Sampler
    let chosen: ChosenModel
    let request: SamplingRequest

    /// Pictures drawn before they are handed on.
    private static let batch = 32
    /// Pixels between the pictures of a sheet.
    private static let padding = 2

    func writeSheet(to path: String) throws {
        let count = request.prompts.count
        let columns = Int(Double(count).squareRoot().rounded(.up))
        let (height, width) = chosen.pipeline.pictureSize
        let rows = (count + columns - 1) / columns
        let sides = [columns * (width + Self.padding), rows * (height + Self.padding)]
        guard sides.allSatisfy({ $0 + Self.padding <= PNGFile.largestSide }),
            sides[0] * sides[1] < PNGFile.mostPixels
        else {
            throw ValidationError(
                "\(count) pictures of \(width) x \(height) pixels do not fit on a sheet; name a "
                    + "folder (an --output that does not end in .png)")
        }
        // Known before the work is done: the file's folder is there and may be written to.
        let folder = (path as NSString).deletingLastPathComponent
        guard access(folder.isEmpty ? "." : folder, W_OK) == 0 else {
            throw StoredFileError.unwritable(
                path: path, reason: String(cString: strerror(errno)))
        }
        var pictures: [Picture] = []
        try draw { _, picture in pictures.append(picture) }
        try contactSheet(pictures, columns: columns, padding: Self.padding).writePNG(to: path)
    }

    func writeFolder(_ path: String) throws {
        func name(_ number: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, 4 - digits.count)) + digits + ".png"
        }
        try WholeFolder.write(
            to: path, advice: "name a new folder, or one that holds pictures of a sample alone",
            mayReplace: { names in
                Set(names) == Set((0..<names.count).map(name))
            },
            { folder in
                try draw { number, picture in
                    try picture.writePNG(to: folder + "/" + name(number))
                }
            })
    }

    private func draw(_ take: (Int, Picture) throws -> Void) throws {
        let count = request.prompts.count
        let isWatched = isatty(STDERR_FILENO) == 1
        for first in stride(from: 0, to: count, by: Self.batch) {
            let numbers = first..<min(first + Self.batch, count)
            var part = request
            part.prompts = Array(request.prompts[numbers])
            part.noise = Array(request.noise[numbers])
            let pixels = try sampler.sample(part, weights: chosen.weights) { done in
                if isWatched { ProgramRun.showProgress("\(first + done) of \(count)") }
                return true
            }
            let pictures = pixelsToPictures(pixels ?? [], chosen.pipeline.pictureSize)
            for (number, picture) in zip(numbers, pictures) { try take(number, picture) }
        }
        if isWatched { ProgramRun.showProgress("") }
    }
}
