import Pictures
import Testing

@Suite("Pictures in memory")
struct PictureTests {
    @Test("a picture of one colour keeps it at any other size")
    func constantStaysConstant() {
        var numbers = SeededNumbers(10)
        for _ in 0..<40 {
            let colour = PictureColor(
                red: .random(in: 0...255, using: &numbers),
                green: .random(in: 0...255, using: &numbers),
                blue: .random(in: 0...255, using: &numbers))
            func side() -> Int { Int.random(in: 1...60, using: &numbers) }
            let picture = Picture(width: side(), height: side(), filledWith: colour)
            let (width, height) = (side(), side())
            #expect(
                picture.resized(width: width, height: height)
                    == Picture(width: width, height: height, filledWith: colour))
        }
    }

    @Test("shrinking a fine checkerboard gives its mean, not a coarser pattern")
    func noAliasing() {
        var board = Picture(width: 60, height: 60, filledWith: .white)
        for y in 0..<60 {
            for x in 0..<60 where (x + y) % 2 == 0 { board[x: x, y: y] = .black }
        }
        for side in [7, 11, 16] {
            let small = board.resized(width: side, height: side)
            #expect(small.rgb.allSatisfy { (115...140).contains($0) })
        }
    }

    @Test("resampling keeps the mean of a smooth picture and mirrors with it")
    func resamplingIsCentred() {
        var ramp = Picture(width: 40, height: 3, filledWith: .black)
        for y in 0..<3 {
            for x in 0..<40 {
                let level = UInt8(x * 6)
                ramp[x: x, y: y] = PictureColor(red: level, green: level, blue: level)
            }
        }
        let small = ramp.resized(width: 10, height: 3)
        for x in 1..<9 {
            let expected = (Double(x) + 0.5) * 4 * 6 - 3
            #expect(abs(Double(small[x: x, y: 1].red) - expected) < 1.01)
        }
    }

    @Test("the centred square is cut from the middle of the longer side")
    func centredSquare() {
        var wide = Picture(width: 30, height: 10, filledWith: .black)
        for y in 0..<10 {
            for x in 10..<20 { wide[x: x, y: y] = .white }
        }
        #expect(
            wide.centredSquare(side: 4) == Picture(width: 4, height: 4, filledWith: .white))
        let tall = noisePicture(width: 8, height: 20, seed: 11)
        #expect(tall.centredSquare(side: 8) == tall.cropped(x: 0, y: 6, width: 8, height: 8))
    }

    @Test("bytes survive the way to [-1, 1] and back")
    func signedUnitRoundTrip() {
        let picture = Picture(
            width: 256, height: 1, rgb: (0..<256).flatMap { [UInt8($0), 0, 255] })
        #expect(Picture(width: 256, height: 1, signedUnit: picture.signedUnit) == picture)
        #expect(picture.signedUnit.min() == -1 && picture.signedUnit.max() == 1)
    }

    @Test("values outside [-1, 1] are clamped and values that are no numbers turn grey")
    func wildValues() {
        let picture = Picture(
            width: 1, height: 2, signedUnit: [.infinity, -.infinity, .nan, 9e30, -7, 0])
        #expect(picture.rgb == [255, 0, 128, 255, 0, 128])
    }

    @Test("placing a picture over an edge leaves away what sticks out")
    func placing() {
        let stamp = Picture(width: 3, height: 3, filledWith: .black)
        for (x, y, visible) in [
            (-2, -2, 1), (3, 3, 1), (1, -1, 6), (-9, 0, 0), (0, 40, 0), (1, 1, 9),
        ] {
            var ground = Picture(width: 4, height: 4, filledWith: .white)
            ground.place(stamp, x: x, y: y)
            #expect(ground.rgb.count { $0 == 0 } == visible * 3)
        }
    }

    @Test("a contact sheet shows every picture once, in rows, on its background")
    func sheet() {
        let pictures = (0..<7).map { noisePicture(width: 5, height: 4, seed: UInt64($0 + 20)) }
        let sheet = contactSheet(pictures, columns: 3, padding: 2, background: .black)
        #expect((sheet.width, sheet.height) == (3 * 7 + 2, 3 * 6 + 2))
        for (index, picture) in pictures.enumerated() {
            let (x, y) = (2 + index % 3 * 7, 2 + index / 3 * 6)
            #expect(sheet.cropped(x: x, y: y, width: 5, height: 4) == picture)
        }
        #expect(sheet[x: 0, y: 0] == .black)
        #expect(sheet[x: sheet.width - 4, y: sheet.height - 4] == .black)
    }

    @Test("enlarging repeats pixels, and shrinking that by the same factor gives them back nearly")
    func enlarging() {
        let picture = noisePicture(width: 3, height: 2, seed: 30)
        let large = picture.enlarged(by: 4)
        #expect((large.width, large.height) == (12, 8))
        #expect(large[x: 7, y: 3] == picture[x: 1, y: 0])
        #expect(large[x: 8, y: 4] == picture[x: 2, y: 1])
    }
}
