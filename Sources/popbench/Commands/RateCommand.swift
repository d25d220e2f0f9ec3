import ArgumentParser
import Foundation
import Populations
import TensorCore
import TrainingEngine

/// `popbench rate`: what a rater makes of a folder of pictures or of pairs.
struct RateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rate",
        abstract: "Rate a folder of pictures or pairs, and label pairs anew.",
        discussion: """
            FOLDER holds pictures (file_name and text, as populations do) or pairs (caption, jpg_0, \
            jpg_1, label_0, label_1). Printed are mean and deviation of what the rater weighs.
            """)

    @Argument(help: "The folder with metadata.csv.")
    var folder: String

    @OptionGroup var choice: ModelOptions
    @OptionGroup var raterOptions: RaterOptions

    @Option(help: "Pairs only: the folder to write them to, rated and labelled by the rater.")
    var output: String?

    @Option(help: "The seed of the labels.")
    var seed: UInt64 = 101

    func run() throws {
        MatrixKernel.open()
        let rater = try raterOptions.rater()
        let rating = try PictureRating(
            classifier: try choice.open().sampling().classifier,
            people: try EmojiPeople(environment: ProcessInfo.processInfo.environment))
        guard let pictures = try populations() else {
            let pairs = try PreferencePairs(loading: folder)
            if pairs.unlabelled > 0 {
                report("\(folder): \(pairs.unlabelled) lines have no label and are left out")
            }
            let rated = try pairs.rated(by: rating)
            guard let output else {
                return PreferenceSummary(rated, rater: rater).lines.forEach { print($0) }
            }
            let labelled = try rated.labelled(by: rater, seed: seed)
            PreferenceSummary(labelled, rater: rater).lines.forEach { print($0) }
            try labelled.save(to: output, rater: rater)
            return print("wrote \(output)")
        }
        guard output == nil else {
            throw ValidationError("--output needs a folder of pairs, and \(folder) has pictures")
        }
        let captions = try pictures.entries.map { try Caption(parsing: $0.text) }
        let ratings = try rating.rate(
            pictures.entries.map { try pictures.squarePicture(of: $0) }, captions: captions)
        PreferenceSummary(ratings, rater: rater).lines.forEach { print($0) }
    }

    /// The folder's pictures; nil where it has pairs.
    private func populations() throws -> ImageFolder? {
        do {
            return try ImageFolder(reading: folder)
        } catch let error as ImageFolderError {
            guard case .missingColumn(_, _, ImageFolder.fileNameColumn) = error else { throw error }
            return nil
        }
    }
}
