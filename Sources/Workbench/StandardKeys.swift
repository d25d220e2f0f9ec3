import TerminalKit

/// What a key can do.
public enum BenchAction: Sendable, Hashable {
    case toggleTraining, singleStep, save, sample, evaluate, collect
    case nextPrompt, previousPrompt
    case nextLane, previousLane, focusLane(Int)
    case zoom, nextPanel, previousPanel, move(Direction), pageUp, pageDown, toStart, toEnd
    case nextQuantity, previousQuantity, smoother, rougher, toggleLogScale
    case nextTheme, exportPicture, exportWeights
    case showLog, showHelp, back, suspend, askToQuit
    case stopAndSave, leaveTraining, confirm, resume, quitNow
}

extension KeyTable {
    /// The keys as they come.
    public static let standard = KeyTable(
        training + navigation + curves + screen + overlays + dialogs)

    private static let training: [KeyBinding] = [
        KeyBinding(
            .board, [.character(" ")], .toggleTraining, hint: "start/pause",
            "Start training, or pause it after the step under way."),
        KeyBinding(.board, [.character(".")], .singleStep, "Take one training step, then pause."),
        KeyBinding(
            .board, [.character("n")], .nextPrompt, hint: "prompt",
            "Show the next prompt's histograms and pictures."),
        KeyBinding(.board, [.character("p")], .previousPrompt, "Show the previous prompt's."),
        KeyBinding(
            .board, [.character("s")], .save, hint: "save", "Write a checkpoint now."),
        KeyBinding(
            .board, [.character("g"), .character("S")], .sample, hint: "sample",
            "Sample pictures for the prompt from the base and every lane, from the same noise."),
        KeyBinding(
            .board, [.character("e")], .evaluate,
            "Evaluate the base and every lane on all prompts."),
        KeyBinding(
            .board, [.character("c")], .collect,
            "Collect winner and loser populations anew from the base (asks first)."),
    ]

    private static let navigation: [KeyBinding] =
        [
            KeyBinding(
                .board, [.tab], .nextLane, hint: "lane", "Focus the next lane."),
            KeyBinding(.board, [.backTab], .previousLane, "Focus the previous lane."),
        ]
        + (1...8).map { number in
            KeyBinding(
                .board, [.character(Character("\(number)"))], .focusLane(number),
                "Focus the lane of that number.")
        } + [
            KeyBinding(
                .board, [.character("z"), .enter], .zoom, hint: "zoom",
                "Zoom the focused panel, or leave the zoom."),
            KeyBinding(
                .board, [.up], .move(.up), "Focus the panel above; zoomed: scroll up."),
            KeyBinding(
                .board, [.down], .move(.down), "Focus the panel below; zoomed: scroll down."),
            KeyBinding(
                .board, [.left], .move(.left),
                "Focus the panel on the left; zoomed: move the crosshair, or the lane."),
            KeyBinding(
                .board, [.right], .move(.right),
                "Focus the panel on the right; zoomed: move the crosshair, or the lane."),
            KeyBinding(.board, [.character("w")], .nextPanel, "Focus the next panel."),
            KeyBinding(.board, [.character("W")], .previousPanel, "Focus the previous panel."),
            KeyBinding(.board, [.pageUp], .pageUp, "Zoomed: a page up, or ten columns back."),
            KeyBinding(.board, [.pageDown], .pageDown, "Zoomed: a page down, or ten columns on."),
            KeyBinding(.board, [.home], .toStart, "Zoomed: to the first step, or the top."),
            KeyBinding(.board, [.end], .toEnd, "Zoomed: to the newest step."),
        ]

    private static let curves: [KeyBinding] = [
        KeyBinding(
            .board, [.character("v")], .nextQuantity, hint: "quantity",
            "Show the next logged quantity in the curves."),
        KeyBinding(.board, [.character("V")], .previousQuantity, "Show the previous one."),
        KeyBinding(
            .board, [.character("+"), .character("=")], .smoother,
            "Smooth the curves more (EMA 0 to 0.999)."),
        KeyBinding(
            .board, [.character("-"), .character("_")], .rougher, "Smooth the curves less."),
        KeyBinding(
            .board, [.character("a")], .toggleLogScale,
            "Logarithmic or linear axis, where all values are positive."),
    ]

    private static let screen: [KeyBinding] = [
        KeyBinding(.board, [.character("t")], .nextTheme, "Use the next theme."),
        KeyBinding(
            .board, [.character("x")], .exportPicture, "Write this dashboard as an SVG picture."),
        KeyBinding(
            .board, [.character("X")], .exportWeights,
            "Write the focused lane's weights as a diffusers pipeline folder (asks first)."),
        KeyBinding(.board, [.character("L")], .showLog, "Show the log."),
        KeyBinding(
            .board, [.character("?"), .function(1)], .showHelp, hint: "help",
            "Show all keys."),
        KeyBinding(
            .board, [.escape], .back, "Leave the zoom, or put a notice away."),
        KeyBinding(.board, [.control("z")], .suspend, "Suspend the screen; training goes on."),
        KeyBinding(
            .board, [.character("q"), .control("c")], .askToQuit, hint: "quit",
            "Quit: asks whether to stop and save or to leave it training."),
    ]

    private static let overlays: [KeyBinding] = [KeyContext.help, .log].flatMap { context in
        [
            KeyBinding(context, [.up, .character("k")], .move(.up), "Scroll up."),
            KeyBinding(context, [.down, .character("j")], .move(.down), "Scroll down."),
            KeyBinding(context, [.pageUp], .pageUp, "A page up."),
            KeyBinding(context, [.pageDown, .character(" ")], .pageDown, "A page down."),
            KeyBinding(
                context,
                [
                    .escape, .character("q"), .enter, .character(context == .help ? "?" : "L"),
                    .control("c"),
                ], .back, hint: "close", "Back to the dashboard."),
        ]
    }

    private static let dialogs: [KeyBinding] = [
        KeyBinding(
            .quitDialog, [.character("s")], .stopAndSave, hint: "stop and save",
            "Save, stop the engine and leave."),
        KeyBinding(
            .quitDialog, [.character("l")], .leaveTraining, hint: "leave it training",
            "Leave the screen; the engine trains on, and popbench attaches to it again."),
        KeyBinding(
            .quitDialog, [.escape, .character("q"), .control("c")], .back, hint: "stay",
            "Stay."),
        KeyBinding(
            .stopping, [.character("l"), .control("c")], .leaveTraining, hint: "do not wait",
            "Leave the screen without waiting; the engine still saves and stops."),
        KeyBinding(
            .engineLost, [.character("r")], .resume, hint: "resume from last save",
            "Start the engine again from the last save."),
        KeyBinding(
            .engineLost, [.character("q"), .control("c")], .quitNow, hint: "quit",
            "Leave the screen; the last save stands."),
        KeyBinding(
            .engineLost, [.escape], .back, hint: "look",
            "Look at the dashboard as it was; space or q asks again."),
        KeyBinding(
            .confirmation, [.character("y"), .enter], .confirm, hint: "yes", "Go ahead."),
        KeyBinding(
            .confirmation, [.character("n"), .escape, .character("q"), .control("c")], .back,
            hint: "no", "Leave everything as it is."),
    ]
}
