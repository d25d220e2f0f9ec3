import Populations
import TensorCore
import Testing

@Suite("SHA-256")
struct SHA256Tests {
    @Test("the standard's examples come out")
    func examples() {
        #expect(
            SHA256.digest(of: [])
                == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(
            SHA256.digest(of: Array("abc".utf8))
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(
            SHA256.digest(of: [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000))
                == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test("the same bytes in any pieces give the same digest")
    func pieces() {
        var numbers = seededNumbers(60)
        for _ in 0..<50 {
            let bytes = (0..<numbers.index(below: 400)).map { _ in UInt8(numbers.index(below: 256))
            }
            var hash = SHA256()
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = 1 + numbers.index(below: 90)
                hash.update(Array(rest.prefix(count)))
                rest = rest.dropFirst(count)
            }
            #expect(hash.finish() == SHA256.digest(of: bytes))
        }
    }
}
