import BenchProtocol
import DiffusionModels
import EngineLink
import Foundation
import MessageBus
import ModelStore
import NeuralLayers
import TensorCore
import Testing
import TrainingEngine

@Suite("popbench sessions, stop and export", .serialized)
struct SessionCommandTests {
    private let scratch: Scratch
    private let program: Program

    init() throws {
        scratch = try Scratch()
        program = Program(scratch)
    }

    private var sessions: String { scratch.path + "/data/popbench/sessions" }

    /// A session with one lane, nothing saved.
    private func makeSession(_ name: String, base: String = "embedded") throws -> SessionStore {
        var recipe = Recipe()
        recipe.model.base = base
        recipe.lanes = [RecipeLane.preset(name: "sft", objective: "sft")]
        return try SessionStore.create(at: "\(sessions)/\(name)", recipe: recipe, created: 1e9)
    }

    /// Saves weights as a lane's.
    private func save(
        _ weights: FloatBlock, of lane: String = "sft", average: FloatBlock? = nil,
        in store: SessionStore, step: Int
    ) throws {
        func values(_ block: FloatBlock) -> UnsafeBufferPointer<Float> {
            UnsafeBufferPointer(start: block.pointer, count: block.count)
        }
        let file = CheckpointFile(name: "lanes/\(lane).safetensors", expectedBytes: 1 << 20) {
            var writer = SafetensorsWriter(metadata: ["step": "\(step)", "name": lane])
            writer.add("weights", shape: [weights.count], floats: values(weights))
            if let average {
                writer.add("average", shape: [average.count], floats: values(average))
            }
            try writer.write(to: $0)
        }
        _ = try store.save(
            step: step, contents: [file], recipe: store.recipe(), created: 1e9 + Double(step))
    }

    @Test("without sessions the list says so, and is an empty array")
    func none() throws {
        let text = try program.run("sessions")
        #expect(text.status == 0 && text.output.contains("no sessions in \(sessions)"))
        let json = try program.run("sessions", "--json")
        #expect(json.status == 0)
        #expect(try JSONDecoder().decode([String].self, from: Data(json.output.utf8)).isEmpty)
    }

    /// What the tests read of a line of `sessions --json`.
    private struct Row: Decodable, Equatable {
        var name: String
        var step: Int
        var end_step: Int?
        var lanes: [String]
        var engine: String
        var last_saved: Double?
        var problem: String?
    }

    @Test("the list tells step, lanes, engine and problems of each")
    func list() throws {
        let saved = try makeSession("saved")
        try save(FloatBlock(count: 10), in: saved, step: 40)
        _ = try makeSession("fresh")
        let broken = try makeSession("broken")
        try Data("nonsense = [".utf8).write(
            to: URL(fileURLWithPath: broken.path + "/recipe.toml"))
        let json = try program.run("sessions", "--json")
        let rows = try JSONDecoder().decode([Row].self, from: Data(json.output.utf8))
        #expect(rows.map(\.name) == ["saved", "broken", "fresh"])
        #expect(
            rows[0]
                == Row(
                    name: "saved", step: 40, end_step: 400, lanes: ["sft"], engine: "idle",
                    last_saved: 1e9 + 40, problem: nil))
        #expect(rows[1].problem?.contains("recipe.toml") == true)
        #expect(rows[2].last_saved == nil && rows[2].problem == nil)
        let text = try program.run("sessions")
        #expect(text.status == 0)
        let lines = text.output.split(separator: "\n").map(String.init)
        #expect(lines.count == 5)
        #expect(lines[0].hasPrefix("NAME") && lines[1].contains("40/400"))
        #expect(lines[0].contains(/LAST SAVED \(.+\)/), "times have a zone")
        #expect(lines[1].contains(#/ \d+(\.\d)? [kM]B /#), "sizes are those of the screen")
        #expect(lines[3].hasPrefix("    problem: "))
        #expect(lines[4].contains("never"))
    }

    @Test("a session that is not running cannot be stopped, and one that is none neither")
    func stopNothing() throws {
        _ = try makeSession("quiet")
        for arguments in [["--session", "quiet"], ["quiet"]] {
            let quiet = try program.run(["stop"] + arguments)
            #expect(quiet.isRefusal && quiet.errors.contains("is not running"))
        }
        let none = try program.run("stop", "--session", "nobody")
        #expect(none.isRefusal && none.errors.contains("is not a session"))
        #expect(try program.run("stop", "--session", "a b").isRefusal)
    }

    @Test("stop asks the engine, waits until it has left, and tells what was saved")
    func stop() throws {
        let store = try makeSession("busy")
        let (events, commands) = (Bus<Event>(), Bus<Command>())
        let orders = try commands.mailbox(named: "engine")
        let runtime = try RuntimeFolder(path: scratch.path + "/sockets")
        let host = try EngineHost(
            session: store.path, version: "1", events: events, commands: commands,
            reach: .socket(in: runtime))
        let rows = try JSONDecoder().decode(
            [Row].self, from: Data(try program.run("sessions", "--json").output.utf8))
        #expect(rows.first?.engine == "running")

        try LinkThread.start("engine") {
            while let order = orders.next(timeout: .seconds(60)) {
                guard order == .stop else { continue }
                events.publish(
                    .checkpoint(
                        CheckpointSaved(step: 7, path: "step-000007", seconds: 0, bytes: 2048)))
                events.publish(.goodbye(Goodbye(reason: "stopped", step: 7)))
                host.close()
                return
            }
        }
        let outcome = try program.run("stop", "--session", "busy")
        #expect(outcome.status == 0 && outcome.errors.isEmpty)
        #expect(outcome.output == "stopped at step 7; saved step-000007 (2 kB)\n")
        #expect(SessionStatus.inspect(store.path) == .idle)
    }

    @Test("an engine that does not leave in time is reported")
    func stopInVain() throws {
        let store = try makeSession("deaf")
        let (events, commands) = (Bus<Event>(), Bus<Command>())
        let orders = try commands.mailbox(named: "engine")
        let host = try EngineHost(
            session: store.path, version: "1", events: events, commands: commands,
            reach: .socket(in: RuntimeFolder(path: scratch.path + "/sockets")))
        let outcome = try program.run("stop", "--session", "deaf", "--timeout", "0.5")
        #expect(outcome.isRefusal && outcome.errors.contains("has not left within 0.5 s"))
        #expect(orders.next(timeout: .seconds(20)) == .stop)
        host.close()
    }

    @Test("a lane's weights are exported and sampled as they were saved last")
    func lane() throws {
        let model = scratch.path + "/model"
        try ModelFolders.captions().write(to: model)
        let pipeline = try DiffusionPipeline(opening: model)
        let store = try makeSession("trained", base: model)
        let trained = FloatBlock(count: pipeline.unet.layout.count)
        pipeline.unet.layout.initialise(trained, seed: 77)
        try save(pipeline.unetWeights, in: store, step: 10)
        try save(trained, in: store, step: 20)

        let exported = try program.run(
            "export", "--session", "trained", "--lane", "sft", "--output", "lane")
        #expect(exported.status == 0 && exported.output.contains("step 20"))
        let read = try DiffusionPipeline(opening: scratch.path + "/lane")
        #expect(read.unetWeights.array == trained.array)
        #expect(read.textWeights.array == pipeline.textWeights.array)
        #expect(
            scratch.names(in: "lane") == [
                "model_index.json", "pipeline.py", "scheduler", "text_encoder", "tokenizer", "unet",
            ])

        func sample(_ output: String, _ choice: String...) throws -> Data {
            let outcome = try program.run(
                [
                    "sample", "--prompt", "a cook", "--count", "1", "--steps", "2", "--output",
                    output,
                ]
                    + choice)
            #expect(outcome.status == 0 && outcome.errors.isEmpty)
            return try scratch.bytes(output)
        }
        let lane = try sample("lane.png", "--session", "trained", "--lane", "sft")
        let base = try sample("base.png", "--session", "trained", "--lane", "base")
        #expect(lane != base)
        #expect(try sample("exported.png", "--model", "lane") == lane)
        #expect(try sample("model.png", "--model", "model") == base)

        let again = try program.run(
            "export", "--session", "trained", "--lane", "base", "--output", "lane")
        #expect(again.isRefusal && again.errors.contains("--replace"))
        let replaced = try program.run(
            "export", "--session", "trained", "--lane", "base", "--output", "lane", "--replace")
        #expect(replaced.status == 0)
        #expect(try sample("replaced.png", "--model", "lane") == base)
    }

    @Test("the moving average is what is sampled, where a lane keeps one")
    func average() throws {
        let pipeline = try ModelFolders.captions()
        let store = try makeSession("averaged")
        let average = FloatBlock(count: pipeline.unetWeights.count)
        pipeline.unet.layout.initialise(average, seed: 3)
        try save(pipeline.unetWeights, average: average, in: store, step: 1)
        let found = try LaneWeights.load(session: store, lane: "sft", pipeline: pipeline)
        #expect(found.array == average.array)
    }

    @Test("a lane that cannot be had is refused with the lanes that can")
    func noLane() throws {
        let model = scratch.path + "/model"
        try ModelFolders.captions().write(to: model)
        let store = try makeSession("new", base: model)
        func export(_ lane: String) throws -> Program.Outcome {
            try program.run("export", "--session", "new", "--lane", lane, "--output", "out")
        }
        let unsaved = try export("sft")
        #expect(unsaved.isRefusal && unsaved.errors.contains("no checkpoint yet"))
        let other = try export("../sft")
        #expect(other.isRefusal && other.errors.contains("its lanes are base, sft"))
        // Weights of another model.
        try save(FloatBlock(count: 12), in: store, step: 1)
        let odd = try export("sft")
        #expect(odd.isRefusal && odd.errors.contains("weights"))
        #expect(!scratch.names().contains("out"))
        // A checkpoint that has changed on disk.
        let file = store.path + "/checkpoints/step-000001/lanes/sft.safetensors"
        try Data("x".utf8).write(to: URL(fileURLWithPath: file))
        let torn = try export("sft")
        #expect(torn.isRefusal && torn.errors.contains("no checkpoint that is whole"))
    }
}
