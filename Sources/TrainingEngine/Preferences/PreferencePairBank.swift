import DiffusionModels
import ModelStore
import Pictures
import Populations

extension PreferenceBank {
    /// Sorts pairs by caption; those that tie teach nothing and are left out.
    ///
    /// Pictures of another size than the model's are cut to a square and resampled. Where captions are
    /// those of the embedded model, pairs of professions that are not asked for are left out: what is
    /// held out must never be trained on.
    ///
    /// - Parameters:
    ///   - professions: the names of the professions to train on.
    ///   - name: what errors call the pairs.
    /// - Throws: `EngineError` where nothing is left to train on, or a caption that the model cannot read.
    public init(
        _ pairs: PreferencePairs, professions: [String], pipeline: DiffusionPipeline, name: String
    ) throws {
        let (height, width) = pipeline.pictureSize
        func sample(_ picture: Picture) throws -> [Float] {
            guard height == width || (picture.width == width && picture.height == height) else {
                throw EngineError(
                    "\(name): a picture is \(picture.width)x\(picture.height) and the model draws \(width)x\(height)"
                )
            }
            let fitting =
                picture.width == width && picture.height == height
                ? picture : picture.centredSquare(side: width)
            var out = [Float](repeating: 0, count: height * width * 3)
            pipeline.unshuffle(fitting.signedUnit, into: &out)
            return out
        }
        let knowsOnlyCaptions = pipeline.tokenizer.knowsOnlyCaptions
        var order: [String] = []
        var sides: [String: (winners: [[Float]], losers: [[Float]])] = [:]
        var heldOut = 0
        for (index, pair) in pairs.pairs.enumerated() {
            guard let decided = pair.decided else { continue }
            let caption: String
            do {
                caption = try pipeline.tokenizer.caption(pair.caption)
                if knowsOnlyCaptions, let profession = try Caption(parsing: caption).profession,
                    !professions.contains(profession.name)
                {
                    heldOut += 1
                    continue
                }
            } catch {
                throw EngineError("\(name), pair \(index + 1): \(error)")
            }
            if sides[caption] == nil { order.append(caption) }
            sides[caption, default: ([], [])].winners.append(try sample(decided.winner))
            sides[caption, default: ([], [])].losers.append(try sample(decided.loser))
        }
        guard !order.isEmpty else {
            throw EngineError(
                "\(name): of \(pairs.pairs.count) pairs \(pairs.ties) tie and \(heldOut) are of professions that the recipe leaves out, so that none is left to train on"
            )
        }
        self.init(
            prompts: order.map { caption in
                let (winners, losers) = sides[caption] ?? ([], [])
                return Prompt(
                    caption: caption, winners: winners, winnersByIdentity: [Array(winners.indices)],
                    winnerIdentityCaptions: winners.map { _ in caption }, losers: losers,
                    isPaired: true)
            })
    }
}
