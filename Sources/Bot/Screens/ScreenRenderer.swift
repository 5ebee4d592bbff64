/// Turns a screen's content into one medium's text. Buttons travel beside it, as a value.
public protocol ScreenRenderer: Sendable {
    /// Throws where the medium's limits are exceeded; never cuts anything off.
    func render(_ screen: Screen) throws(ScreenError) -> String
}

extension ScreenRenderer {
    /// Whether `render` would succeed.
    public func fits(_ screen: Screen) -> Bool {
        do throws(ScreenError) {
            _ = try render(screen)
            return true
        } catch {
            return false
        }
    }
}

extension Screen {
    /// Without those that have nothing in them.
    var shownBlocks: [Block] { blocks.filter { $0 != .facts([]) } }

    /// Telegram's limits on inline keyboards.
    func checkButtons() throws(ScreenError) {
        let total = buttons.reduce(0) { $0 + $1.count }
        guard total <= 100, buttons.allSatisfy({ $0.count <= 8 }) else { throw .tooManyButtons }
    }
}
