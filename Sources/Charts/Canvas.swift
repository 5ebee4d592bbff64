import CCairo

/// A picture that is being drawn; places and sizes are counted from the upper left corner in units
/// of which `pixelsPerUnit` says how large they come out.
final class Canvas {
    struct Color: Hashable {
        let red: Double
        let green: Double
        let blue: Double
        var alpha = 1.0

        /// `0xRRGGBB`.
        init(_ code: UInt32) {
            red = Double(code >> 16 & 0xFF) / 255
            green = Double(code >> 8 & 0xFF) / 255
            blue = Double(code & 0xFF) / 255
        }

        func faded(_ alpha: Double) -> Color {
            var color = self
            color.alpha = alpha
            return color
        }
    }

    enum Anchor { case left, center, right }

    let width: Double
    let height: Double
    private let surface: OpaquePointer
    private let context: OpaquePointer

    private static let family = "DejaVu Sans"

    /// `width` and `height` are in pixels.
    init(width: Int, height: Int, pixelsPerUnit: Double, _ background: Color, isSmooth: Bool) {
        self.width = Double(width) / pixelsPerUnit
        self.height = Double(height) / pixelsPerUnit
        // Cairo answers with an object in a state of error rather than with nothing.
        surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, Int32(width), Int32(height))
        context = cairo_create(surface)
        // Letters for every screen: not for one on which red, green and blue stand side by side.
        let options = cairo_font_options_create()
        cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY)
        cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF)
        cairo_set_font_options(context, options)
        cairo_font_options_destroy(options)
        if !isSmooth { cairo_set_antialias(context, CAIRO_ANTIALIAS_NONE) }
        set(background)
        cairo_paint(context)
        cairo_scale(context, pixelsPerUnit, pixelsPerUnit)
    }

    deinit {
        cairo_destroy(context)
        cairo_surface_destroy(surface)
    }

    // MARK: Shapes

    func line(
        _ points: [(x: Double, y: Double)], _ color: Color, width: Double, dashes: [Double] = []
    ) {
        guard let first = points.first else { return }
        cairo_move_to(context, first.x, first.y)
        for point in points.dropFirst() { cairo_line_to(context, point.x, point.y) }
        set(color)
        cairo_set_line_width(context, width)
        cairo_set_line_join(context, CAIRO_LINE_JOIN_ROUND)
        cairo_set_line_cap(context, dashes.isEmpty ? CAIRO_LINE_CAP_ROUND : CAIRO_LINE_CAP_BUTT)
        cairo_set_dash(context, dashes, Int32(dashes.count), 0)
        cairo_stroke(context)
    }

    func shape(_ points: [(x: Double, y: Double)], fill: Color, edge: Color?, width: Double = 0) {
        guard let first = points.first else { return }
        cairo_move_to(context, first.x, first.y)
        for point in points.dropFirst() { cairo_line_to(context, point.x, point.y) }
        cairo_close_path(context)
        set(fill)
        guard let edge else { return cairo_fill(context) }
        cairo_fill_preserve(context)
        set(edge)
        cairo_set_line_width(context, width)
        cairo_set_line_join(context, CAIRO_LINE_JOIN_MITER)
        cairo_set_dash(context, [], 0, 0)
        cairo_stroke(context)
    }

    func box(x: Double, y: Double, width: Double, height: Double, _ color: Color) {
        cairo_rectangle(context, x, y, width, height)
        set(color)
        cairo_fill(context)
    }

    func dot(x: Double, y: Double, radius: Double, fill: Color, edge: Color, width: Double) {
        cairo_new_sub_path(context)
        cairo_arc(context, x, y, radius, 0, 2 * .pi)
        set(fill)
        cairo_fill_preserve(context)
        set(edge)
        cairo_set_line_width(context, width)
        cairo_set_dash(context, [], 0, 0)
        cairo_stroke(context)
    }

    /// Draws `body` nowhere but in this box.
    func clipped(
        x: Double, y: Double, width: Double, height: Double, _ body: () -> Void
    ) {
        cairo_save(context)
        cairo_rectangle(context, x, y, width, height)
        cairo_clip(context)
        body()
        cairo_restore(context)
    }

    private func set(_ color: Color) {
        cairo_set_source_rgba(context, color.red, color.green, color.blue, color.alpha)
    }

    // MARK: Text

    /// `y` is the line that the letters stand on.
    func text(
        _ text: String, x: Double, y: Double, size: Double, _ color: Color, isBold: Bool = false,
        _ anchor: Anchor = .left
    ) {
        let width = anchor == .left ? 0 : self.width(of: text, size: size, isBold: isBold)
        select(size: size, isBold: isBold)
        set(color)
        let shift = anchor == .left ? 0 : anchor == .right ? width : width / 2
        cairo_move_to(context, x - shift, y)
        cairo_show_text(context, text)
        cairo_new_path(context)
    }

    func width(of text: String, size: Double, isBold: Bool = false) -> Double {
        select(size: size, isBold: isBold)
        var extents = cairo_text_extents_t()
        cairo_text_extents(context, text, &extents)
        return extents.x_advance
    }

    /// As much of `text` as fits into `width`, with an ellipsis where that is not all.
    func fitted(_ text: String, width: Double, size: Double, isBold: Bool = false) -> String {
        guard self.width(of: text, size: size, isBold: isBold) > width else { return text }
        var head = Array(text)
        while !head.isEmpty {
            head.removeLast()
            let shortened = String(head) + "…"
            if self.width(of: shortened, size: size, isBold: isBold) <= width { return shortened }
        }
        return ""
    }

    /// Whether the font has every letter of `text`, and they stand side by side from left to
    /// right: what is written otherwise would come out wrong here.
    func canShow(_ text: String) -> Bool {
        guard text.unicodeScalars.allSatisfy(\.standsAlone) else { return false }
        select(size: 20, isBold: false)
        var glyphs: UnsafeMutablePointer<cairo_glyph_t>?
        var count: Int32 = 0
        let status = cairo_scaled_font_text_to_glyphs(
            cairo_get_scaled_font(context), 0, 0, text, -1, &glyphs, &count, nil, nil, nil)
        defer { cairo_glyph_free(glyphs) }
        guard status == CAIRO_STATUS_SUCCESS, let glyphs else { return text.isEmpty }
        return (0..<Int(count)).allSatisfy { glyphs[$0].index != 0 }
    }

    private func select(size: Double, isBold: Bool) {
        cairo_select_font_face(
            context, Self.family, CAIRO_FONT_SLANT_NORMAL,
            isBold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL)
        cairo_set_font_size(context, size)
    }

    // MARK: Result

    /// The whole picture. Throws `ChartError`.
    func png() throws(ChartError) -> [UInt8] {
        let status = cairo_status(context)
        guard status == CAIRO_STATUS_SUCCESS else { throw ChartError(status) }
        let sink = ByteSink()
        let written = withExtendedLifetime(sink) {
            cairo_surface_write_to_png_stream(
                surface,
                { sink, bytes, count in
                    guard let sink, let bytes else { return CAIRO_STATUS_WRITE_ERROR }
                    let piece = UnsafeBufferPointer(start: bytes, count: Int(count))
                    Unmanaged<ByteSink>.fromOpaque(sink).takeUnretainedValue().bytes += piece
                    return CAIRO_STATUS_SUCCESS
                }, Unmanaged.passUnretained(sink).toOpaque())
        }
        guard written == CAIRO_STATUS_SUCCESS else { throw ChartError(written) }
        return sink.bytes
    }
}

private final class ByteSink {
    var bytes: [UInt8] = []
}

/// Why there is no picture: memory or the machine's fonts, not what was to be drawn.
public struct ChartError: Error, Sendable, Hashable, CustomStringConvertible {
    public let description: String

    fileprivate init(_ status: cairo_status_t) {
        description =
            "the picture can't be drawn: \(String(cString: cairo_status_to_string(status)))"
    }
}

extension Unicode.Scalar {
    /// Whether it is drawn the same whatever stands beside it, and to the right of what is before.
    fileprivate var standsAlone: Bool {
        switch value {
        // Written from right to left, or in letters that join.
        case 0x0590...0x109F, 0x1780...0x18AF, 0xFB1D...0xFDFF, 0xFE70...0xFEFF: false
        case 0x10800...0x10FFF, 0x1E800...0x1EFFF: false
        default:
            switch properties.generalCategory {
            case .nonspacingMark, .enclosingMark, .spacingMark, .format, .control, .surrogate,
                .lineSeparator, .paragraphSeparator, .privateUse, .unassigned:
                false
            default: true
            }
        }
    }
}
