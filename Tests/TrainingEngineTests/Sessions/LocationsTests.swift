import Foundation
import Testing
import TrainingEngine

@Suite("Locations")
struct LocationsTests {
    private func checkout(_ scratch: Scratch, _ name: String = "clone") throws -> String {
        try scratch.write(
            "\(name)/Package.swift", "let package = Package(\n    name: \"popbench\",")
        try scratch.write("\(name)/sessions/starter.toml", "")
        try scratch.write("\(name)/themes/dark.toml", "")
        return "\(scratch.path)/\(name)"
    }

    private func locations(
        _ environment: [String: String] = [:], at folder: String, binary: String? = nil
    ) -> Locations {
        Locations(
            environment: environment.merging(["HOME": "/home/ada"]) { given, _ in given },
            currentFolder: folder, executable: binary)
    }

    @Test("Inside a checkout, also deep inside, sessions and all else are the checkout's")
    func insideCheckout() throws {
        let scratch = Scratch()
        let clone = try checkout(scratch)
        try scratch.write("clone/Sources/deep/file", "")
        for folder in [clone, "\(clone)/Sources/deep"] {
            let places = locations(
                ["XDG_DATA_HOME": "/data"], at: folder, binary: "/usr/bin/popbench")
            #expect(places.checkout == clone)
            #expect(places.sessions == "\(clone)/sessions")
            #expect(try places.folder(of: .themes) == "\(clone)/themes")
            #expect(try places.recipe("starter") == "\(clone)/sessions/starter.toml")
        }
    }

    @Test("A Package.swift of something else, or without sessions, is no checkout")
    func otherPackages() throws {
        let scratch = Scratch()
        try scratch.write("other/Package.swift", "let package = Package(name: \"other\"")
        try scratch.write("other/sessions/x", "")
        try scratch.write("bare/Package.swift", "let package = Package(name: \"popbench\"")
        for name in ["other", "bare"] {
            let places = locations(at: "\(scratch.path)/\(name)")
            #expect(places.checkout == nil)
            #expect(places.sessions == "/home/ada/.local/share/popbench/sessions")
            #expect(places.cache == "/home/ada/.cache/popbench")
        }
    }

    @Test("The XDG folders count where they are absolute")
    func xdg() {
        let given = locations(["XDG_DATA_HOME": "/data", "XDG_CACHE_HOME": "/cache"], at: "/")
        #expect(given.sessions == "/data/popbench/sessions")
        #expect(given.cache == "/cache/popbench")
        let relative = locations(["XDG_DATA_HOME": "data", "XDG_CACHE_HOME": ""], at: "/")
        #expect(relative.sessions == "/home/ada/.local/share/popbench/sessions")
        #expect(relative.cache == "/home/ada/.cache/popbench")
    }

    @Test("An installed binary finds share/popbench beside its folder, POPBENCH_SHARE first")
    func installed() throws {
        let scratch = Scratch()
        let binary = "\(scratch.path)/prefix/bin/popbench"
        try scratch.write("prefix/share/popbench/models/emoji-people/model_index.json", "{}")
        let places = locations(at: scratch.path, binary: binary)
        let share = "\(scratch.path)/prefix/share/popbench"
        #expect(try places.path(of: "emoji-people", in: .models) == "\(share)/models/emoji-people")
        try scratch.write("mine/models/emoji-people/model_index.json", "{}")
        let chosen = locations(["POPBENCH_SHARE": "mine"], at: scratch.path, binary: binary)
        #expect(try chosen.folder(of: .models) == "\(scratch.path)/mine/models")
        #expect(
            locations(at: scratch.path, binary: "/popbench/bin/popbench").shareFolders
                == ["/popbench/share/popbench"])
    }

    @Test(
        "A binary built in a checkout finds the checkout from elsewhere, but keeps no sessions there"
    )
    func builtElsewhere() throws {
        let scratch = Scratch()
        let clone = try checkout(scratch)
        let places = locations(
            at: scratch.path, binary: "\(clone)/.build/x86_64/release/popbench")
        #expect(places.checkout == nil)
        #expect(try places.folder(of: .themes) == "\(clone)/themes")
        #expect(places.sessions.hasPrefix("/home/ada"))
    }

    @Test("What is nowhere is an error that lists every place looked at")
    func nowhere() throws {
        let scratch = Scratch()
        let places = locations(
            ["POPBENCH_SHARE": "/a"], at: scratch.path, binary: "\(scratch.path)/p/bin/popbench")
        let looked = ["/a/models", "\(scratch.path)/p/share/popbench/models"]
        #expect(throws: SessionError.notFound(what: "folder of models", lookedAt: looked)) {
            try places.folder(of: .models)
        }
        let error = try #require(throws: SessionError.self) { try places.recipe("missing") }
        #expect("\(error)".contains("\(scratch.path)/p/share/popbench/sessions/missing.toml"))
    }

    @Test("A session is a name under the sessions folder, or a path")
    func sessions() throws {
        let scratch = Scratch()
        let clone = try checkout(scratch)
        let places = locations(at: clone)
        #expect(try places.session("mine") == "\(clone)/sessions/mine")
        #expect(try places.session("./mine") == "\(clone)/mine")
        #expect(try places.session("../x/mine/") == "\(scratch.path)/x/mine")
        #expect(try places.session("/tmp/mine") == "/tmp/mine")
        #expect(try places.session(".") == clone)
        try scratch.write("clone/here/session.json", "{}")
        #expect(try places.session("here") == "\(clone)/here")
        for name in ["", "a b", "-x", ".hidden", "x/.y", "a\nb", String(repeating: "a", count: 49)]
        {
            #expect(throws: SessionError.badName(name)) { try places.session(name) }
        }
    }

    @Test("A recipe given by path is taken before a starter of that name")
    func recipes() throws {
        let scratch = Scratch()
        let clone = try checkout(scratch)
        try scratch.write("clone/docs/mine.toml", "")
        try scratch.write("clone/docs/starter.toml", "")
        let places = locations(at: "\(clone)/docs")
        #expect(try places.recipe("mine.toml") == "\(clone)/docs/mine.toml")
        #expect(try places.recipe("starter.toml") == "\(clone)/docs/starter.toml")
        #expect(try places.recipe("starter") == "\(clone)/sessions/starter.toml")
        #expect(throws: SessionError.self) { try places.recipe("docs/starter") }
    }

    @Test("A fresh name is one that no session has, and stays a name")
    func freshNames() throws {
        let scratch = Scratch()
        let clone = try checkout(scratch)
        let places = locations(at: clone)
        #expect(places.freshSessionName("starter") == "starter")
        try scratch.write("clone/sessions/starter/x", "")
        try scratch.write("clone/sessions/starter-2/x", "")
        #expect(places.freshSessionName("starter") == "starter-3")
        let long = String(repeating: "a", count: 48)
        try scratch.write("clone/sessions/\(long)/x", "")
        _ = try places.session(places.freshSessionName(long))
        #expect(places.freshSessionName(long) != long)
    }
}
