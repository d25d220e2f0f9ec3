import BenchProtocol
import Figures
import TerminalKit

/// Everything the screen knows: what the engine told it and what the person chose to look at.
///
/// A value without input or output; `update` is the only thing that changes it, `render` draws it.
public struct WorkbenchModel: Sendable {
    // MARK: What the engine told

    /// Where the engine is.
    public internal(set) var engine = EngineStanding.connecting
    /// Who answered last.
    public internal(set) var hello: EngineHello?
    /// The session's newest state.
    public internal(set) var state: SessionState?
    /// What is known of each lane, by name; the base model has histograms and pictures only.
    public internal(set) var lanes: [String: LaneReadings] = [:]
    /// The newest evaluation of each lane and of `base`.
    public internal(set) var evaluations: [String: Evaluation] = [:]
    /// Who appears, by lane, prompt and attribute.
    package internal(set) var populations: [PopulationKey: SampledHistograms] = [:]
    /// The newest pictures of the prompts looked at last.
    package internal(set) var sheets = SheetShelf()
    /// Who appeared as training went on, and how pictures were denoised.
    package internal(set) var populationRecord = PopulationRecord()
    /// Long tasks under way, by name.
    public internal(set) var tasks: [String: TaskProgress] = [:]
    /// The newest log lines, oldest first.
    public internal(set) var log: [LogLine] = []
    /// Log lines that were dropped because there were too many.
    package internal(set) var droppedLogLines = 0
    /// Lines that were ever logged here, those that were told before not counted.
    package internal(set) var appendedLogLines = 0
    /// Whether the next state is the first of another engine, which resumed from a checkpoint.
    var isRewindDue = false
    /// The curves that have been asked for since the engine was joined.
    package internal(set) var requestedCurves: Set<CurveKey> = []
    /// What was fetched of curves besides what every step tells.
    package internal(set) var curveShelf = CurveShelf()
    /// Whether the engine trains whenever nothing else occupies it.
    package internal(set) var trainingIntended = false

    // MARK: What the person chose

    /// The view on the screen.
    public internal(set) var view = BenchView.dashboard
    /// What was chosen in the view of the curves.
    public internal(set) var curves = CurvesState()
    /// What was chosen in the comparison.
    public internal(set) var compare = CompareState()
    /// What was chosen in the view of the gradient fields.
    public internal(set) var fields = FieldsState()
    /// What was chosen in the view of the population.
    public internal(set) var gallery = PopulationState()
    /// What was chosen in the view of the sessions.
    public internal(set) var shelf = SessionsState()
    /// What was chosen in the view of the log.
    public internal(set) var logging = LogState()
    /// The panel that zoom and cursor keys act on.
    public internal(set) var focusedPanel = Panel.curves
    /// Whether the focused panel fills the screen.
    public internal(set) var isZoomed = false
    /// The index of the focused lane.
    public internal(set) var focusedLane = 0
    /// The quantity in the curves.
    public internal(set) var quantity = Quantity.loss
    /// The curves' smoothing factor, 0 to 0.999.
    public internal(set) var smoothing = 0.9
    /// Whether the curves' vertical axis is logarithmic.
    public internal(set) var isLogScale = false
    /// The step under the crosshair of the zoomed curves; nil follows the newest.
    public internal(set) var cursorStep: Int?
    /// The first row, or page, of a zoomed panel that scrolls.
    public internal(set) var scroll = 0
    /// What lies over the dashboard.
    public internal(set) var overlay: Overlay?
    /// The line that reports the newest thing worth reporting.
    public internal(set) var notice: Notice?
    /// Good news that waits until the notice shown has had its time.
    var waitingNotice: Notice?
    /// Whether a key or the mouse is being answered: answers wait for nothing.
    var isAnswering = false
    /// When a key without a meaning was last told of.
    var strayKeyTold = -Double.infinity
    /// The prompt that was chosen and that the engine has not confirmed yet.
    package internal(set) var pendingPrompt: String?
    /// The themes that may be cycled through, by name.
    public internal(set) var themeNames: [String]
    /// The theme in use.
    public internal(set) var themeIndex = 0
    /// The theme that was chosen; another one may be in use while themes are looked at.
    var chosenTheme = 0
    /// How the panels' borders have been moved.
    package internal(set) var split = DashboardSplit()
    /// The border that a mouse button holds.
    var drag: BorderDrag?
    /// What was typed in the palette, oldest first.
    package internal(set) var commandHistory: [String] = []
    /// What `undo` takes back, oldest first.
    var undoSteps: [UndoStep] = []
    /// Whether a few words to somebody new are on the screen.
    public internal(set) var greets = false

    // MARK: What surrounds it

    /// Columns of the terminal.
    public internal(set) var width = 0
    /// Rows of the terminal.
    public internal(set) var height = 0
    /// The time of day, seconds since 1970.
    public internal(set) var now: Double
    /// The folder that exported weights go to, as the engine finds it; nil forbids exporting.
    public var exportFolder: String?
    /// The folder of the session on the screen.
    public var sessionFolder: String?
    /// How many pictures the sample key asks for.
    public var samplesPerKey = 8
    /// How many seconds the clocks on screen are ahead of Greenwich's.
    public var secondsFromUTC = 0
    /// How many colours the terminal shows; pictures become dots without any.
    public var colorDepth = ColorDepth.direct
    /// The keys in force.
    public var keys: KeyTable
    /// A lane's gradient field as functions, given the offset of its last batch (NaN for none): the
    /// program hands it in, since the screen knows no objective; nil for a lane without a field.
    public var pairLaw: @Sendable (LaneSettings, Double) -> PairLaw? = { _, _ in nil }
    /// What the last frame marked for the mouse.
    public internal(set) var hitAreas: [HitArea] = []
    /// Pictures that were turned into cells already.
    let pictureCache = PictureCache()

    /// Log lines kept, at most.
    public static let logCapacity = 500
    /// The factors that the smoothing keys step through.
    public static let smoothingSteps = [0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999]

    /// Makes a screen that knows nothing yet.
    ///
    /// - Parameters:
    ///   - themeNames: the themes that `t` cycles through; the first is in use.
    ///   - now: the time of day, seconds since 1970.
    public init(
        themeNames: [String] = [], exportFolder: String? = nil, now: Double = 0,
        keys: KeyTable = .standard
    ) {
        self.themeNames = themeNames
        self.exportFolder = exportFolder
        self.now = now
        self.keys = keys
    }
}

/// Whether there is an engine to talk to.
public enum EngineStanding: Sendable, Equatable {
    /// None has answered yet.
    case connecting
    /// The link is up.
    case attached
    /// It was told to save and stop, and has not said goodbye yet.
    case stopping
    /// It said goodbye by itself.
    case left(Goodbye)
    /// It died, or the line to it broke.
    case lost(reason: String, lastLogLines: [String])
}

/// What lies over the view and takes the keys.
public enum Overlay: Sendable, Equatable {
    case help(HelpText)
    case palette(Palette)
    case themes(ThemePicker)
    case export
    case text(TextQuestion)
    case quantities(QuantityPicker)
    case quit
    case stopping
    case engineLost
    case confirm(Confirmation)
    case sessions(SessionsOverlay)
}

/// A question that is answered with yes or no.
public enum Confirmation: Sendable, Equatable {
    case collect
    case exportWeights(lane: String, path: String)
    case trashSession(SessionPlace)
}

/// One line of news; it goes away by itself unless it is an error.
public struct Notice: Sendable, Equatable {
    /// How serious it is.
    public var level: LogLine.Level
    /// What it says.
    public var text: String
    /// When it appeared, seconds since 1970.
    public var since: Double
    /// Whether it stays its whole time though other good news comes: it has something to be read.
    public var isKept = false

    /// When it goes away; nil keeps it until it is replaced or dismissed.
    public var expires: Double? {
        switch level {
        case .debug, .info: since + (isKept ? 10 : 8)
        case .warning: since + 30
        case .error: nil
        }
    }
}

/// What is known of one lane.
public struct LaneReadings: Sendable {
    /// The newest step's metrics.
    public internal(set) var latest: StepMetrics?
    /// The newest gradient field.
    public internal(set) var field: GradientFieldSummary?
    /// A history of each logged quantity.
    public internal(set) var histories: [Quantity: CurveHistory] = [:]

    /// Takes in a step's metrics, unless they are older than what is known.
    mutating func record(_ metrics: StepMetrics) {
        if let latest, metrics.step < latest.step { return }
        latest = metrics
        for quantity in Quantity.allCases {
            histories[quantity, default: CurveHistory()]
                .append(quantity.value(in: metrics), at: metrics.step)
        }
    }
}

/// What tells one histogram from another.
package struct PopulationKey: Hashable, Sendable {
    package var lane: String
    package var prompt: String
    package var attribute: String
}

/// What tells one curve from another.
package struct CurveKey: Hashable, Sendable {
    package var lane: String
    package var quantity: LoggedQuantity
}
