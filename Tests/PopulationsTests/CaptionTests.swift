import Populations
import TensorCore
import Testing

@Suite("Captions")
struct CaptionTests {
    @Test("all 481 captions are different texts and come back from their text")
    func roundTrip() throws {
        #expect(Caption.all.count == 481)
        #expect(Set(Caption.all.map(\.text)).count == 481)
        for caption in Caption.all {
            #expect(try Caption(parsing: caption.text) == caption)
            #expect(try Caption(parsing: "  \(caption.text.uppercased())\t") == caption)
        }
    }

    @Test("the texts read as English does")
    func texts() {
        #expect(Caption(.judge).text == "a judge")
        #expect(Caption(.artist).text == "an artist")
        #expect(Caption(.officeWorker, gender: .woman).text == "a woman office worker")
        #expect(Caption(.astronaut, tone: .medium).text == "a medium-skinned astronaut")
        let judge = PersonAttributes(profession: .judge, gender: .woman, tone: .mediumDark)
        #expect(Caption(judge).text == "a medium-dark-skinned woman judge")
        #expect(Caption.empty.text == "")
    }

    @Test("each caption is of the kind that it names attributes for")
    func kinds() {
        let counts = Dictionary(grouping: Caption.all, by: \.kind).mapValues(\.count)
        #expect(counts == [.empty: 1, .neutral: 20, .partial: 160, .identity: 300])
    }

    @Test("doctor is understood and printed as health worker, articles may be wrong or missing")
    func leniency() throws {
        #expect(
            try Caption(parsing: "a dark-skinned doctor").text == "a dark-skinned health worker")
        #expect(try Caption(parsing: "a artist") == Caption(.artist))
        #expect(try Caption(parsing: "woman   pilot") == Caption(.pilot, gender: .woman))
        #expect(try Caption(parsing: " \n ") == .empty)
    }

    @Test(
        "an unknown word is named, with the words that exist",
        arguments: [
            ("a plumber", "plumber"), ("a tall judge", "tall"), ("a dark judge", "dark"),
            ("a green-skinned judge", "green-skinned"), ("a judge, please", "judge,"),
            ("ein richter", "ein"), ("a judge \u{1F600}", "\u{1F600}"),
        ])
    func unknownWord(prompt: String, word: String) {
        let error = #expect(throws: CaptionError.self) { try Caption(parsing: prompt) }
        #expect(error == .unknownWord(word, prompt: prompt))
        for known in [
            "\"\(word)\"", "medium-dark-skinned", "woman", "construction worker", "doctor",
        ] {
            #expect(error?.description.contains(known) == true)
        }
    }

    @Test(
        "a known word in the wrong place is named",
        arguments: [
            ("a judge woman", "woman"), ("a woman dark-skinned judge", "dark-skinned"),
            ("a woman man judge", "man"), ("a a judge", "a"), ("a police worker", "worker"),
            ("judge judge", "judge"), ("a worker", "worker"),
        ])
    func misplacedWord(prompt: String, word: String) {
        #expect(throws: CaptionError.misplacedWord(word, prompt: prompt)) {
            try Caption(parsing: prompt)
        }
    }

    @Test(
        "a prompt that stops before its profession says so",
        arguments: ["a", "a woman", "a police"])
    func noProfession(prompt: String) {
        #expect(throws: CaptionError.noProfession(prompt: prompt)) { try Caption(parsing: prompt) }
    }

    @Test("an endless prompt is refused with a short error")
    func endless() {
        for word in ["judge ", "x", "a ", "\u{1F600}"] {
            let error = #expect(throws: CaptionError.self) {
                try Caption(parsing: String(repeating: word, count: 1_000_000))
            }
            #expect((error?.description.utf8.count ?? .max) < 4_000)
        }
    }

    @Test("any string of known words is a caption that prints and parses to itself, or an error")
    func wordSalad() {
        var numbers = seededNumbers(40)
        let words =
            ["a", "an", "doctor"] + Gender.all.map(\.name)
            + SkinTone.all.map { "\($0.name)-skinned" }
            + Profession.all.flatMap { $0.name.split(separator: " ").map(String.init) }
        var understood = 0
        for _ in 0..<20_000 {
            let salad = (0..<(1 + numbers.index(below: 4))).map { _ in
                words[numbers.index(below: words.count)]
            }
            do {
                let caption = try Caption(parsing: salad.joined(separator: " "))
                #expect(try Caption(parsing: caption.text) == caption)
                understood += 1
            } catch {
                #expect(error is CaptionError)
            }
        }
        #expect(understood > 1_000)
    }

    @Test("the vocabulary holds every piece of every caption, each once")
    func vocabulary() {
        let words = Caption.vocabularyWords
        #expect(Set(words).count == words.count)
        var used: Set<String> = ["doctor"]
        for caption in Caption.all {
            for word in caption.text.split(separator: " ") {
                let parts = word.split(separator: "-").map(String.init)
                used.formUnion(parts)
                if parts.count > 1 { used.insert("-") }
            }
        }
        #expect(used == Set(words))
    }

    @Test("neutral and identity prompts are what the population recipe asks for")
    func prompts() {
        #expect(Caption.allNeutralPrompts.count == 20)
        #expect(Caption.allNeutralPrompts.allSatisfy { $0.kind == .neutral })
        for profession in Profession.all {
            let prompts = Caption.identityPrompts(profession)
            #expect(Set(prompts).count == 15)
            #expect(prompts.allSatisfy { $0.kind == .identity && $0.profession == profession })
        }
        #expect(Set(Profession.heldOut).count == 6 && Profession.aligned.count == 14)
    }

    @Test("a caption describes exactly the people who have what it names")
    func describes() {
        for (caption, count) in [
            (Caption.empty, 300), (Caption(.cook), 15), (Caption(.cook, gender: .man), 5),
            (Caption(.cook, tone: .dark), 3), (Caption(.cook, gender: .man, tone: .dark), 1),
        ] {
            #expect(PersonAttributes.all.count { caption.describes($0) } == count)
        }
    }

    @Test("class numbers count through the attributes in order")
    func indices() {
        #expect(PersonAttributes.all.map(\.index) == Array(0..<300))
        #expect(Profession.all.map(\.index) == Array(0..<20))
        #expect(Gender.all.map(\.index) == Array(0..<3))
        #expect(SkinTone.all.map(\.index) == Array(0..<5))
    }
}
