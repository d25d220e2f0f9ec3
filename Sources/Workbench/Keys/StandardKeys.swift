import TerminalKit

/// What a key can do.
public enum BenchAction: Sendable, Hashable {
    case toggleTraining, singleStep, save, sample, evaluate, collect
    case nextPrompt, previousPrompt, cancelTask
    case nextLane, previousLane, focusLane(Int)
    case zoom, nextPanel, previousPanel
    case move(Direction), pageUp, pageDown, toStart, toEnd, activate
    case nextQuantity, previousQuantity, smoother, rougher, toggleLogScale
    case pickTheme, exportPicture, exportWeights
    case show(BenchView), palette, askForExport, export(ExportFormat), typePrompt
    case showHelp, back, suspend, askToQuit, undo
    case resizePanel(Direction), resetPanels
    case curves(CurvesAction), compare(CompareAction), fields(FieldsAction)
    case population(PopulationAction), sessions(SessionsAction), log(LogAction)
    case stopAndSave, leaveTraining, confirm, resume, quitNow
}

extension KeyTable {
    /// The keys as they come.
    public static let standard = KeyTable(standardBindings)

    /// The rows of the standard keys.
    static let standardBindings: [KeyBinding] =
        views + training + navigation + screen + board + curvesView + compareView + fieldsView
        + populationView + sessionsView + logView + overlays + themePicker + dialogs

    private static let views: [KeyBinding] =
        BenchView.allCases.map { view in
            KeyBinding(
                .everywhere, [.character(Character("\(view.number)"))], .show(view),
                "Show the view of that number: dashboard, curves, compare, fields, population, "
                    + "sessions, log.")
        } + [
            KeyBinding(
                .everywhere, [.character(":"), .control("p")], .palette, hint: "commands",
                "Find anything that can be done here by typing a part of it.")
        ]

    private static let training: [KeyBinding] = [
        KeyBinding(
            .everywhere, [.character(" ")], .toggleTraining, hint: "start/pause",
            "Start training, or pause it after the step under way."),
        KeyBinding(
            .everywhere, [.character(".")], .singleStep, "Take one training step, then pause."),
        KeyBinding(
            .everywhere, [.character("n")], .nextPrompt, hint: "prompt",
            "Show the next prompt's histograms and pictures."),
        KeyBinding(.everywhere, [.character("p")], .previousPrompt, "Show the previous prompt's."),
        forkAnywhere,
        KeyBinding(
            .everywhere, [.character("s")], .save, hint: "save", "Write a checkpoint now."),
        KeyBinding(
            .everywhere, [.character("g")], .sample, hint: "sample",
            "Sample pictures for the prompt from the base and every lane, from the same noise."),
        KeyBinding(
            .everywhere, [.character("G")], .typePrompt,
            "Type any prompt: it is shown, and sampled from the base and every lane."),
        KeyBinding(
            .everywhere, [.control("k")], .cancelTask,
            "Cancel the long work under way: sampling, an evaluation, a collection."),
        KeyBinding(
            .everywhere, [.character("e")], .evaluate,
            "Measure fairness, accuracy and diversity on all prompts, of the base and every lane."),
        KeyBinding(
            .everywhere, [.character("C")], .collect,
            "Collect winner and loser populations anew from the base (asks first)."),
    ]

    private static let navigation: [KeyBinding] =
        [
            KeyBinding(.everywhere, [.tab], .nextLane, hint: "lane", "Focus the next lane."),
            KeyBinding(.everywhere, [.backTab], .previousLane, "Focus the previous lane."),
        ]
        + (1...8).map { number in
            KeyBinding(
                .everywhere, [.alt(Character("\(number)"))], .focusLane(number),
                "Focus the lane of that number.")
        } + [
            KeyBinding(
                .everywhere, [.up], .move(.up),
                "Up: the panel above on the dashboard, a row elsewhere; zoomed: scroll."),
            KeyBinding(.everywhere, [.down], .move(.down), "Down, likewise."),
            KeyBinding(
                .everywhere, [.left], .move(.left),
                "Left: the panel, the crosshair, or the lane, as the view has it."),
            KeyBinding(.everywhere, [.right], .move(.right), "Right, likewise."),
            KeyBinding(.everywhere, [.pageUp], .pageUp, "A page up, or ten columns back."),
            KeyBinding(.everywhere, [.pageDown], .pageDown, "A page down, or ten columns on."),
            KeyBinding(.everywhere, [.home], .toStart, "To the first step, or the top."),
            KeyBinding(.everywhere, [.end], .toEnd, "To the newest step, or the end."),
            KeyBinding(
                .everywhere, [.enter], .activate,
                "Act on what is chosen; on the dashboard: zoom the panel, then open its view."),
        ]

    private static let screen: [KeyBinding] = [
        KeyBinding(
            .everywhere, [.character("t")], .pickTheme,
            "Choose a theme; each is shown on the whole screen while you look."),
        KeyBinding(
            .everywhere, [.character("u"), .backspace, .control("_")], .undo,
            "Undo the last choice of what to look at: view, zoom, lane, prompt, filter, theme."),
        KeyBinding(
            .everywhere, [.character("x")], .askForExport, hint: "export",
            "Export what is shown to a file: CSV, JSON, SVG or PNG, as the view offers."),
        KeyBinding(
            .everywhere, [.character("X")], .exportWeights,
            "Export the focused lane's weights as a diffusers pipeline folder (asks first)."),
        KeyBinding(
            .everywhere, [.character("?"), .function(1)], .showHelp, hint: "help",
            "Explain every key and word; typing finds one."),
        KeyBinding(
            .everywhere, [.escape], .back,
            "Leave the zoom, put a notice away, or go back to the dashboard."),
        KeyBinding(
            .everywhere, [.control("z")], .suspend, "Suspend the screen; training goes on."),
        KeyBinding(
            .everywhere, [.character("q"), .control("c")], .askToQuit, hint: "quit",
            "Quit: asks whether to stop and save or to leave it training."),
    ]

    private static let board: [KeyBinding] = [
        KeyBinding(
            .board, [.character("z")], .zoom, hint: "zoom",
            "Zoom the focused panel, or leave the zoom."),
        KeyBinding(.board, [.character("w")], .nextPanel, "Focus the next panel."),
        KeyBinding(.board, [.character("W")], .previousPanel, "Focus the previous panel."),
        KeyBinding(
            .board, [.character("v")], .nextQuantity, hint: "quantity",
            "Show the next logged quantity in the curves."),
        KeyBinding(.board, [.character("V")], .previousQuantity, "Show the previous one."),
        KeyBinding(
            .board, [.character("+"), .character("="), .character("]")], .smoother,
            "Smooth the curves more (EMA 0 to 0.999)."),
        KeyBinding(
            .board, [.character("-"), .character("_"), .character("[")], .rougher,
            "Smooth the curves less."),
        KeyBinding(
            .board, [.character("a")], .toggleLogScale,
            "Logarithmic or linear axis, where all values are positive."),
        KeyBinding(
            .board, [.character("<")], .resizePanel(.left),
            "Move the border beside the focused panel left; a border can be dragged, too."),
        KeyBinding(.board, [.character(">")], .resizePanel(.right), "Move it right."),
        KeyBinding(
            .board, [.character("{")], .resizePanel(.up),
            "Move the border below the focused panel's row up."),
        KeyBinding(.board, [.character("}")], .resizePanel(.down), "Move it down."),
        KeyBinding(.board, [.character("R")], .resetPanels, "Give all panels their usual sizes."),
    ]

    private static let overlays: [KeyBinding] = [
        KeyBinding(.help, [.up], .move(.up), "Scroll up."),
        KeyBinding(.help, [.down], .move(.down), "Scroll down."),
        KeyBinding(.help, [.pageUp], .pageUp, "A page up."),
        KeyBinding(.help, [.pageDown], .pageDown, "A page down."),
        KeyBinding(.help, [.home], .toStart, "To the top."),
        KeyBinding(.help, [.end], .toEnd, "To the end."),
        KeyBinding(
            .help, [.escape, .enter, .function(1), .control("c")], .back, hint: "close",
            "Back to the view; esc takes typed letters away first."),
        KeyBinding(
            .palette, [.up], .move(.up), "The row above; on an empty line: the last command."),
        KeyBinding(.palette, [.down], .move(.down), "The row below."),
        KeyBinding(.palette, [.pageUp], .pageUp, "A page up."),
        KeyBinding(.palette, [.pageDown], .pageDown, "A page down."),
        KeyBinding(.palette, [.enter], .activate, hint: "do it", "Do what is chosen."),
        KeyBinding(
            .palette, [.escape, .control("c")], .back, hint: "close", "Back to the view."),
        KeyBinding(.text, [.enter], .activate, hint: "take it", "Take the line as it is."),
        KeyBinding(.text, [.escape, .control("c")], .back, hint: "cancel", "Back to the view."),
        KeyBinding(.quantities, [.enter], .activate, hint: "draw them", "Draw what is marked."),
        KeyBinding(
            .quantities, [.tab], .curves(.markRow), hint: "mark",
            "Mark a quantity, or take its mark away."),
        KeyBinding(
            .quantities, [.escape, .control("c")], .back, hint: "close", "Leave it as it was."),
        KeyBinding(.export, [.character("c")], .export(.csv), "Write the numbers as CSV."),
        KeyBinding(.export, [.character("j")], .export(.json), "Write the numbers as JSON."),
        KeyBinding(.export, [.character("s")], .export(.svg), "Write the figure as SVG."),
        KeyBinding(.export, [.character("p")], .export(.png), "Write the figure as PNG."),
        KeyBinding(
            .export, [.character("t")], .exportPicture, "Write the screen as it is, as SVG."),
        KeyBinding(
            .export, [.escape, .character("q"), .control("c")], .back, hint: "close",
            "Back to the view."),
    ]

    private static let themePicker: [KeyBinding] = [
        KeyBinding(
            .themes, [.up, .character("k"), .backTab], .move(.up), "Show the theme above."),
        KeyBinding(
            .themes, [.down, .character("j"), .tab, .character("t")], .move(.down),
            "Show the theme below."),
        KeyBinding(
            .themes, [.enter], .activate, hint: "keep", "Keep the theme shown, next time too."),
        KeyBinding(
            .themes, [.escape, .character("q"), .control("c")], .back, hint: "as before",
            "Go back to the theme from before."),
    ]

    private static let dialogs: [KeyBinding] = [
        KeyBinding(
            .quitDialog, [.character("s"), .control("c")], .stopAndSave, hint: "stop and save",
            "Save, stop the engine and leave: ctrl-c pressed again and again gets out safely."),
        KeyBinding(
            .quitDialog, [.character("l")], .leaveTraining, hint: "leave it training",
            "Leave the screen; the engine goes on as it is, and popbench attaches to it again."),
        KeyBinding(
            .quitDialog, [.escape, .character("q")], .back, hint: "stay",
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
