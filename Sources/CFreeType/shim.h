#pragma once
#include <ft2build.h>
#include FT_FREETYPE_H

// FreeType's load flags are macros with casts, which Swift does not import.

/// Loads a glyph of the selected strike with its colours.
static inline FT_Error cfreetype_load_colour_glyph(FT_Face face, FT_UInt glyph)
{
    return FT_Load_Glyph(face, glyph, FT_LOAD_COLOR);
}

/// Whether the glyph last loaded is a bitmap of premultiplied blue, green, red and alpha bytes.
static inline int cfreetype_holds_bgra(FT_Face face)
{
    return face->glyph->format == FT_GLYPH_FORMAT_BITMAP
        && face->glyph->bitmap.pixel_mode == FT_PIXEL_MODE_BGRA;
}
