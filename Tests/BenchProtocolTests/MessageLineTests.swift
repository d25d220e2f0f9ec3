import BenchProtocol
import Testing

@Suite("A message's line")
struct MessageLineTests {
    @Test("every event reads back as it was, non-finite numbers included")
    func eventsRoundTrip() throws {
        #expect(Set(sampleEvents.map(lineType)).count == eventTypeCount)
        for event in sampleEvents {
            let line = EventLine.encode(event)
            #expect(line.filter { $0 == 0x0A }.count == 1 && line.last == 0x0A)
            #expect(try EventLine.decode(line) == event)
            #expect(EventLine.text(event).hasPrefix("{\"type\":\"\(lineType(event))\""))
        }
    }

    @Test("every command reads back as it was")
    func commandsRoundTrip() throws {
        #expect(Set(sampleCommands.map(lineType)).count == commandTypeCount)
        for command in sampleCommands {
            let text = MessageLine<Command>.text(command)
            #expect(text.hasPrefix("{\"type\":\"\(lineType(command))\""))
            #expect(try MessageLine<Command>.decode(text) == command)
        }
    }

    @Test("fields stand in the order of their declaration, in snake case, absent ones as null")
    func exactText() {
        #expect(
            MessageLine<Command>.text(.addLane(lane: sampleSettings))
                == #"{"type":"add_lane","lane":{"name":"popalign","objective":"popalign","#
                + #""divergence":null,"beta":2000.0,"kappa":1.0,"alpha":null,"sft_weight":0.0,"#
                + #""safeguard":null,"learning_rate":0.0001,"warmup_steps":20}}"#)
        #expect(MessageLine<Command>.text(.start) == #"{"type":"start"}"#)
        #expect(
            EventLine.text(sampleEvents[3])
                == #"{"type":"field","lane":"js","step":1,"share_on_winner":0.25,"#
                + #""median_ratio":null,"saturated":0.0,"capped":1.0,"mean_dx":-1.0,"mean_dy":2.0,"#
                + #""arrows":[{"x":-2.0,"y":3.0,"dx":null,"dy":0.5}],"points":[],"quartiles":"#
                + #"[{"pairs":0,"share_on_winner":null,"median_ratio":null,"saturated":null,"#
                + #""capped":null,"mean_dx":null,"mean_dy":null}]}"#)
        #expect(
            EventLine.text(sampleEvents[5]).contains(#""pictures":[{"rgb":"AP8B/gL9","label""#))
        #expect(EventLine.text(sampleEvents[11]).contains(#"tab\tbell\u0007\u001b[31m\\ / "#))
    }

    @Test("a line written by another program is read: any order, spaces, escapes, whole floats")
    func foreignStyle() throws {
        let line = #"""
             { "points": 5e1 , "extra": [{"type":"x"}, "}\"]"], "first_step":0.0,"last_step" :99,
            "lane":"\u006as","quan\u0074ity":"l\/o\n\ud83d\ude00ss" , "type":"fetch_curve" }
            """#
        #expect(
            try MessageLine<Command>.decode(line)
                == .fetchCurve(
                    CurveRequest(
                        lane: "js", quantity: "l/o\n😀ss", firstStep: 0, lastStep: 99, points: 50)))
    }

    @Test("a reading that is missing reads as NaN, so that older lines stay readable")
    func missingReadings() throws {
        let event = try EventLine.decode(
            #"{"type":"step","lane":"a","step":1,"quartiles":[],"loss":0.5}"#)
        var expected = StepMetrics(lane: "a", step: 1)
        expected.loss = 0.5
        #expect(event == .step(expected))
    }

    @Test("a field without quarters, as older engines tell it, has none")
    func missingQuarters() throws {
        let event = try EventLine.decode(
            #"{"type":"field","lane":"a","step":1,"share_on_winner":0.5,"arrows":[],"points":[]}"#)
        guard case .field(let field) = event else {
            Issue.record("not a field")
            return
        }
        #expect(field.quartiles.isEmpty && field.shareOnWinner == 0.5 && field.capped.isNaN)
    }

    @Test(
        "a wrong line names the type, the field and the fault",
        arguments: [
            (#"{"type":"teleport","x":1}"#, LineError.unknownType("teleport")),
            (#"{"type":"fetchCurve"}"#, .unknownType("fetchCurve")),
            (#"{"type":""}"#, .unknownType("")),
            (#"{"kind":"start"}"#, .noType),
            (#"{"type":7}"#, .noType),
            (#"{}"#, .noType),
            (
                #"{"type":"step"}"#,
                .badField(type: "step", field: "count", problem: "is missing")
            ),
            (
                #"{"type":"step","count":"3"}"#,
                .badField(type: "step", field: "count", problem: "must be a number")
            ),
            (
                #"{"type":"step","count":1.5}"#,
                .badField(
                    type: "step", field: "count",
                    problem: "must be a whole number that fits 64 bits")
            ),
            (
                #"{"type":"step","count":0}"#,
                .badField(type: "step", field: "count", problem: "must be at least 1")
            ),
            (
                #"{"type":"add_lane","lane":{"name":"a","objective":1}}"#,
                .badField(type: "add_lane", field: "lane.objective", problem: "must be a string")
            ),
            (
                #"{"type":"add_lane","lane":[]}"#,
                .badField(type: "add_lane", field: "lane", problem: "must be an object")
            ),
            ("[]", .malformed(problem: "no { at the start", offset: 0)),
            ("", .malformed(problem: "no { at the start", offset: 0)),
            (#"{"type":"start"} x"#, .malformed(problem: "text after the object", offset: 17)),
            (#"{"type":"start",}"#, .malformed(problem: "no field name", offset: 16)),
            (#"{"type":"sta"#, .malformed(problem: "the line ends too early", offset: 12)),
            (
                #"{"type":"start","a":01}"#,
                .malformed(problem: "a number with a leading 0", offset: 20)
            ),
            (
                #"{"type":"start","a":"\ud83d"}"#,
                .malformed(problem: "half a surrogate pair", offset: 21)
            ),
        ])
    func faults(line: String, expected: LineError) {
        #expect(throws: expected) { try MessageLine<Command>.decode(line) }
        #expect(expected.isSkippable == (expected.description.contains("unknown line type")))
    }

    @Test("event fields that contradict each other or their kind are refused")
    func eventFaults() {
        func field(_ line: String) -> String? {
            do {
                _ = try EventLine.decode(line)
            } catch LineError.badField(_, let field, _) {
                return field
            } catch {}
            return nil
        }
        let sheet = #"{"type":"thumbnails","lane":"a","prompt":"p","step":0,"width":2,"height":1,"#
        #expect(field(sheet + #""pictures":[{"rgb":"AAAA","label":""}]}"#) == "pictures[0].rgb")
        #expect(field(sheet + #""pictures":[{"rgb":"A!AA","label":""}]}"#) == "pictures[0].rgb")
        #expect(field(sheet + #""pictures":[{"rgb":[1],"label":""}]}"#) == "pictures[0].rgb")
        #expect(field(sheet + #""pictures":{}}"#) == "pictures")
        let huge = sheet.replacing("\"width\":2", with: "\"width\":4611686018427387904")
        #expect(field(huge + #""pictures":[]}"#) == "width")
        #expect(
            field(
                #"{"type":"population","lane":"a","prompt":"p","step":0,"attribute":"tone","#
                    + #""classes":["x"],"counts":[1,2]}"#) == "counts")
        #expect(field(#"{"type":"log","level":"loud","message":"m"}"#) == "level")
        #expect(
            field(#"{"type":"step","lane":"a","step":1,"quartiles":[],"loss":1e999}"#) == "loss")
        #expect(field(#"{"type":"checkpoint","step":1,"path":"","bytes":1e300}"#) == "bytes")
    }

    @Test("depth, length and bytes that are not UTF-8 are refused before anything is decoded")
    func hostile() {
        let deep = #"{"type":"start","a":"# + String(repeating: "[", count: 1_000_000)
        #expect(throws: LineError.tooDeep(limit: 32, offset: 20 + 31)) {
            try MessageLine<Command>.decode(deep)
        }
        let long = [UInt8](repeating: 0x7B, count: LineFormat.maximumBytes + 1)
        #expect(throws: LineError.tooLong(limit: LineFormat.maximumBytes)) {
            try EventLine.decode(long)
        }
        for bad: [UInt8] in [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF0, 0x9F]] {
            let line = Array(#"{"type":""#.utf8) + bad + Array(#""}"#.utf8)
            #expect(throws: LineError.notUTF8) { try EventLine.decode(line) }
        }
        #expect(throws: LineError.self) { try EventLine.decode(#"{"type":"start","a":"#) }
        let digits = #"{"type":"start","a":"# + String(repeating: "1", count: 1_000_000) + "}"
        #expect(throws: LineError.malformed(problem: "a number of too many digits", offset: 20)) {
            try MessageLine<Command>.decode(digits)
        }
    }

    @Test("bytes changed, cut or added at random give a message or a LineError, never a crash")
    func mutations() {
        var generator = SeededGenerator(seed: 11)
        let lines =
            sampleEvents.map(EventLine.encode) + sampleCommands.map(MessageLine<Command>.encode)
        let alphabet = Array("{}[]\",:\\0123456789.eE+-truefalsn \n\u{0}uäd8".utf8)
        var accepted = 0
        for _ in 0..<20_000 {
            var line = lines.randomElement(using: &generator)!
            for _ in 0..<Int.random(in: 1...4, using: &generator) where !line.isEmpty {
                let index = line.indices.randomElement(using: &generator)!
                switch Int.random(in: 0..<4, using: &generator) {
                case 0: line[index] = alphabet.randomElement(using: &generator)!
                case 1: line.remove(at: index)
                case 2: line.insert(UInt8.random(in: 0...255, using: &generator), at: index)
                default: line.removeSubrange(index...)
                }
            }
            if let event = try? EventLine.decode(line) {
                accepted += 1
                #expect((try? EventLine.decode(EventLine.encode(event))) == event)
            }
            _ = try? MessageLine<Command>.decode(line)
        }
        // Some changes only touch a value; if none did, the property above tested nothing.
        #expect(accepted > 200)
    }

    @Test("base64 of any bytes reads back")
    func base64() throws {
        var generator = SeededGenerator(seed: 3)
        for pixels in [1, 2, 3, 5, 64, 1024] {
            let rgb = (0..<3 * pixels).map { _ in UInt8.random(in: 0...255, using: &generator) }
            let event = Event.thumbnails(
                Thumbnails(
                    lane: "a", prompt: "p", step: 1, width: pixels, height: 1,
                    pictures: [.init(rgb: rgb, label: "", confidence: 1)]))
            #expect(try EventLine.decode(EventLine.encode(event)) == event)
        }
    }
}
