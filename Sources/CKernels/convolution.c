// Patches of an image as matrix rows, and back.
#include "CKernels.h"
#include "dispatch.h"

void pb_im2col(const pb_conv_shape *s, const float *image, int first, int count, float *patches) {
    const int channels = s->channels;
    const size_t bytes = sizeof(float) * (size_t)channels;
    for (int p = first; p < first + count; p++) {
        const int top = p / s->out_width * s->stride - s->padding;
        const int left = p % s->out_width * s->stride - s->padding;
        for (int dy = 0; dy < s->kernel; dy++) {
            const int y = top + dy;
            if (y < 0 || y >= s->height) {
                memset(patches, 0, bytes * s->kernel);
                patches += (size_t)channels * s->kernel;
                continue;
            }
            const float *row = image + (ptrdiff_t)y * s->width * channels;
            if (left >= 0 && left + s->kernel <= s->width) {
                memcpy(patches, row + (size_t)left * channels, bytes * s->kernel);
                patches += (size_t)channels * s->kernel;
                continue;
            }
            for (int dx = 0; dx < s->kernel; dx++, patches += channels) {
                const int x = left + dx;
                if (x < 0 || x >= s->width) memset(patches, 0, bytes);
                else memcpy(patches, row + (size_t)x * channels, bytes);
            }
        }
    }
}

PB_CLONES
void pb_col2im_add(const pb_conv_shape *s, const float *patches, int first, int count, float *image) {
    const int channels = s->channels;
    for (int p = first; p < first + count; p++) {
        const int top = p / s->out_width * s->stride - s->padding;
        const int left = p % s->out_width * s->stride - s->padding;
        for (int dy = 0; dy < s->kernel; dy++) {
            const int y = top + dy;
            for (int dx = 0; dx < s->kernel; dx++, patches += channels) {
                const int x = left + dx;
                if (y < 0 || y >= s->height || x < 0 || x >= s->width) continue;
                float *out = image + ((size_t)y * s->width + x) * channels;
                for (int c = 0; c < channels; c++) out[c] += patches[c];
            }
        }
    }
}
