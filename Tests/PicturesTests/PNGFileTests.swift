import Foundation
import Pictures
import Testing

@Suite("PNG files")
struct PNGFileTests {
    @Test(
        "a picture of any size comes back from its file byte for byte",
        arguments: [(1, 1), (1, 9), (7, 1), (32, 32), (136, 128), (251, 3)])
    func roundTrip(width: Int, height: Int) throws {
        let picture = noisePicture(width: width, height: height, seed: UInt64(width * height))
        #expect(try Picture(png: picture.png()) == picture)
        #expect(try picture.png() == picture.png())
    }

    @Test("a file on disk is replaced whole and leaves nothing beside it")
    func file() throws {
        try withFolder { folder in
            let path = folder + "/a.png"
            let (first, second) = (
                noisePicture(width: 9, height: 5, seed: 1),
                noisePicture(width: 3, height: 8, seed: 2)
            )
            try first.writePNG(to: path)
            #expect(try Picture(readingPNG: path) == first)
            try second.writePNG(to: path)
            #expect(try Picture(readingPNG: path) == second)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["a.png"])
        }
    }

    @Test("a failed write keeps the old file and names the path")
    func failedWrite() throws {
        try withFolder { folder in
            let picture = noisePicture(width: 4, height: 4, seed: 3)
            let error = #expect(throws: StoredFileError.self) {
                try picture.writePNG(to: folder + "/no/such/a.png")
            }
            #expect(error?.description.contains("/no/such/a.png") == true)
            // A folder stands where the file should go: the rename fails, the folder stays.
            let occupied = folder + "/taken"
            try FileManager.default.createDirectory(
                atPath: occupied + "/x", withIntermediateDirectories: true)
            #expect(throws: StoredFileError.self) { try picture.writePNG(to: occupied) }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["taken"])
        }
    }

    @Test("every proper beginning of a file is refused as truncated")
    func truncated() throws {
        let file = try noisePicture(width: 6, height: 6, seed: 4).png()
        for count in 1..<file.count {
            #expect(throws: PNGError.truncated(source: "part", bytes: count)) {
                try Picture(png: Array(file.prefix(count)), source: "part")
            }
        }
        #expect(throws: PNGError.notPNG(source: "part")) { try Picture(png: [], source: "part") }
    }

    @Test("a file with one changed byte is refused, or decodes to a picture of its announced size")
    func damaged() throws {
        let picture = noisePicture(width: 6, height: 5, seed: 5)
        let file = try picture.png()
        var refused = 0
        for place in file.indices {
            var damaged = file
            damaged[place] ^= 0x10
            do {
                let decoded = try Picture(png: damaged)
                #expect(decoded.width * decoded.height * 3 == decoded.rgb.count)
            } catch {
                #expect(error is PNGError)
                refused += 1
            }
        }
        #expect(refused > file.count / 2)
    }

    @Test("random bytes after the signature never decode")
    func noise() {
        var numbers = SeededNumbers(6)
        for _ in 0..<300 {
            var file: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
            let count = Int.random(in: 0..<200, using: &numbers)
            file += (0..<count).map { _ in UInt8.random(in: 0...255, using: &numbers) }
            #expect(throws: PNGError.self) { try Picture(png: file) }
        }
    }

    @Test("a header that claims too much is refused before memory is taken on its word")
    func oversized() {
        for (width, height) in [(0x7FFF_FFFF, 0x7FFF_FFFF), (100_000, 1), (16_384, 16_384)] {
            #expect(throws: PNGError.oversized(source: "big", width: width, height: height)) {
                try Picture(png: HandmadePNG(announcing: width, height).bytes, source: "big")
            }
        }
        #expect(throws: PNGError.self) { try Picture(png: HandmadePNG(announcing: 0, 5).bytes) }
        #expect(throws: PNGError.self) { try Picture(png: HandmadePNG(announcing: 5, 5).bytes) }
    }

    @Test("another kind of file is named as no PNG, with what to do")
    func otherKinds() throws {
        let jpeg: [UInt8] = [0xFF, 0xD8, 0xFF, 0xE0, 0, 16]
        let error = #expect(throws: PNGError.self) { try Picture(png: jpeg, source: "cat.jpg") }
        #expect(error == .notPNG(source: "cat.jpg"))
        #expect(error?.description.contains("convert") == true)
    }

    @Test("grey and transparent files become RGB on white")
    func colourTypes() throws {
        let grey = HandmadePNG(width: 2, height: 1, colourType: 0, rows: [[0, 200]])
        #expect(try Picture(png: grey.bytes).rgb == [0, 0, 0, 200, 200, 200])
        let clear = HandmadePNG(
            width: 3, height: 1, colourType: 6,
            rows: [[10, 20, 30, 255, 10, 20, 30, 0, 0, 0, 0, 128]])
        let picture = try Picture(png: clear.bytes)
        #expect(picture[x: 0, y: 0] == PictureColor(red: 10, green: 20, blue: 30))
        #expect(picture[x: 1, y: 0] == .white)
        #expect((100..<220).contains(picture[x: 2, y: 0].red))
    }

    @Test("what is not a readable regular file is named with its fault")
    func unreadable() throws {
        try withFolder { folder in
            #expect(throws: StoredFileError.notFound(path: folder + "/none")) {
                try Picture(readingPNG: folder + "/none")
            }
            #expect(throws: StoredFileError.notAFile(path: folder)) {
                try Picture(readingPNG: folder)
            }
            try StoredFile.replace(folder + "/long", with: [1, 2, 3, 4])
            #expect(
                throws: StoredFileError.tooLarge(path: folder + "/long", bytes: 4, limit: 3)
            ) { try StoredFile.read(folder + "/long", limit: 3) }
            // A pipe that nobody writes to must not hold the reader up.
            #expect(mkfifo(folder + "/pipe", 0o600) == 0)
            #expect(throws: StoredFileError.notAFile(path: folder + "/pipe")) {
                try StoredFile.read(folder + "/pipe", limit: 3)
            }
        }
    }
}
