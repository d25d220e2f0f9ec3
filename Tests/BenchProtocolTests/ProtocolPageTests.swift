import BenchProtocol
import Foundation
import Testing

@Suite("The page about the protocol")
struct ProtocolPageTests {
    /// One heading of the page: its type, its text, and the JSON lines in it.
    struct Entry {
        var type: String
        var text: String
        var examples: [String]
    }

    /// The entries below one of the page's main headings.
    func entries(under heading: String) throws -> [Entry] {
        let page = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../docs/protocol.md").standardizedFileURL
        var entries: [Entry] = []
        var isInside = false
        var isExample = false
        for line in try String(contentsOf: page, encoding: .utf8).split(separator: "\n") {
            if line.hasPrefix("## ") {
                isInside = line == "## \(heading)"
            } else if isInside, line.hasPrefix("### ") {
                let type = line.dropFirst(4).trimmingCharacters(in: CharacterSet(charactersIn: "`"))
                entries.append(Entry(type: type, text: "", examples: []))
            } else if isInside, line.hasPrefix("```") {
                isExample = line == "```json"
            } else if isInside, isExample {
                entries[entries.count - 1].examples.append(String(line))
            } else if isInside, !entries.isEmpty {
                entries[entries.count - 1].text += line + "\n"
            }
        }
        return entries
    }

    /// The names of all fields in a line of our own, at any depth.
    func fields(in line: String) -> Set<String> {
        Set(line.matches(of: /"([a-z_0-9]+)":/).map { String($0.output.1) }).subtracting(["type"])
    }

    @Test("every event is documented with its fields and an example that decodes")
    func events() throws {
        let entries = try entries(under: "Events")
        #expect(entries.map(\.type).sorted() == sampleEvents.map(lineType).sorted())
        for entry in entries {
            #expect(!entry.examples.isEmpty, "\(entry.type) has no example")
            for example in entry.examples {
                let event = try EventLine.decode(example)
                #expect(lineType(event) == entry.type)
                #expect(EventLine.text(event) == example)
            }
            for sample in sampleEvents where lineType(sample) == entry.type {
                for field in fields(in: EventLine.text(sample)) {
                    let isLane = fields(
                        in: MessageLine<Command>.text(.addLane(lane: sampleSettings))
                    )
                    .contains(field)
                    #expect(
                        entry.text.contains("`\(field)`") || (isLane && entry.type == "state"),
                        "\(entry.type) does not document \(field)")
                }
            }
        }
    }

    @Test("every command is documented with its fields and an example that decodes")
    func commands() throws {
        let entries = try entries(under: "Commands")
        #expect(entries.map(\.type).sorted() == sampleCommands.map(lineType).sorted())
        for entry in entries {
            #expect(!entry.examples.isEmpty, "\(entry.type) has no example")
            for example in entry.examples {
                let command = try MessageLine<Command>.decode(example)
                #expect(lineType(command) == entry.type)
                #expect(MessageLine<Command>.text(command) == example)
            }
            for sample in sampleCommands where lineType(sample) == entry.type {
                for field in fields(in: MessageLine<Command>.text(sample)) {
                    #expect(
                        entry.text.contains("`\(field)`"),
                        "\(entry.type) does not document \(field)")
                }
            }
        }
    }

    @Test("the classes on the page are those that events have")
    func classes() throws {
        let page = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../docs/protocol.md").standardizedFileURL
        let text = try String(contentsOf: page, encoding: .utf8)
        for event in sampleEvents {
            let name =
                switch event.delivery {
                case .control: "control"
                case .telemetry: "telemetry"
                case .bulk: "bulk"
                }
            let row = try #require(
                text.split(separator: "\n").first { $0.hasPrefix("| \(name) |") })
            #expect(row.contains("`\(lineType(event))`"))
        }
        #expect(text.contains("now \(EngineHello.currentProtocol)."))
        #expect(LineFormat.maximumBytes == 16_777_216 && text.contains("16,777,216 bytes"))
    }
}
