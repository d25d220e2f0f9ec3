import DiffusionModels
import Foundation
import Pictures
import Populations
import TensorCore

/// The populations a session trains on, ready for the U-Net: winners and losers of each prompt.
public struct PreferenceBank: Sendable {
    /// One prompt's two populations, each picture as [height, width, channels] floats.
    public struct Prompt: Sendable {
        /// The neutral caption that both populations carry.
        public let caption: String
        /// Pictures to prefer, in the U-Net's layout; at least one.
        public let winners: [[Float]]
        /// Indices of the winners that show each identity: drawing an identity first keeps the winning
        /// population even where the classifier confirmed more pictures of one than of another.
        public let winnersByIdentity: [[Int]]
        /// The caption that names what each winner shows, in the order of `winners`.
        public let winnerIdentityCaptions: [String]
        /// Pictures to prefer less, in the U-Net's layout; at least one.
        public let losers: [[Float]]
        /// Whether winner i was preferred to loser i, so that they are drawn together.
        public let isPaired: Bool
    }

    /// One entry a profession, in the order they were asked for; of pairs, one a caption.
    public let prompts: [Prompt]

    /// A bank of prompts that are ready.
    init(prompts: [Prompt]) { self.prompts = prompts }

    /// Sorts a pair of populations by prompt.
    ///
    /// - Parameter professions: the names of the professions to train on.
    /// - Throws: `EngineError` when a prompt lacks winners or losers.
    public init(
        _ pair: PopulationPair, professions: [String], pipeline: DiffusionPipeline
    ) throws {
        func sample(_ member: PopulationMember) throws -> [Float] {
            let (height, width) = pipeline.pictureSize
            guard member.picture.width == width, member.picture.height == height else {
                throw EngineError(
                    "a population's picture is \(member.picture.width)x\(member.picture.height) and the model draws \(width)x\(height): collect the populations anew"
                )
            }
            var out = [Float](repeating: 0, count: height * width * 3)
            pipeline.unshuffle(member.picture.signedUnit, into: &out)
            return out
        }
        prompts = try professions.map { name in
            guard let profession = Profession(rawValue: name) else {
                throw EngineError("\"\(name)\" is no profession of the populations")
            }
            let winners = pair.winners.filter { $0.attributes.profession == profession }
            let losers = pair.losers.filter { $0.attributes.profession == profession }
            guard !winners.isEmpty, !losers.isEmpty else {
                throw EngineError(
                    "the populations have \(winners.count) winners and \(losers.count) losers for \"\(name)\": collect them anew, or take the profession out of the recipe"
                )
            }
            let identities = Dictionary(grouping: winners.indices) {
                winners[$0].attributes.identity
            }
            return Prompt(
                caption: Caption(profession).text, winners: try winners.map(sample),
                winnersByIdentity: Identity.all.compactMap { identities[$0] },
                winnerIdentityCaptions: winners.map { Caption($0.attributes).text },
                losers: try losers.map(sample), isPaired: false)
        }
    }
}

extension PreferenceBank {
    /// One member of a drawn pair: a picture in the U-Net's layout, and the caption it is seen under.
    package typealias Member = (picture: [Float], caption: String)

    /// Draws a pair, which depends on its address alone: a winner and a loser, or of an anchor two
    /// winners under captions that name what they show.
    ///
    /// Prompts are uniform. So are the identities of winners, or, where winners and losers were compared
    /// with each other, the pairs of a prompt.
    package func drawMembers(
        seed: UInt64, step: Int, pair: Int, isAnchor: Bool
    ) -> (first: Member, second: Member) {
        var draw = Philox(seed: seed, purpose: .populationDraw, step: step, sample: pair)
        let prompt = prompts[draw.index(below: prompts.count)]
        func drawWinner() -> Int {
            let identity = prompt.winnersByIdentity[
                draw.index(below: prompt.winnersByIdentity.count)]
            return identity[draw.index(below: identity.count)]
        }
        let winner = prompt.isPaired ? draw.index(below: prompt.winners.count) : drawWinner()
        if isAnchor {
            let other = drawWinner()
            return (
                (prompt.winners[winner], prompt.winnerIdentityCaptions[winner]),
                (prompt.winners[other], prompt.winnerIdentityCaptions[other])
            )
        }
        let loser = prompt.isPaired ? winner : draw.index(below: prompt.losers.count)
        return (
            (prompt.winners[winner], prompt.caption), (prompt.losers[loser], prompt.caption)
        )
    }
}

/// What could not be done, in one sentence that says what to do.
public struct EngineError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The sentence itself, shown to the person as it is.
    public let description: String

    /// An error that says what could not be done and what to do.
    public init(_ description: String) { self.description = description }
}
