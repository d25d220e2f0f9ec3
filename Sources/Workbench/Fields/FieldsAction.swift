import BenchProtocol
import Figures
import TerminalKit

/// What a key does in the view of the gradient fields alone.
public enum FieldsAction: Sendable, Hashable {
    case toggleLarge, toggleScale, toggleUnitArrows, togglePath, toggleBatch
    case zoomIn, zoomOut, resetWindow, fitWindow, centreOnProbe, nextPage
}

extension KeyTable {
    /// The keys of the view of the gradient fields.
    static let fieldsView: [KeyBinding] = [
        KeyBinding(
            .fields, [.character("z"), .enter], .fields(.toggleLarge), hint: "large",
            "Show the focused lane's field alone, or all fields side by side."),
        KeyBinding(
            .fields, [.character("a")], .fields(.toggleScale), hint: "axes",
            "Logarithmic or linear axes of X1 and X2."),
        KeyBinding(
            .fields, [.character("+"), .character("=")], .fields(.zoomIn), hint: "zoom in",
            "Zoom in on the cursor, or on the middle."),
        KeyBinding(.fields, [.character("-"), .character("_")], .fields(.zoomOut), "Zoom out."),
        KeyBinding(
            .fields, [.character("f")], .fields(.fitWindow), hint: "fit",
            "Fit the axes to the batches and to the paths that are shown."),
        KeyBinding(
            .fields, [.character("r")], .fields(.resetWindow),
            "Let the axes follow the batches again, X = 1 in the middle."),
        KeyBinding(
            .fields, [.character("c")], .fields(.centreOnProbe),
            "Centre the axes on the cursor."),
        KeyBinding(
            .fields, [.character("m")], .fields(.toggleUnitArrows), hint: "lengths",
            "Arrows as long as the gradient's cube root, or all of one length."),
        KeyBinding(
            .fields, [.character("h")], .fields(.togglePath),
            "Show or hide the path of the batch's mean through training."),
        KeyBinding(
            .fields, [.character("b")], .fields(.toggleBatch), "Show or hide the live batch."),
        KeyBinding(
            .fields, [.character("l")], .fields(.nextPage), hint: "numbers",
            "Other numbers below the fields: summary, timestep quarters, under the cursor."),
    ]
}

extension WorkbenchModel {
    /// Cursor moves across the whole window.
    private static let probeSteps = 40.0
    /// How much a zoom step leaves of the window.
    private static let zoomFactor = 0.7

    /// Does what a key of this view stands for.
    mutating func perform(_ action: FieldsAction) -> [WorkbenchEffect] {
        if let refusal = refusal(of: action) {
            announce(.info, refusal)
            return []
        }
        switch action {
        case .toggleLarge: fields.isLarge.toggle()
        case .toggleScale:
            fields.scale = fields.scale == .log ? .linear : .log
            fields.window = nil
        case .toggleUnitArrows: fields.hasUnitArrows.toggle()
        case .togglePath: fields.showsPath.toggle()
        case .toggleBatch: fields.showsBatch.toggle()
        case .zoomIn: zoomFields(by: Self.zoomFactor, about: fields.probe)
        case .zoomOut: zoomFields(by: 1 / Self.zoomFactor, about: fields.probe)
        case .resetWindow: fields.window = nil
        case .fitWindow: fields.window = fittedPlane
        case .centreOnProbe:
            let probe = fields.probe ?? FieldProbe(l1: 0, l2: 0)
            let plane = fieldPlane
            fields.window = plane.moved(
                across: plane.across(probe.l1) - 0.5, up: plane.up(probe.l2) - 0.5)
        case .nextPage:
            let all = FieldsState.Page.allCases
            let index = all.firstIndex(of: fields.page) ?? 0
            fields.page = all[(index + 1) % all.count]
        }
        return []
    }

    /// Arrows move the cursor over the field; pages move it far, home and end to marked places.
    mutating func fieldsNavigate(_ action: BenchAction) -> [WorkbenchEffect] {
        switch action {
        case .move(.left): moveProbe(-1, 0)
        case .move(.right): moveProbe(1, 0)
        case .move(.up): moveProbe(0, 1)
        case .move(.down): moveProbe(0, -1)
        case .pageUp: moveProbe(0, 8)
        case .pageDown: moveProbe(0, -8)
        case .toStart: place(FieldProbe(l1: 0, l2: 0))
        case .toEnd:
            guard let mean = focusedLaneField?.mean else {
                announce(.info, "there is no batch to go to yet")
                return []
            }
            place(mean)
        case .activate: return perform(FieldsAction.toggleLarge)
        default: break
        }
        return []
    }

    /// What happens when this view comes to be shown: the paths are fetched.
    mutating func fieldsAppear() -> [WorkbenchEffect] { isAttached ? fetchMissingCurves() : [] }

    /// The quantities whose histories the paths are made of, where they are shown.
    var fieldPathQuantities: [Quantity] {
        view == .fields || view == .compare ? [.winnerLogRatio, .loserLogRatio] : []
    }

    /// A click moves the cursor or focuses a lane; the wheel zooms about the mouse.
    mutating func fieldsPointer(_ event: MouseEvent, on target: MouseTarget) -> [WorkbenchEffect] {
        switch (target, event.action) {
        case (.item(_, let index), .press(button: 1)):
            if index == focusedLane { return perform(FieldsAction.toggleLarge) }
            return perform(BenchAction.focusLane(index + 1))
        case (.surface(_, let rect), .press(button: 1)):
            place(probe(at: event, in: rect))
        case (.surface(_, let rect), .scrollUp):
            zoomFields(by: Self.zoomFactor, about: probe(at: event, in: rect))
        case (.surface(_, let rect), .scrollDown):
            zoomFields(by: 1 / Self.zoomFactor, about: probe(at: event, in: rect))
        default: break
        }
        return []
    }

    private func probe(at event: MouseEvent, in rect: Rect) -> FieldProbe {
        let across = (Double(event.x - rect.x) + 0.5) / Double(max(rect.width, 1))
        let up = 1 - (Double(event.y - rect.y) + 0.5) / Double(max(rect.height, 1))
        let pair = fieldPlane.pair(across: across, up: up)
        return FieldProbe(l1: pair.l1, l2: pair.l2)
    }

    /// Moves the cursor by steps; the window goes along at its edges.
    private mutating func moveProbe(_ right: Double, _ up: Double) {
        let plane = fieldPlane
        guard let probe = fields.probe else {
            // The first key shows the cursor where every training starts.
            place(FieldProbe(l1: 0, l2: 0))
            return
        }
        let pair = plane.pair(
            across: plane.across(probe.l1) + right / Self.probeSteps,
            up: plane.up(probe.l2) + up / Self.probeSteps)
        place(FieldProbe(l1: pair.l1, l2: pair.l2))
    }

    /// Sets the cursor down and brings it into view.
    private mutating func place(_ wanted: FieldProbe) {
        let limit = FieldPlane.farthestLogRatio
        let probe = FieldProbe(
            l1: min(max(wanted.l1, -limit), limit), l2: min(max(wanted.l2, -limit), limit))
        fields.probe = probe
        // Whoever moves the cursor wants to read what is under it.
        if fields.page == .summary { fields.page = .probe }
        let plane = fieldPlane
        let (across, up) = (plane.across(probe.l1), plane.up(probe.l2))
        guard !(0...1).contains(across) || !(0...1).contains(up) else { return }
        fields.window = plane.moved(
            across: across < 0 ? across : max(0, across - 1), up: up < 0 ? up : max(0, up - 1))
    }

    private mutating func zoomFields(by factor: Double, about probe: FieldProbe?) {
        let plane = fieldPlane
        let place = probe.map { (plane.across($0.l1), plane.up($0.l2)) } ?? (0.5, 0.5)
        guard let zoomed = plane.zoomed(by: factor, across: place.0, up: place.1) else {
            announce(.info, factor < 1 ? "no closer than this" : "no farther than this")
            return
        }
        fields.window = zoomed
    }

    /// Why a key of this view can do nothing now; nil when it can.
    func refusal(of action: FieldsAction) -> String? {
        switch action {
        case .fitWindow where fittedPlane == nil:
            "there is no batch or path to fit the axes to yet"
        default: nil
        }
    }

    /// The formats this view can be written in.
    var fieldsExportFormats: [ExportFormat] {
        shownFields.contains { $0.law != nil || $0.summary != nil } ? ExportFormat.allCases : []
    }
}
