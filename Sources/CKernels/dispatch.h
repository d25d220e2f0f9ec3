// How one source is compiled for several instruction sets.
#pragma once

#include <math.h>
#include <stdint.h>
#include <string.h>

#if defined(__x86_64__) && defined(__linux__)
#define PB_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define PB_CLONES
#endif

#define PB_INLINE static inline __attribute__((always_inline))

// Sums may be reassociated so that they vectorise: the order is fixed for a given instruction set.
#define PB_FAST_SUMS _Pragma("clang fp reassociate(on) contract(fast)")

// exp(x) to about 1 ulp by range reduction and a degree-6 polynomial: unlike expf it vectorises.
PB_INLINE float pb_exp(float x) {
    x = x < -87.0f ? -87.0f : x;
    x = x > 88.0f ? 88.0f : x;
    const float n = floorf(x * 1.44269504088896341f + 0.5f);
    const float r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * r * r + r + 1.0f;
    const int32_t bits = ((int32_t)n + 127) << 23;
    float power;
    memcpy(&power, &bits, sizeof power);
    return p * power;
}

PB_INLINE float pb_sigmoid(float x) { return 1.0f / (1.0f + pb_exp(-x)); }

// erf(x), absolute error below 1.5e-7, given exp(-x*x). Reference: Abramowitz and Stegun, 7.1.26.
PB_INLINE float pb_erf_from(float x, float bell) {
    const float a = x < 0 ? -x : x;
    const float t = 1.0f / (1.0f + 0.3275911f * a);
    const float p = ((((1.061405429f * t - 1.453152027f) * t + 1.421413741f) * t - 0.284496736f) * t
                     + 0.254829592f) * t;
    const float y = 1.0f - p * bell;
    return x < 0 ? -y : y;
}

PB_INLINE float pb_erf(float x) { return pb_erf_from(x, pb_exp(-x * x)); }
