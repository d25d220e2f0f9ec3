import Foundation
import Pictures
import Populations
import TensorCore
import Testing

@Suite("Population pairs on disk")
struct PopulationPairTests {
    private func members(_ count: Int, seed: UInt64) -> [PopulationMember] {
        var numbers = seededNumbers(seed)
        return (0..<count).map { index in
            let attributes = PersonAttributes.all[numbers.index(below: 300)]
            return PopulationMember(
                picture: noisePicture(width: 32, height: 32, seed: seed &* 1_000 &+ UInt64(index)),
                text: Caption(attributes.profession).text, attributes: attributes,
                confidence: numbers.uniform())
        }
    }

    @Test("a pair comes back exactly, in order, populations of different size included")
    func roundTrip() throws {
        try withFolder { root in
            for (winners, losers) in [(12, 7), (0, 3), (1, 0), (0, 0)] {
                let pair = PopulationPair(
                    winners: members(winners, seed: 1), losers: members(losers, seed: 2))
                // Each time over the pair that was there before.
                try pair.save(to: root + "/pair")
                #expect(try PopulationPair(loading: root + "/pair") == pair)
                #expect(try FileManager.default.contentsOfDirectory(atPath: root) == ["pair"])
            }
        }
    }

    @Test("the table has the columns that other programs look for")
    func table() throws {
        try withFolder { root in
            let member = PopulationMember(
                picture: noisePicture(width: 32, height: 32, seed: 1), text: "a judge",
                attributes: PersonAttributes(profession: .judge, gender: .woman, tone: .mediumDark),
                confidence: 0.75)
            try PopulationPair(winners: [member], losers: [member]).save(to: root + "/pair")
            let table = try StoredFile.read(root + "/pair/metadata.csv", limit: 10_000)
            #expect(
                String(decoding: table, as: UTF8.self) == """
                    file_name,text,population,profession,gender,tone,confidence
                    winners/00000.png,a judge,winner,judge,woman,medium-dark,0.75
                    losers/00000.png,a judge,loser,judge,woman,medium-dark,0.75

                    """)
        }
    }

    @Test(
        "a wrong value names the line, the column and what was expected",
        arguments: [
            ("draw,judge,man,dark,0.5", "population"),
            ("winner,plumber,man,dark,0.5", "profession"),
            ("winner,judge,boy,dark,0.5", "gender"), ("winner,judge,man,green,0.5", "tone"),
            ("winner,judge,man,dark,1.5", "confidence"),
            ("winner,judge,man,dark,nan", "confidence"),
            ("winner,judge,man,dark,much", "confidence"), ("winner,judge,man,dark,0.5", "text"),
        ])
    func wrongValue(values: String, column: String) throws {
        try withFolder { root in
            try noisePicture(width: 32, height: 32, seed: 1).writePNG(to: root + "/a.png")
            let header = "file_name,text,population,profession,gender,tone,confidence"
            try StoredFile.replace(
                root + "/metadata.csv", with: Array("\(header)\na.png,x,\(values)\n".utf8))
            let error = #expect(throws: ImageFolderError.self) {
                try PopulationPair(loading: root)
            }
            guard case .badValue(_, 2, column, _, _) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(error?.description.contains("expected") == true)
        }
    }

    @Test("a folder with other things in it is never replaced by a pair")
    func occupied() throws {
        try withFolder { root in
            try StoredFile.replace(root + "/thesis.tex", with: [1])
            #expect(throws: ImageFolderError.occupied(folder: root, by: "thesis.tex")) {
                try PopulationPair(winners: [], losers: []).save(to: root)
            }
        }
    }

    @Test("an old pair that stepped aside for one that never came is found again")
    func interruptedReplacement() throws {
        try withFolder { root in
            let pair = PopulationPair(winners: members(2, seed: 5), losers: [])
            try pair.save(to: root + "/pair")
            try FileManager.default.moveItem(
                atPath: root + "/pair", toPath: root + "/.pair.replaced")
            #expect(try PopulationPair(loading: root + "/pair") == pair)
            #expect(try FileManager.default.contentsOfDirectory(atPath: root) == ["pair"])
        }
    }

    private func remarks(
        winners: [(Gender, SkinTone)], confidence: Float = 0.95, least: Double = 0.9
    ) -> [String] {
        func members(_ identities: [(Gender, SkinTone)]) -> [PopulationMember] {
            identities.map { gender, tone in
                PopulationMember(
                    picture: noisePicture(width: 1, height: 1, seed: 1), text: "a judge",
                    attributes: PersonAttributes(profession: .judge, gender: gender, tone: tone),
                    confidence: confidence)
            }
        }
        return PopulationPair(winners: members(winners), losers: members([(.man, .light)]))
            .remarks(professions: [.judge], confidence: least)
    }

    @Test(
        "winners of one class only are remarked upon, losers of one class are what alignment is for"
    )
    func oneClass() {
        #expect(remarks(winners: [(.man, .light), (.woman, .dark)]).isEmpty)
        let gender = remarks(winners: [(.man, .light), (.man, .dark)])
        #expect(gender.count == 1 && gender[0].contains("\"judge\" show one gender (man)"))
        #expect(remarks(winners: [(.man, .light), (.man, .light)]).count == 2)
        #expect(remarks(winners: []).isEmpty)
    }

    @Test("a classifier that doubts more than a quarter of the pictures is remarked upon")
    func doubts() {
        let both: [(Gender, SkinTone)] = [(.man, .light), (.woman, .dark)]
        let told = remarks(winners: both, confidence: 0.5)
        #expect(told.count == 2 && told[0].contains("2 of 2 winners"))
        let none = PopulationPair.doubtRemark(5, of: 20, confidence: 0.9, what: "pictures")
        #expect(none == nil)
        let some = PopulationPair.doubtRemark(6, of: 20, confidence: 0.9, what: "pictures")
        #expect(some?.contains("less than 0.9 sure of 6 of 20 pictures") == true)
    }

    @Test("a confidence that is no number counts as none")
    func confidence() {
        let picture = noisePicture(width: 1, height: 1, seed: 1)
        func confidence(_ value: Float) -> Float {
            PopulationMember(
                picture: picture, text: "", attributes: PersonAttributes.all[0], confidence: value
            ).confidence
        }
        #expect([.nan, -1, 7, 0.25].map(confidence) == [0, 0, 1, 0.25])
    }
}
