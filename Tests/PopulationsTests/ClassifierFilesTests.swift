import Foundation
import ModelStore
import Populations
import TensorCore
import Testing

@Suite("Classifier files that are wrong or hostile are refused")
struct ClassifierFilesTests {
    private let configuration = AttributeNetworkConfiguration(
        imageSize: 8, widths: [4], groups: 2, attributes: [.init(name: "a", classes: ["x", "y"])])

    /// The error of opening a written classifier whose files were changed.
    private func failure(_ change: (String) throws -> Void) throws -> ModelStoreError? {
        try withFolder { folder in
            try AttributeClassifier(configuration, seed: 1).write(to: folder)
            _ = try AttributeClassifier(opening: folder)
            try change(folder)
            return #expect(throws: ModelStoreError.self) {
                try AttributeClassifier(opening: folder)
            }
        }
    }

    private func failure(configuration text: String) throws -> ModelStoreError? {
        try failure { try Data(text.utf8).write(to: URL(filePath: "\($0)/config.json")) }
    }

    private func text(
        name: String = "AttributeClassifier", size: String = "8", widths: String = "[4]",
        groups: String = "2", blocks: String = "null",
        attributes: String = #"[{"name":"a","classes":["x","y"]}]"#
    ) -> String {
        """
        {"_class_name":"\(name)","image_size":\(size),"widths":\(widths),"groups":\(groups),\
        "blocks":\(blocks),\
        "attributes":\(attributes)}
        """
    }

    @Test("values that no network can be built from are named")
    func values() throws {
        let classes = (0..<5000).map { "\"\($0)\"" }.joined(separator: ",")
        let many = [String](repeating: #"{"name":"a","classes":["x","y"]}"#, count: 33)
        let cases: [(subject: String, text: String)] = [
            ("_class_name", text(name: "UNet2DConditionModel")),
            ("image_size", text(size: "0")), ("image_size", text(size: "-8")),
            ("image_size", text(size: "100000")), ("image_size", text(size: "9223372036854775807")),
            ("widths", text(widths: "[]")), ("widths", text(widths: "[0]")),
            ("widths", text(widths: "[-4]")), ("widths", text(widths: "[5]")),
            ("widths", text(widths: "[4294967296]")),
            ("widths", text(widths: "[4,4,4,4,4,4,4,4,4]")),
            ("widths", text(groups: "0")), ("widths", text(groups: "-1")),
            ("widths", text(groups: "9223372036854775807")),
            ("blocks", text(blocks: "2")),
            ("blocks", text(name: "ResidualAttributeClassifier")),
            ("blocks", text(name: "ResidualAttributeClassifier", blocks: "0")),
            ("blocks", text(name: "ResidualAttributeClassifier", blocks: "1000000")),
            (
                "widths",
                text(name: "ResidualAttributeClassifier", widths: "[4,4,4,4]", blocks: "1")
            ),
            ("attributes", text(attributes: "[]")),
            ("attributes", text(attributes: #"[{"name":"a","classes":[]}]"#)),
            ("attributes", text(attributes: #"[{"name":"a","classes":["x"]}]"#)),
            ("attributes", text(attributes: #"[{"name":"a","classes":[\#(classes)]}]"#)),
            ("attributes", text(attributes: "[\(many.joined(separator: ","))]")),
        ]
        for (subject, text) in cases {
            let error = try failure(configuration: text)
            #expect(error?.kind == .unsupportedValue && error?.subject == subject, "\(subject)")
            #expect(error?.file.hasSuffix("config.json") == true)
        }
    }

    @Test("text that is no configuration")
    func malformed() throws {
        let deep = String(repeating: "[", count: 100_000)
        let texts = [
            "", "{", "[]", "null", "nonsense", "{}", deep, text(size: "1e400"),
            text(size: "8.5"), text(size: "\"8\""), text(widths: "{}"), text(attributes: "null"),
            text(widths: "[1e30]"), String(repeating: " ", count: 5 << 20),
        ]
        for text in texts {
            let error = try failure(configuration: text)
            #expect(error?.file.hasSuffix("config.json") == true, "\(text.prefix(80))")
        }
    }

    @Test("a huge network that the weights do not hold is refused before it takes memory")
    func huge() throws {
        let widths = "[\([String](repeating: "2048", count: 8).joined(separator: ","))]"
        let error = try failure(configuration: text(widths: widths))
        #expect(error?.kind == .unexpectedTensor || error?.kind == .missingTensor)
        #expect(error?.file.hasSuffix("safetensors") == true)
    }

    @Test("a folder, a pipe or nothing in a file's place")
    func places() throws {
        for name in ["config.json", "model.safetensors"] {
            #expect(
                try failure { try FileManager.default.removeItem(atPath: "\($0)/\(name)") } != nil)
            let folder = try failure {
                try FileManager.default.removeItem(atPath: "\($0)/\(name)")
                try FileManager.default.createDirectory(
                    atPath: "\($0)/\(name)", withIntermediateDirectories: false)
            }
            #expect(folder != nil)
            let pipe = try failure {
                try FileManager.default.removeItem(atPath: "\($0)/\(name)")
                #expect(mkfifo("\($0)/\(name)", 0o600) == 0)
            }
            #expect(pipe?.kind == .unreadable)
        }
    }

    @Test("weights that are cut short or belong to another network")
    func weights() throws {
        let short = try failure { folder in
            let file = URL(filePath: "\(folder)/model.safetensors")
            let bytes = try Data(contentsOf: file)
            try bytes.prefix(bytes.count - 7).write(to: file)
        }
        #expect(short?.kind == .wrongLength || short?.kind == .invalidOffsets)
        let other = try failure { folder in
            var wider = configuration
            wider.widths = [6]
            try AttributeClassifier(wider, seed: 1).write(to: "\(folder)/other")
            let manager = FileManager.default
            try manager.removeItem(atPath: "\(folder)/model.safetensors")
            try manager.moveItem(
                atPath: "\(folder)/other/model.safetensors",
                toPath: "\(folder)/model.safetensors")
        }
        #expect(other?.kind == .unexpectedTensor)
        #expect(other?.subject?.hasPrefix("stages.0") == true)
    }
}
