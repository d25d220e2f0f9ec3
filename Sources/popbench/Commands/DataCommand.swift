import ArgumentParser
import Foundation
import Pictures
import Populations

/// `popbench data`: what the embedded data set holds.
struct DataCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data",
        abstract: "Show the pictures and the planted bias of the embedded data set.",
        discussion: """
            The 300 people are drawn from the installed emoji font; profession, gender presentation \
            and skin tone are what Unicode's names say of a drawing. \
            \(EmojiFont.environmentVariable) and \(EmojiTable.environmentVariable) name another font \
            and another table.
            """)

    @Option(
        help: ArgumentHelp(
            "Write all 300 drawings: a row a profession, man, woman and person from light to dark.",
            valueName: "file.png"))
    var contactSheet: String?

    @Option(
        help: ArgumentHelp(
            "Write one training rendering of each person, 32x32, in the same order.",
            valueName: "file.png"))
    var augmented: String?

    @Option(help: "The seed of the training renderings.")
    var seed: UInt64 = 1

    func run() throws {
        let environment = ProcessInfo.processInfo.environment
        let people = try EmojiPeople(environment: environment)
        print(
            """
            people      \(PersonAttributes.all.count): \(Profession.all.count) professions x \
            \(Gender.all.count) gender presentations x \(SkinTone.all.count) skin tones
            captions    \(Caption.all.count), the empty one among them
            held out    \(Profession.heldOut.map(\.name).joined(separator: ", "))
            font        \(EmojiFont.path(in: environment))
            table       \(EmojiTable.path(in: environment))
            digest      \(people.digest)

            planted bias: who is drawn where a caption leaves it open

            """)
        print(Self.biasTable().joined(separator: "\n"))
        if let contactSheet {
            try people.contactSheet().writePNG(to: contactSheet)
            print("\nwrote \(contactSheet): \(PersonAttributes.all.count) drawings")
        }
        if let augmented {
            try renderings(of: people).writePNG(to: augmented)
            print("\nwrote \(augmented): one rendering a person, seed \(seed)")
        }
    }

    private func renderings(of people: EmojiPeople) -> Picture {
        let pictures = PersonAttributes.all.map {
            Picture(
                width: EmojiPeople.side, height: EmojiPeople.side,
                signedUnit: people.rendering($0, seed: seed, index: 0, split: .train))
        }
        return Pictures.contactSheet(pictures, columns: Identity.all.count, padding: 2)
    }

    /// The declared shares, one profession a line.
    private static func biasTable() -> [String] {
        let bias = PlantedBias.declared
        func row(_ name: String, _ cells: [String]) -> String {
            let padding = String(repeating: " ", count: max(1, 21 - name.count))
            return name + padding
                + cells.map { cell in
                    String(repeating: " ", count: max(1, 13 - cell.count)) + cell
                }.joined()
        }
        return [row("profession", Gender.all.map(\.name) + SkinTone.all.map(\.name))]
            + Profession.all.map { profession in
                let shares =
                    bias.genderDistribution(of: profession) + bias.toneDistribution(of: profession)
                return row(profession.name, shares.map { String(format: "%.2f", $0) })
            }
    }
}
