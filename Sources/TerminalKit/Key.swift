/// One thing the person at the terminal did, or the terminal itself reported.
public enum Key: Hashable, Sendable {
    /// A printable character.
    case character(Character)
    /// The cursor keys.
    case up, down, left, right
    /// The keys of the editing block.
    case home, end, pageUp, pageDown, insert, delete
    /// The keys with a control code of their own.
    case enter, escape, tab, backTab, backspace
    /// F1 and above.
    case function(Int)
    /// Control and a lower-case letter or one of `@ [ \ ] ^ _`.
    case control(Character)
    /// Alt (or Escape first) and a character.
    case alt(Character)
    /// The terminal has another size now.
    case resize
    /// A mouse button or wheel.
    case mouse(MouseEvent)
    /// A text pasted in one piece.
    case paste(String)
}

/// What the mouse did, and over which cell.
public struct MouseEvent: Hashable, Sendable {
    /// What was done.
    public enum Action: Hashable, Sendable {
        /// A button went down (1 left, 2 middle, 3 right).
        case press(button: Int)
        /// A button went up.
        case release(button: Int)
        /// The wheel, away from the person.
        case scrollUp
        /// The wheel, towards the person.
        case scrollDown
    }

    /// What was done.
    public let action: Action
    /// The column, 0 on the left.
    public let x: Int
    /// The row, 0 on top.
    public let y: Int

    /// Makes a mouse event.
    public init(_ action: Action, x: Int, y: Int) {
        self.action = action
        self.x = x
        self.y = y
    }
}
