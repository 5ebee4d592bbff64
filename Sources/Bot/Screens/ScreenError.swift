/// Why a screen cannot be shown; each is a limit of Telegram's or a mistake of the command's.
public enum ScreenError: Error, Sendable, Hashable {
    /// The shown text has more units than the limit: characters in rich messages, else UTF-16.
    case tooLong(units: Int, limit: Int)
    /// A rich message may have 500 blocks; a table's row is one.
    case tooManyBlocks(Int)
    /// A rich message's table may have 20 columns.
    case tooManyColumns(Int)
    /// A row has more cells than the table has columns.
    case raggedRow
    /// One row alone does not fit beside the rest of its screen; counted from 0.
    case rowTooLong(row: Int)
    /// A button without label or action.
    case emptyButton
    /// A button's action is limited to 64 bytes.
    case actionTooLong(bytes: Int)
    /// More than 8 buttons in a row, or more than 100 in all.
    case tooManyButtons

    /// True where fewer rows could make the screen fit.
    var meansTooMuch: Bool {
        switch self {
        case .tooLong, .tooManyBlocks, .tooManyButtons: true
        default: false
        }
    }
}
