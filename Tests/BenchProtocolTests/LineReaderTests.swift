import BenchProtocol
import Testing

@Suite("The line reader")
struct LineReaderTests {
    @Test("lines come out whole however the stream was cut")
    func anyCut() throws {
        var generator = SeededGenerator(seed: 5)
        let lines = (0..<300).map { index -> [UInt8] in
            Array("line \(index) ".utf8)
                + [UInt8](repeating: 0x78, count: Int.random(in: 0..<3000, using: &generator))
        }
        let stream = Array(lines.map { $0 + [0x0A] }.joined())
        for largest in [1, 7, 100, 5000, 1_000_000] {
            var reader = LineReader()
            var read: [[UInt8]] = []
            var index = 0
            while index < stream.count {
                let size = Int.random(in: 1...largest, using: &generator)
                let end = min(index + size, stream.count)
                reader.append(stream[index..<end])
                index = end
                while let line = try reader.next() { read.append(line) }
            }
            #expect(read == lines)
            try reader.finish()
        }
    }

    @Test("a line over the limit is reported once and passed over, however it arrives")
    func limit() throws {
        for step in [1, 4, 100] {
            var reader = LineReader(limit: 10)
            let stream = Array("0123456789\n0123456789x\nnext\n".utf8)
            var outcomes: [String] = []
            for index in stride(from: 0, to: stream.count, by: step) {
                reader.append(stream[index..<min(index + step, stream.count)])
                while true {
                    do {
                        guard let line = try reader.next() else { break }
                        outcomes.append(String(decoding: line, as: UTF8.self))
                    } catch {
                        #expect(error == .tooLong(limit: 10))
                        outcomes.append("too long")
                    }
                }
            }
            #expect(outcomes == ["0123456789", "too long", "next"])
        }
    }

    @Test("an endless line does not pile up")
    func endless() throws {
        var reader = LineReader(limit: 1000)
        var faults = 0
        for _ in 0..<1000 {
            reader.append([UInt8](repeating: 0x61, count: 1000))
            do { #expect(try reader.next() == nil) } catch { faults += 1 }
        }
        #expect(faults == 1)
        reader.append(Array("\nok\n".utf8))
        #expect(try reader.next() == Array("ok".utf8))
    }

    @Test("empty lines are passed over, and a line without its end was torn")
    func torn() throws {
        var reader = LineReader()
        reader.append(Array("\n \r\n{}\r\n{\"ty".utf8))
        #expect(try reader.next() == Array("{}\r".utf8))
        #expect(try reader.next() == nil)
        #expect(throws: LineError.torn(bytes: 4)) { try reader.finish() }
    }
}
