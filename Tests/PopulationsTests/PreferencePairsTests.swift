import Foundation
import Pictures
import Populations
import TensorCore
import Testing

@Suite("Preference pairs on disk")
struct PreferencePairsTests {
    private func pairs(_ count: Int, seed: UInt64, rated: Bool = true) -> PreferencePairs {
        var numbers = seededNumbers(seed)
        func side(_ index: UInt64, _ label: Double) -> RatedPicture {
            RatedPicture(
                picture: noisePicture(width: 8, height: 8, seed: seed &* 1_000 &+ index),
                label: label,
                rating: rated
                    ? Rating(
                        match: Double(numbers.uniform()), fidelity: Double(numbers.uniform()),
                        taste: Double(numbers.uniform())) : nil)
        }
        return PreferencePairs(
            pairs: (0..<count).map { index in
                let label = [0, 0.5, 1][index % 3]
                return PreferencePair(
                    caption: ["a judge", "a \"good\", long\ncaption"][index % 2],
                    first: side(UInt64(2 * index), label),
                    second: side(UInt64(2 * index + 1), 1 - label))
            })
    }

    @Test("pairs come back exactly, with ratings and without, over what was saved before")
    func roundTrip() throws {
        try withFolder { root in
            for (count, rated) in [(7, true), (4, false), (0, true)] {
                let made = pairs(count, seed: UInt64(count), rated: rated)
                try made.save(to: root + "/pairs", rater: Rater())
                #expect(try PreferencePairs(loading: root + "/pairs/") == made)
            }
        }
    }

    @Test("the table has Pick-a-Pic's columns, and the rater's beside them")
    func table() throws {
        try withFolder { root in
            let rating = Rating(match: 0.5, fidelity: 0.25, taste: 1)
            let picture = noisePicture(width: 4, height: 4, seed: 1)
            let pair = PreferencePair(
                caption: "a judge", first: RatedPicture(picture: picture, label: 1, rating: rating),
                second: RatedPicture(picture: picture, label: 0))
            try PreferencePairs(pairs: [pair]).save(
                to: root + "/pairs", rater: Rater(fidelityWeight: 2))
            let table = try StoredFile.read(root + "/pairs/metadata.csv", limit: 10_000)
            #expect(
                String(decoding: table, as: UTF8.self) == """
                    caption,jpg_0,jpg_1,label_0,label_1,match_0,fidelity_0,taste_0,score_0,\
                    match_1,fidelity_1,taste_1,score_1
                    a judge,pairs/00000_0.png,pairs/00000_1.png,1,0,0.5,0.25,1.0,2.0,,,,

                    """)
        }
    }

    /// Loads a table beside `a.png` (8 x 8), `b.png` (8 x 8), `c.png` (4 x 4) and `broken.png`.
    private func load(_ table: String, named name: String = "metadata.csv") throws
        -> PreferencePairs
    {
        try withFolder { root in
            for (file, side) in [("a", 8), ("b", 8), ("c", 4)] {
                try noisePicture(width: side, height: side, seed: 3).writePNG(
                    to: "\(root)/\(file).png")
            }
            try StoredFile.replace(root + "/broken.png", with: [1, 2, 3])
            try StoredFile.replace("\(root)/\(name)", with: Array(table.utf8))
            return try PreferencePairs(loading: root)
        }
    }

    @Test("a table that a person wrote is read: other names of columns, more of them, JSON lines")
    func foreign() throws {
        let csv = try load(
            "ranking_id,label_1,label_0,text,image_1,image_0,has_label\n"
                + "7,0.0,1,a judge,b.png,a.png,True\n8,1,0,a cook,b.png,a.png,False\n"
                + "9,0.5,0.5,a cook,a.png,b.png,true\n")
        #expect(csv.pairs.map(\.caption) == ["a judge", "a cook"])
        #expect(csv.unlabelled == 1 && csv.ties == 1)
        #expect(csv.pairs[0].decided != nil && csv.pairs[1].decided == nil)
        #expect(csv.pairs[0].first.label == 1)
        let json = try load(
            #"{"caption":"a judge","jpg_0":"a.png","jpg_1":"b.png","label_0":0,"label_1":1}"#
                + "\n",
            named: "metadata.jsonl")
        #expect(json.pairs.count == 1 && json.pairs[0].second.label == 1)
    }

    @Test("the winner is the picture whose label is 1, whichever side it stands on")
    func decided() throws {
        let made = pairs(3, seed: 6).pairs
        #expect(made[0].decided?.winner == made[0].second.picture)
        #expect(made[1].decided == nil)
        #expect(made[2].decided?.winner == made[2].first.picture)
        #expect(made[2].decided?.loser == made[2].second.picture)
    }

    static let header = "caption,jpg_0,jpg_1,label_0,label_1,match_0,fidelity_0,taste_0\n"

    @Test(
        "a mistake names the file and the line",
        arguments: [
            (header + "a judge,a.png,b.png,1,0,,,\na judge,a.png,b.png,2,0,,,\n", 3, "label_0"),
            (header + "a judge,a.png,b.png,,,,,\n", 2, "label_0"),
            (header + "a judge,a.png,b.png,1,1,,,\n", 2, "adds up to 1"),
            (header + "a judge,a.png,b.png,nan,1,,,\n", 2, "label_0"),
            (header + "  ,a.png,b.png,1,0,,,\n", 2, "caption"),
            (header + "a judge,../a.png,b.png,1,0,,,\n", 2, "leads out of the folder"),
            (header + "a judge,/etc/passwd,b.png,1,0,,,\n", 2, "leads out of the folder"),
            (header + "a judge,z.png,b.png,1,0,,,\n", 2, "no file \"z.png\""),
            (header + "a judge,a.png,broken.png,1,0,,,\n", 2, "broken.png"),
            (header + "a judge,a.png,c.png,1,0,,,\n", 2, "one size"),
            (header + "a judge,a.png,b.png,1,0,0.5,,\n", 2, "fidelity_0"),
            (header + "a judge,a.png,b.png,1,0,0.5,0.5,1.5\n", 2, "taste_0"),
            (header + "a judge,a.png,b.png,1\n", 2, "4 fields"),
            ("caption,jpg_0,label_0,label_1\na judge,a.png,1,0\n", 2, "\"jpg_1\""),
            ("caption,jpg_0,jpg_1\na judge,a.png,b.png\n", 2, "\"label_0\""),
            (
                "caption,jpg_0,jpg_1,label_0,label_1,has_label\nx,a.png,b.png,1,0,maybe\n", 2,
                "has_label"
            ),
        ])
    func mistakes(table: String, line: Int, says: String) throws {
        let error = try #require(throws: ImageFolderError.self) { try load(table) }
        #expect("\(error)".contains("metadata.csv:\(line): "), "\(error)")
        #expect("\(error)".contains(says), "\(error)")
    }

    @Test("tables cut or changed anywhere never crash the reader")
    func fuzz() throws {
        let whole = Array((Self.header + "\"a, judge\",a.png,b.png,1,0,0.5,0.25,1\n").utf8)
        for seed in 0..<150 {
            var numbers = seededNumbers(UInt64(seed) &+ 90)
            var bytes = whole
            for _ in 0...numbers.index(below: 4) {
                let place = numbers.index(below: bytes.count)
                switch numbers.index(below: 3) {
                case 0: bytes.remove(at: place)
                case 1: bytes.insert(Array(",\"\n.a1\r/".utf8)[numbers.index(below: 8)], at: place)
                default: bytes = Array(bytes.prefix(max(1, place)))
                }
            }
            do {
                let read = try load(String(decoding: bytes, as: UTF8.self))
                #expect(read.pairs.count <= 4)
            } catch {
                #expect(error is ImageFolderError, "\(error)")
            }
        }
    }

    @Test("labels are drawn anew from ratings, and pairs without them are named")
    func labelled() throws {
        let rated = pairs(60, seed: 2)
        let rater = try Rater(temperature: 0)
        let labelled = try rated.labelled(by: rater, seed: 3)
        #expect(labelled.ties == 0 && labelled.pairs.map(\.caption) == rated.pairs.map(\.caption))
        for pair in labelled.pairs {
            let first = try #require(pair.first.rating)
            let second = try #require(pair.second.rating)
            #expect((pair.first.label == 1) == (rater.score(first) > rater.score(second)))
        }
        let noisy = try Rater(temperature: 1)
        let draws = try rated.labelled(by: noisy, seed: 3)
        #expect(draws != labelled)
        #expect(try rated.labelled(by: noisy, seed: 3) == draws)
        #expect(try rated.labelled(by: noisy, seed: 4) != draws)
        #expect(throws: PreferenceError.unrated(pair: 0)) {
            try pairs(2, seed: 1, rated: false).labelled(by: rater, seed: 1)
        }
    }
}
