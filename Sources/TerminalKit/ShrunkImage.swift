import CChafa

extension CellImage {
    /// The picture in fewer cells than it has pixels, by libchafa's choice of block glyphs.
    ///
    /// Only glyphs that every terminal font has: blanks, half blocks, quadrants and eighths.
    public static func shrunk(_ image: PixelImage, columns: Int, rows: Int) -> CellImage {
        let width = max(columns, 1)
        let height = max(rows, 1)
        // More threads would take the cores the training engine works on.
        chafa_set_n_threads(1)
        let symbols = chafa_symbol_map_new()
        let config = chafa_canvas_config_new()
        defer {
            chafa_symbol_map_unref(symbols)
            chafa_canvas_config_unref(config)
        }
        for tag in [CHAFA_SYMBOL_TAG_SPACE, CHAFA_SYMBOL_TAG_BLOCK] {
            chafa_symbol_map_add_by_tags(symbols, tag)
        }
        chafa_canvas_config_set_geometry(config, gint(width), gint(height))
        chafa_canvas_config_set_cell_geometry(config, 8, 16)
        chafa_canvas_config_set_canvas_mode(config, CHAFA_CANVAS_MODE_TRUECOLOR)
        chafa_canvas_config_set_pixel_mode(config, CHAFA_PIXEL_MODE_SYMBOLS)
        chafa_canvas_config_set_color_extractor(config, CHAFA_COLOR_EXTRACTOR_AVERAGE)
        chafa_canvas_config_set_dither_mode(config, CHAFA_DITHER_MODE_NONE)
        chafa_canvas_config_set_preprocessing_enabled(config, 0)
        chafa_canvas_config_set_work_factor(config, 0.8)
        chafa_canvas_config_set_symbol_map(config, symbols)
        let canvas = chafa_canvas_new(config)
        defer { chafa_canvas_unref(canvas) }
        image.rgb.withUnsafeBufferPointer { pixels in
            chafa_canvas_draw_all_pixels(
                canvas, CHAFA_PIXEL_RGB8, pixels.baseAddress, gint(image.width),
                gint(image.height), gint(image.width * 3))
        }
        var cells: [Cell] = []
        cells.reserveCapacity(width * height)
        for y in 0..<height {
            for x in 0..<width {
                var foreground: gint = -1
                var background: gint = -1
                let scalar = chafa_canvas_get_char_at(canvas, gint(x), gint(y))
                chafa_canvas_get_raw_colors_at(
                    canvas, gint(x), gint(y), &foreground, &background)
                cells.append(
                    Cell(
                        Character(UnicodeScalar(scalar) ?? " "),
                        style: Style(
                            foreground: color(foreground), background: color(background))))
            }
        }
        return CellImage(width: width, height: height, cells: cells)
    }

    private static func color(_ packed: gint) -> Color? {
        packed < 0 ? nil : Color(hex: UInt32(packed) & 0xFFFFFF)
    }
}
