import Foundation
import Pictures
import Populations
import TensorCore
import Testing

@Suite("Renderings of the emoji people")
struct RenderingTests {
    private let people: EmojiPeople

    init() throws { people = try drawnPeople.get() }

    private let judge = PersonAttributes(profession: .judge, gender: .woman, tone: .mediumDark)

    @Test(
        "the same arguments give the same rendering, whatever was drawn between and on any thread")
    func independentOfOrder() async {
        let addresses = (0..<60).map { (PersonAttributes.all[$0 * 5], $0) }
        func draw(_ address: (PersonAttributes, Int)) -> [Float] {
            people.rendering(address.0, seed: 5, index: address.1, split: .train)
        }
        let forwards = addresses.map(draw)
        #expect(Array(addresses.reversed().map(draw).reversed()) == forwards)
        let concurrent = await withTaskGroup(of: (Int, [Float]).self) { group in
            for (place, address) in addresses.enumerated() {
                group.addTask { [people] in
                    let picture = people.rendering(
                        address.0, seed: 5, index: address.1, split: .train)
                    return (place, picture)
                }
            }
            return await group.reduce(into: [Int: [Float]]()) { $0[$1.0] = $1.1 }
        }
        for place in addresses.indices { #expect(concurrent[place] == forwards[place]) }
        #expect(Set(forwards).count == forwards.count)
    }

    @Test("seed, index, person and split each change the rendering")
    func addresses() {
        let base = people.rendering(judge, seed: 1, index: 1, split: .train)
        let other = PersonAttributes(profession: .judge, gender: .woman, tone: .dark)
        #expect(base != people.rendering(judge, seed: 2, index: 1, split: .train))
        #expect(base != people.rendering(judge, seed: 1, index: 2, split: .train))
        #expect(base != people.rendering(judge, seed: 1, index: 1, split: .test))
        #expect(base != people.rendering(other, seed: 1, index: 1, split: .train))
        #expect(base != people.rendering(judge, seed: 1, index: 1 + 1 << 32, split: .train))
    }

    @Test("no test augmentation equals a training one, within a seed or across seeds")
    func disjointSplits() {
        func rotations(_ split: RenderingSplit) -> Set<Float> {
            Set(
                (0..<40_000).map {
                    RenderingAugmentation(
                        seed: UInt64($0 % 3), person: $0 % 300, index: $0, split: split
                    ).rotation
                })
        }
        let (train, test) = (rotations(.train), rotations(.test))
        #expect(train.isDisjoint(with: test))
        #expect(train.count > 39_000 && test.count > 39_000)
    }

    @Test("augmentations fill their declared ranges and stay inside them")
    func ranges() {
        let drawn = (0..<20_000).map {
            RenderingAugmentation(seed: 3, person: $0 % 300, index: $0, split: .train)
        }
        func covers(_ values: [Float], _ low: Float, _ high: Float) -> Bool {
            let slack = (high - low) * 0.01
            return values.allSatisfy { $0 >= low && $0 <= high }
                && values.min()! < low + slack && values.max()! > high - slack
        }
        #expect(covers(drawn.map(\.rotation), -6 * .pi / 180, 6 * .pi / 180))
        #expect(covers(drawn.map(\.scale), 0.90, 1.05))
        #expect(covers(drawn.map(\.shiftX), -3, 3) && covers(drawn.map(\.shiftY), -3, 3))
        #expect(drawn.allSatisfy { (0.9399...1.0601).contains($0.ink.green) })
        let flipped = Double(drawn.count(where: \.isFlipped)) / 20_000
        #expect(abs(flipped - 0.5) < 0.02)
    }

    @Test("the plain rendering agrees with the drawing resampled another way")
    func agreesWithResampling() {
        for attributes in PersonAttributes.all where attributes.index % 7 == 0 {
            let drawing = people.drawing(attributes)
            let longer = max(drawing.width, drawing.height)
            var square = Picture(width: longer, height: longer, filledWith: .white)
            square.place(
                drawing, x: (longer - drawing.width) / 2, y: (longer - drawing.height) / 2)
            let expected = square.resized(width: 32, height: 32).signedUnit
            #expect(difference(people.rendering(attributes), expected).mean < 0.04)
        }
    }

    @Test("flipping mirrors, a whole-pixel shift moves, and two half turns undo each other")
    func geometry() {
        let plain = people.rendering(judge)
        func pixel(_ picture: [Float], _ x: Int, _ y: Int) -> ArraySlice<Float> {
            picture[((y * 32 + x) * 3)..<((y * 32 + x) * 3 + 3)]
        }
        var flip = RenderingAugmentation.none
        flip.isFlipped = true
        let flipped = people.rendering(judge, flip)
        let mirrored = (0..<32).flatMap { y in (0..<32).flatMap { pixel(flipped, 31 - $0, y) } }
        #expect(difference(mirrored, plain).mean < 0.01)
        #expect(difference(flipped, plain).mean > 0.1)

        var shift = RenderingAugmentation.none
        (shift.shiftX, shift.shiftY) = (2, -3)
        let shifted = people.rendering(judge, shift)
        for y in 0..<29 {
            for x in 2..<32 {
                #expect(
                    difference(Array(pixel(shifted, x, y)), Array(pixel(plain, x - 2, y + 3)))
                        .largest < 0.02)
            }
        }

        var turn = RenderingAugmentation.none
        turn.rotation = .pi
        let upsideDown = people.rendering(judge, turn)
        let turnedBack = (0..<32).flatMap { y in
            (0..<32).flatMap { pixel(upsideDown, 31 - $0, 31 - y) }
        }
        #expect(difference(turnedBack, plain).mean < 0.01)
    }

    @Test("a positive rotation turns clockwise: what is right of the middle goes down")
    func rotationSense() {
        var dot = Picture(width: 64, height: 64, filledWith: .white)
        dot.place(Picture(width: 8, height: 8, filledWith: .black), x: 52, y: 28)
        let drawings = Drawings([dot])
        var turn = RenderingAugmentation.none
        turn.rotation = .pi / 4
        var out = [Float](repeating: 0, count: 32 * 32 * 3)
        drawings.render(0, side: 32, turn, into: &out)
        let darkest = out.indices.min { out[$0] < out[$1] }! / 3
        #expect(darkest % 32 > 20 && darkest / 32 > 20)
    }

    @Test("drawings of one colour render to that colour, and white to exactly 1")
    func constants() {
        var numbers = seededNumbers(50)
        for level: UInt8 in [0, 1, 97, 200, 255] {
            let colour = PictureColor(red: level, green: level, blue: level)
            let drawings = Drawings([Picture(width: 64, height: 64, filledWith: colour)])
            var augmentation = RenderingAugmentation.none
            augmentation.rotation = numbers.uniform(-0.1, 0.1)
            augmentation.scale = 2
            var out = [Float](repeating: 0, count: 32 * 32 * 3)
            drawings.render(0, side: 32, augmentation, into: &out)
            let expected = Float(level) * 2 / 255 - 1
            #expect(out.allSatisfy { abs($0 - expected) < 1e-5 })
            if level == 255 { #expect(out.allSatisfy { $0 == 1 }) }
        }
    }

    @Test("every rendering stays in [-1, 1], on white ground, with nothing smeared at the edges")
    func groundIsWhite() {
        var corners = 0
        for attributes in PersonAttributes.all {
            let picture = people.rendering(attributes, seed: 9, index: 0, split: .test)
            #expect(picture.allSatisfy { $0 >= -1 && $0 <= 1 })
            #expect(picture.count { $0 == 1 } > 300)
            corners += [0, 31].count { picture[($0 * 3)..<($0 * 3 + 3)].allSatisfy { $0 == 1 } }
        }
        // A shift may push a hat or a blackboard into an upper corner, rarely.
        #expect(corners > 540)
        var far = RenderingAugmentation.none
        far.shiftX = 500
        #expect(people.rendering(judge, far).allSatisfy { $0 == 1 })
    }

    @Test("any two of the three hundred people differ visibly at 32 x 32")
    func distinguishable() {
        let plain = PersonAttributes.all.map { people.rendering($0) }
        var closest = Float.infinity
        for first in plain.indices {
            for second in (first + 1)..<plain.count {
                closest = min(closest, difference(plain[first], plain[second]).mean)
            }
        }
        #expect(closest > 0.01)
    }

    @Test("what the sampler writes to memory is what it returns, with a training rendering")
    func samplerPictures() {
        let sampler = TrainingSampler(people: people)
        var memory = [Float](repeating: 0, count: EmojiPeople.renderingCount)
        var pictures: Set<[Float]> = []
        for index in 0..<32 {
            let example = sampler.draw(seed: 4, step: 17, index: index)
            let drawn = memory.withUnsafeMutableBufferPointer {
                sampler.draw(seed: 4, step: 17, index: index, into: $0.baseAddress!)
            }
            #expect(drawn.attributes == example.attributes && drawn.caption == example.caption)
            #expect(memory == example.picture)
            pictures.insert(memory)
        }
        #expect(pictures.count == 32)
        #expect(
            sampler.draw(seed: 4, step: 18, index: 0).picture
                != sampler.draw(seed: 4, step: 17, index: 0).picture)
    }

    @Test("the contact sheet has twenty rows of fifteen drawings")
    func contactSheet() {
        let sheet = people.contactSheet()
        #expect((sheet.width, sheet.height) == (15 * 140 + 4, 20 * 132 + 4))
        let cell = sheet.cropped(
            x: 4 + (judge.index % 15) * 140, y: 4 + judge.index / 15 * 132, width: 136, height: 128)
        #expect(cell == people.drawing(judge))
    }

    @Test("the digest is that of the font, the table and the bias, and follows the table's bytes")
    func digest() throws {
        #expect(people.digest.count == 64)
        try withFolder { folder in
            let path = folder + "/table.txt"
            let table = try EmojiTable.contents(of: EmojiTable.installedPath)
            try StoredFile.replace(path, with: table + Array("# more\n".utf8))
            let other = try EmojiPeople(tablePath: path)
            #expect(other.digest != people.digest)
            #expect(other.drawing(judge) == people.drawing(judge))
        }
    }
}
