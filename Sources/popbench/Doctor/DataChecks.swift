import DiffusionModels
import EngineLink
import Foundation
import NeuralLayers
import Pictures
import Populations
import TrainingEngine

/// What the doctor looks at on disk: font, table, models, sessions, sockets.
enum DataChecks {
    /// Less free disk than this is worth a word; a checkpoint of four lanes takes about 120 MB.
    static let comfortableBytes = 1 << 30
    /// Less than this, and not one checkpoint fits.
    static let leastBytes = 256 << 20

    /// All of them.
    static func all(_ environment: [String: String]) -> [Finding] {
        let locations = Locations.current()
        return [
            font(EmojiFont.path(in: environment)), table(EmojiTable.path(in: environment)),
            pictures(environment), model(locations), classifier(locations),
            shared(.sessions, "recipes", locations), shared(.themes, "themes", locations),
            sessions(locations), sockets(),
        ]
    }

    private static func font(_ path: String) -> Finding {
        do {
            let bytes = try EmojiFont.contents(of: path)
            _ = try EmojiFont(contents: bytes, path: path)
            return .ok(
                "font", "\(path), \(byteText(bytes.count))",
                ["path": path, "sha256": SHA256.digest(of: bytes)])
        } catch {
            return .problem("font", error)
        }
    }

    private static func table(_ path: String) -> Finding {
        do {
            let bytes = try EmojiTable.contents(of: path)
            let table = try EmojiTable(contents: bytes, path: path)
            return .ok(
                "emoji table", "\(path), \(table.count) emoji",
                ["path": path, "sha256": SHA256.digest(of: bytes), "emoji": "\(table.count)"])
        } catch {
            return .problem("emoji table", error)
        }
    }

    private static func pictures(_ environment: [String: String]) -> Finding {
        do {
            let people = try EmojiPeople(environment: environment)
            return .ok(
                "pictures",
                "\(PersonAttributes.all.count) people, digest \(people.digest.prefix(16))",
                ["digest": people.digest])
        } catch {
            return .problem("pictures", error)
        }
    }

    private static func model(_ locations: Locations) -> Finding {
        do {
            let path = try locations.path(of: Shipped.modelName, in: .models)
            let pipeline = try DiffusionPipeline(opening: path)
            let size = pipeline.pictureSize
            return .ok(
                "base model", "\(path), \(size.width)x\(size.height)",
                ["path": path, "parameters": "\(pipeline.unet.layout.count)"])
        } catch {
            return .problem("base model", error, advice: modelAdvice)
        }
    }

    private static func classifier(_ locations: Locations) -> Finding {
        do {
            let path = try locations.path(of: Shipped.modelName, in: .models)
            let classifier = try AttributeClassifier(opening: path)
            return .ok(
                "classifier",
                classifier.configuration.attributes.map { "\($0.name) \($0.classes.count)" }
                    .joined(separator: ", "), ["path": path])
        } catch {
            return .problem("classifier", error, advice: modelAdvice)
        }
    }

    private static let modelAdvice =
        "run inside the checkout, reinstall, or name the folder that holds models in "
        + "POPBENCH_SHARE"

    private static func shared(
        _ shared: Locations.Shared, _ name: String, _ locations: Locations
    ) -> Finding {
        let places = locations.shareFolders.map { "\($0)/\(shared.rawValue)" }
        for place in places {
            guard let names = try? FileManager.default.contentsOfDirectory(atPath: place) else {
                continue
            }
            let files = names.filter { $0.hasSuffix(".toml") }.map { String($0.dropLast(5)) }
            guard !files.isEmpty else { continue }
            return .ok(name, "\(place): \(files.sorted().joined(separator: ", "))", ["path": place])
        }
        return .problem(
            name, "none; looked at \(places.joined(separator: ", "))", advice: modelAdvice)
    }

    private static func sessions(_ locations: Locations) -> Finding {
        let path = locations.sessions
        // Made with the first session; until then the folder that it will be made in counts.
        var existing = path
        while access(existing, F_OK) != 0, existing != "/" {
            existing = (existing as NSString).deletingLastPathComponent
        }
        var details = ["path": path]
        guard access(existing, W_OK | X_OK) == 0 else {
            return .problem(
                "sessions", "\(path) cannot be written to (\(String(cString: strerror(errno))))",
                advice: "make \(existing) writable, or set XDG_DATA_HOME to another folder", details
            )
        }
        var status = statvfs()
        guard statvfs(existing, &status) == 0 else {
            return .ok("sessions", path, details)
        }
        let free = Int(
            clamping: UInt64(status.f_bavail).multipliedReportingOverflow(
                by: UInt64(status.f_frsize)
            ).partialValue)
        details["free_bytes"] = "\(free)"
        let summary = "\(path), \(byteText(free)) free"
        if free < leastBytes {
            return .problem(
                "sessions", summary, advice: "make room: a checkpoint does not fit", details)
        }
        if free < comfortableBytes {
            return .warning(
                "sessions", summary, advice: "make room: a few checkpoints fit", details)
        }
        return .ok("sessions", summary, details)
    }

    private static func sockets() -> Finding {
        do {
            let path = try RuntimeFolder.standard().path
            return .ok("sockets", path, ["path": path])
        } catch {
            return .problem("sockets", error)
        }
    }
}
