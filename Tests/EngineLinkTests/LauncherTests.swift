import BenchProtocol
import EngineLink
import Glibc
import MessageBus
import Testing

@Suite("Launching an engine")
struct LauncherTests {
    /// A launcher of a shell script in place of the program.
    func launcher(_ folder: ScratchFolder, _ script: String, timeout: Duration = patience) throws
        -> EngineLauncher
    {
        try folder.write("#!/bin/sh\n" + script, to: "engine.sh", mode: 0o755)
        return EngineLauncher(executable: folder.path + "/engine.sh", timeout: timeout)
    }

    @Test("an engine that dies at once is reported with the last lines of its log")
    func death() throws {
        let folder = try ScratchFolder()
        let script = """
            for line in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do echo "line $line"; done
            printf 'no \\033[31mmodel\\n' >&2
            exit 3
            """
        let expected = (5...15).map { "line \($0)" } + ["no [31mmodel"]
        #expect(throws: LinkError.engineDied(status: .exited(3), lastLines: expected)) {
            try launcher(folder, script).launch(session: folder.session())
        }
        #expect(throws: LinkError.engineDied(status: .killed(signal: SIGKILL), lastLines: expected))
        {
            try launcher(folder, "kill -9 $$").launch(session: folder.session())
        }
    }

    @Test("an engine whose offspring lives on is seen to have died all the same")
    func offspring() throws {
        let folder = try ScratchFolder()
        let script = "sleep 60 & echo $! > \"$3/offspring\"; exit 1"
        #expect(throws: LinkError.engineDied(status: .exited(1), lastLines: [])) {
            try launcher(folder, script).launch(session: folder.session())
        }
        let file = try #require(fopen(folder.session() + "/offspring", "r"))
        defer { fclose(file) }
        var digits = [CChar](repeating: 0, count: 32)
        try #require(fgets(&digits, 32, file) != nil)
        kill(Int32(atoi(digits)), SIGKILL)
    }

    @Test("an engine gets its own session, a lower priority, no terminal and no descriptors")
    func surroundings() throws {
        let folder = try ScratchFolder()
        let opened = open("/dev/null", O_RDONLY)
        let leaked = fcntl(opened, F_DUPFD, 50)
        defer { for descriptor in [opened, leaked] { close(descriptor) } }
        let script = """
            test "$(cut -d' ' -f6 /proc/$$/stat)" = $$ && echo own session
            echo "nice $(nice)"
            echo "input $(readlink /proc/$$/fd/0)"
            test -e /proc/$$/fd/\(leaked) && echo "a descriptor leaked"
            echo "$1 $2 $3"
            echo '{"pid":'$$',"socket":null,"protocol_version":1,"version":"1","started":0}' \\
                > "$3/engine.json"
            echo ready >&3
            """
        var launcher = try launcher(folder, script)
        launcher.niceness = 15
        let engine = try launcher.launch(session: folder.session())
        #expect(engine.pointer.pid > 1 && engine.pointer.protocolVersion == 1)
        #expect(
            EngineLog.lastLines(session: folder.session()) == [
                "own session", "nice 15", "input /dev/null",
                "engine --session \(folder.session())",
            ])
    }

    @Test("an engine that neither listens nor dies in time is asked to end")
    func silent() throws {
        let folder = try ScratchFolder()
        do {
            _ = try launcher(folder, "exec sleep 60", timeout: .milliseconds(1))
                .launch(session: folder.session())
            Issue.record("a silent engine was believed")
        } catch LinkError.engineSilent(let pid, _, _) {
            #expect(pid > 1)
        }
    }

    @Test("joining attaches to the engine that runs, or reports why none could be started")
    func join() throws {
        let folder = try ScratchFolder()
        let launcher = try launcher(folder, "echo broken; exit 1")
        #expect(throws: LinkError.engineDied(status: .exited(1), lastLines: ["broken"])) {
            try launcher.join(session: folder.session(), inbox: Bus())
        }
        let bench = try EngineBench(folder)
        let joined = try launcher.join(session: folder.session(), inbox: Bus())
        #expect(joined.launched == nil)
        joined.client.send(.refresh)
        #expect(bench.orders.next(timeout: patience) == .refresh)
    }

    @Test("a program that cannot be started is an error that names it")
    func notExecutable() throws {
        let folder = try ScratchFolder()
        let missing = folder.path + "/popbench"
        #expect(throws: LinkError.system(doing: "start", path: missing, errno: ENOENT)) {
            try EngineLauncher(executable: missing).launch(session: folder.session())
        }
        #expect(SessionStatus.inspect(folder.session()) == .idle)
    }
}
