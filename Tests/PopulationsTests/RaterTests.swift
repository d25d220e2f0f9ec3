import Foundation
import Pictures
import Populations
import TensorCore
import Testing

@Suite("The rater")
struct RaterTests {
    private func any(_ random: inout Philox) -> Rating {
        Rating(
            match: Double(random.uniform()), fidelity: Double(random.uniform()),
            taste: Double(random.uniform()))
    }

    @Test("the score is the weighted sum, and each weight counts alone")
    func score() throws {
        let rating = Rating(match: 0.5, fidelity: 0.25, taste: 0.125)
        #expect(try Rater(matchWeight: 2, fidelityWeight: 4, tasteWeight: 8).score(rating) == 3)
        #expect(try Rater(matchWeight: 1, fidelityWeight: 0, tasteWeight: 0).score(rating) == 0.5)
        #expect(try Rater(matchWeight: 0, fidelityWeight: 1, tasteWeight: 0).score(rating) == 0.25)
        #expect(try Rater(matchWeight: 0, fidelityWeight: 0, tasteWeight: 1).score(rating) == 0.125)
    }

    @Test("preferences are Bradley and Terry's: both sides add up to 1, and odds multiply")
    func bradleyTerry() throws {
        var random = Philox(seed: 4, purpose: .evaluation)
        for _ in 0..<200 {
            let rater = try Rater(temperature: 0.3 + Double(random.uniform()))
            let (a, b, c) = (any(&random), any(&random), any(&random))
            func odds(_ x: Rating, _ y: Rating) -> Double {
                let p = rater.preference(x, over: y)
                return p / (1 - p)
            }
            #expect(abs(rater.preference(a, over: b) + rater.preference(b, over: a) - 1) < 1e-12)
            #expect(abs(odds(a, b) * odds(b, c) / odds(a, c) - 1) < 1e-9)
            #expect((rater.preference(a, over: b) > 0.5) == (rater.score(a) > rater.score(b)))
        }
        // One temperature of difference is 73 %.
        let rater = try Rater(
            matchWeight: 1, fidelityWeight: 0, tasteWeight: 0, temperature: 0.25)
        let better = Rating(match: 0.75, fidelity: 0, taste: 0)
        let worse = Rating(match: 0.5, fidelity: 0, taste: 0)
        #expect(abs(rater.preference(better, over: worse) - 0.7310585786300049) < 1e-12)
    }

    @Test("labels follow the probability, depend on seed and address alone, and know no noise at 0")
    func labels() throws {
        let rater = try Rater(
            matchWeight: 1, fidelityWeight: 0, tasteWeight: 0, temperature: 0.25)
        let better = Rating(match: 0.75, fidelity: 0, taste: 0)
        let worse = Rating(match: 0.5, fidelity: 0, taste: 0)
        let draws = (0..<4_000).map {
            rater.prefersFirst(better, over: worse, seed: 9, pair: $0)
        }
        let share = Double(draws.filter { $0 }.count) / 4_000
        #expect(abs(share - 0.731) < 0.03)
        #expect(draws[17] == rater.prefersFirst(better, over: worse, seed: 9, pair: 17))
        let others = (0..<4_000).map {
            rater.prefersFirst(better, over: worse, seed: 10, pair: $0)
        }
        #expect(draws != others)
        #expect(abs(rater.expectedLabelNoise([(worse, better)]) - 0.2689414213699951) < 1e-12)
        let sure = try Rater(temperature: 0)
        #expect(
            sure.preference(better, over: worse) == 1 && sure.preference(worse, over: better) == 0)
        #expect(sure.preference(worse, over: worse) == 0.5)
        #expect((0..<100).allSatisfy { sure.prefersFirst(better, over: worse, seed: 1, pair: $0) })
    }

    @Test("constants that make no rater are refused by name")
    func refusals() {
        for (make, word) in [
            ({ try Rater(matchWeight: -1) }, "match_weight"),
            ({ try Rater(fidelityWeight: .nan) }, "fidelity_weight"),
            ({ try Rater(tasteWeight: .infinity) }, "taste_weight"),
            ({ try Rater(temperature: -0.1) }, "temperature"),
            ({ try Rater(matchWeight: 0, fidelityWeight: 0, tasteWeight: 0) }, "all three"),
        ] as [(() throws -> Rater, String)] {
            let problem = #expect(throws: Rater.Problem.self) { try make() }
            #expect(problem?.description.contains(word) == true)
        }
    }
}

@Suite("The rater's taste")
struct PlacementTasteTests {
    /// A black bar of two columns on white.
    private func bar(at column: Int, width: Int = 32) -> Picture {
        var picture = Picture(width: width, height: width, filledWith: .white)
        picture.place(
            Picture(width: 2, height: width / 2, filledWith: .black), x: column, y: width / 4)
        return picture
    }

    @Test("a bar's offset is where it stands, in 32nds of the width")
    func offset() {
        #expect(PlacementTaste.offset(of: bar(at: 15)) == 0)
        #expect(PlacementTaste.offset(of: bar(at: 5)) == -10)
        #expect(PlacementTaste.offset(of: bar(at: 20)) == 5)
        #expect(PlacementTaste.offset(of: bar(at: 21, width: 64)) == -5)
        #expect(PlacementTaste.offset(of: Picture(width: 32, height: 32, filledWith: .white)) == 0)
    }

    @Test("it is half met two pixels to the left, and the better the farther left")
    func met() {
        #expect(PlacementTaste.met(by: bar(at: 13)) == 0.5)
        let along = (0...30).map { PlacementTaste.met(by: bar(at: $0)) }
        #expect(zip(along, along.dropFirst()).allSatisfy { $0 > $1 })
        #expect(along.allSatisfy { (0...1).contains($0) })
    }

    @Test("a mirrored picture has the opposite offset, whoever is drawn")
    func mirrored() throws {
        var random = Philox(seed: 8, purpose: .evaluation)
        for _ in 0..<20 {
            var (picture, mirror) = (bar(at: 3), bar(at: 3))
            for y in 0..<32 {
                for x in 0..<32 {
                    let grey = UInt8(random.index(below: 256))
                    let colour = PictureColor(red: grey, green: grey / 2, blue: 255)
                    picture[x: x, y: y] = colour
                    mirror[x: 31 - x, y: y] = colour
                }
            }
            #expect(PlacementTaste.offset(of: picture) == -PlacementTaste.offset(of: mirror))
        }
    }
}
