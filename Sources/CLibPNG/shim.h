#pragma once
#include <png.h>
#include <string.h>

// libpng's simplified interface: it keeps its error jumps inside C, but takes its version and pixel
// format from macros and reports in a fixed array, neither of which Swift can use directly.

/// Room for a message, the terminating zero included.
enum { CLIBPNG_MESSAGE_SIZE = sizeof(((png_image *)0)->message) };

/// Decodes a whole PNG file of the announced size to 8-bit RGB, composited on white.
/// Returns 1, or 0 with the reason in `message`.
static inline int clibpng_decode_rgb(
    const void *bytes, size_t count, unsigned int width, unsigned int height, unsigned char *rgb,
    char *message)
{
    const png_color white = {255, 255, 255};
    png_image image;
    memset(&image, 0, sizeof image);
    image.version = PNG_IMAGE_VERSION;
    int fine = png_image_begin_read_from_memory(&image, bytes, count);
    // The caller's buffer was sized from the header it read: nothing may disagree with it.
    if (fine && (image.width != width || image.height != height)) {
        png_image_free(&image);
        strncpy(message, "two headers disagree about the size", CLIBPNG_MESSAGE_SIZE);
        return 0;
    }
    if (fine) {
        image.format = PNG_FORMAT_RGB;
        fine = png_image_finish_read(&image, &white, rgb, 0, NULL);
    }
    memcpy(message, image.message, CLIBPNG_MESSAGE_SIZE);
    png_image_free(&image);
    return fine && !PNG_IMAGE_FAILED(image);
}

/// Encodes 8-bit RGB as a PNG file of at most `*count` bytes and sets `*count` to its size.
/// Returns 1, or 0 with the reason in `message`.
static inline int clibpng_encode_rgb(
    const unsigned char *rgb, unsigned int width, unsigned int height, void *bytes, size_t *count,
    char *message)
{
    png_image image;
    memset(&image, 0, sizeof image);
    image.version = PNG_IMAGE_VERSION;
    image.width = width;
    image.height = height;
    image.format = PNG_FORMAT_RGB;
    png_alloc_size_t size = *count;
    int fine = png_image_write_to_memory(&image, bytes, &size, 0, rgb, 0, NULL);
    *count = size;
    memcpy(message, image.message, CLIBPNG_MESSAGE_SIZE);
    png_image_free(&image);
    return fine && !PNG_IMAGE_FAILED(image);
}

/// The size beyond which no PNG file of an 8-bit RGB picture can grow.
static inline size_t clibpng_largest_size(unsigned int width, unsigned int height)
{
    png_image image;
    memset(&image, 0, sizeof image);
    image.version = PNG_IMAGE_VERSION;
    image.width = width;
    image.height = height;
    image.format = PNG_FORMAT_RGB;
    return PNG_IMAGE_PNG_SIZE_MAX(image);
}
