#!/usr/bin/env python3
"""Makes Tests/MetricsTests/Fixtures/metrics.json: each metric as somebody else computes it.

    pip install numpy scipy scikit-learn statsmodels torch
    pip install --no-deps prdc vendi-score torchmetrics lightning-utilities
    python scripts/make_metric_fixtures.py

KID: torchmetrics (whose mean and deviation over subsets follow torch-fidelity) for sets of one size,
scikit-learn's polynomial_kernel for sets of two. Vendi score: vendi-score. Distances: scipy. Density,
coverage, precision, recall: prdc. Kappa: scikit-learn and statsmodels. Wilson's and Newcombe's
intervals: statsmodels. Entropy, Student's quantiles, eigenvalues, paired bootstrap: scipy.

The delete-m jackknife (Busing, Meijer, van der Leeden 1999) has no package that fits: jackknife()
below is written from the paper, and its leave-one-out figures come from the packages above, called
on what is left.
"""

import contextlib
import io
import json
import pathlib

import numpy as np
import scipy
import scipy.linalg
import scipy.sparse
import scipy.stats
import torch
from scipy.spatial.distance import euclidean, pdist
from sklearn.metrics import cohen_kappa_score, confusion_matrix
from sklearn.metrics.pairwise import cosine_similarity, polynomial_kernel
from statsmodels.stats.inter_rater import cohens_kappa
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

# The csr module that vendi-score looks into has gone from scipy; the class has not.
if not hasattr(scipy.sparse, "csr"):
    scipy.sparse.csr = scipy.sparse
from prdc import compute_prdc
from torchmetrics.image.kid import KernelInceptionDistance, poly_mmd
from vendi_score import vendi

TARGET = pathlib.Path(__file__).resolve().parent.parent / (
    "Tests/MetricsTests/Fixtures/metrics.json")

random = np.random.default_rng(20260)


def features(count, dimension, shift=0.0, scale=1.0):
    """Features of a few digits, so that the file stays small and both sides read the same."""
    return np.round(shift + scale * random.standard_normal((count, dimension)), 3)


def stored(matrix):
    return {"dimension": int(matrix.shape[1]), "values": [float(v) for v in matrix.flatten()]}


def jackknife(value, without, sizes):
    """The variance of a figure from what it is without each block (delete-m, unequal sizes)."""
    without, sizes = np.array(without), np.array(sizes, dtype=float)
    total, blocks = sizes.sum(), len(sizes)
    ratio = total / sizes
    estimate = blocks * value - ((1 - sizes / total) * without).sum()
    pseudo = ratio * value - (ratio - 1) * without
    return float(((pseudo - estimate) ** 2 / (ratio - 1)).mean())


def blocks_of(prompts):
    return [[i for i, p in enumerate(prompts) if p == prompt] for prompt in sorted(set(prompts))]


def without_blocks(figure, blocks, count):
    return [figure([i for i in range(count) if i not in block]) for block in blocks]


def kid(x, y):
    """The unbiased estimate for sets of any size."""
    m, n = len(x), len(y)
    kernel = dict(degree=3, gamma=1 / x.shape[1], coef0=1)
    xx, yy = polynomial_kernel(x, **kernel), polynomial_kernel(y, **kernel)
    xy = polynomial_kernel(x, y, **kernel)
    return float((xx.sum() - np.trace(xx)) / (m * (m - 1))
                 + (yy.sum() - np.trace(yy)) / (n * (n - 1)) - 2 * xy.mean())


def kid_case(x, y, prompts):
    m, n = len(x), len(y)
    value = kid(x, y)
    outer = [[i] for i in range(m)]
    inner = blocks_of(prompts)
    generated = without_blocks(lambda kept: kid(x, y[kept]), inner, n)
    reference = without_blocks(lambda kept: kid(x[kept], y), outer, m)
    variance = (jackknife(value, generated, [len(b) for b in inner])
                + jackknife(value, reference, [1] * m))
    equal = min(m, n)
    tensors = [torch.tensor(side[:equal], dtype=torch.float64) for side in (x, y)]
    subsets, size, seed = 8, 15, 4
    metric = KernelInceptionDistance(feature=Passing(), subsets=subsets, subset_size=size)
    metric.set_dtype(torch.float64)
    metric.update(torch.tensor(x), real=True)
    metric.update(torch.tensor(y), real=False)
    torch.manual_seed(seed)
    mean, deviation = metric.compute()
    torch.manual_seed(seed)
    drawn = [[torch.randperm(m)[:size].tolist(), torch.randperm(n)[:size].tolist()]
             for _ in range(subsets)]
    return {"value": value, "variance": variance, "equal_size": equal,
            "equal_value": float(poly_mmd(*tensors)), "subsets": drawn,
            "subset_mean": float(mean), "subset_deviation": float(deviation)}


class Passing(torch.nn.Module):
    """Takes features for pictures and gives them back."""
    num_features = 12

    def forward(self, rows):
        return rows


def vendi_case(x, prompts):
    blocks = blocks_of(prompts)
    value = float(vendi.score_X(x))
    generated = without_blocks(lambda kept: float(vendi.score_X(x[kept])), blocks, len(x))
    distance = float(pdist(x, "cosine").mean())
    distances = without_blocks(
        lambda kept: float(pdist(x[kept], "cosine").mean()), blocks, len(x))
    sizes = [len(b) for b in blocks]
    return {"features": stored(x), "prompts": prompts, "vendi": value,
            "vendi_variance": jackknife(value, generated, sizes), "distance": distance,
            "distance_variance": jackknife(distance, distances, sizes)}


def prdc(x, y, k):
    with contextlib.redirect_stdout(io.StringIO()):
        return {name: float(v) for name, v in compute_prdc(x, y, nearest_k=k).items()}


def prdc_case(x, y, prompts, k):
    inner = blocks_of(prompts)
    generated = without_blocks(lambda kept: prdc(x, y[kept], k), inner, len(y))
    reference = without_blocks(
        lambda kept: prdc(x[kept], y, k), [[i] for i in range(len(x))], len(x))
    value = prdc(x, y, k)
    variance = {
        name: jackknife(value[name], [g[name] for g in generated], [len(b) for b in inner])
        + jackknife(value[name], [r[name] for r in reference], [1] * len(x)) for name in value}
    return {"k": k, "value": value, "variance": variance}


def matrices():
    rank = random.standard_normal((14, 5))
    graph = np.diag(np.full(9, -1.0), 1)
    graph = graph + graph.T
    graph -= np.diag(graph.sum(axis=1))
    symmetric = random.standard_normal((13, 13)) * 10.0 ** random.integers(-6, 6, (13, 1))
    cases = [rank @ rank.T, graph, symmetric + symmetric.T,
             np.diag([3.0, -1.0, 3.0, 0.0, 1e-9]), np.full((6, 6), 0.25),
             scipy.linalg.hilbert(8), 1e150 * scipy.linalg.toeplitz([2, 1, 0, 1])]
    return [{"size": len(a), "matrix": [float(v) for v in a.flatten()],
             "eigenvalues": [float(v) for v in scipy.linalg.eigvalsh(a)]} for a in cases]


def text_image_case():
    captions = features(7, 10)
    caption_of = [i % 7 for i in range(35)]
    pictures = np.round(
        captions[caption_of] * random.uniform(0.3, 3, (35, 1)) + features(35, 10, scale=1.6), 3)
    cosines = cosine_similarity(pictures, captions)
    own = cosines[np.arange(35), caption_of]
    return {"pictures": stored(pictures), "captions": stored(captions), "caption_of": caption_of,
            "cosines": own.tolist(),
            "mean": float(np.mean([own[np.array(caption_of) == c].mean() for c in range(7)])),
            "retrieval": float((cosines.argmax(axis=1) == caption_of).mean())}


def agreement_case(count, classes, faithful):
    first = random.choice(classes, count, p=random.dirichlet(np.full(classes, 3)))
    second = np.where(
        random.random(count) < faithful, first, random.integers(0, classes, count))
    table = confusion_matrix(first, second, labels=range(classes))
    result = cohens_kappa(table)
    return {"first": first.tolist(), "second": second.tolist(), "classes": classes,
            "counts": table.flatten().tolist(), "accuracy": float((first == second).mean()),
            "kappa": float(cohen_kappa_score(first, second, labels=range(classes))),
            "kappa_error": float(result.std_kappa)}


def population_case(counts):
    counts = np.array(counts)
    n, classes = counts.sum(), len(counts)
    labels = np.repeat(np.arange(classes), counts)
    same = (labels[:, None] == labels[None, :]).astype(float)
    np.fill_diagonal(same, 0)
    seen = (counts > 0).sum()
    return {"counts": counts.tolist(),
            "discrepancy": float(euclidean(counts / n, np.full(classes, 1 / classes))),
            # The squared distance from uniform is P(two alike) - 1/K: over pairs, no bias.
            "unbiased_square": float(same.sum() / (n * (n - 1)) - 1 / classes),
            "entropy": float(scipy.stats.entropy(counts) + (seen - 1) / (2 * n))}


def comparison_case(count, effect):
    a = np.round(random.normal(0.5, 0.2, count), 4)
    b = np.round(a + random.normal(effect, 0.08, count), 4)
    found = scipy.stats.bootstrap(
        (b - a,), np.mean, n_resamples=200_000, batch=2_000, method="percentile",
        rng=np.random.default_rng(3))
    drawn = found.bootstrap_distribution
    return {"a": a.tolist(), "b": b.tolist(), "difference": float(np.mean(b - a)),
            "low": float(found.confidence_interval.low),
            "high": float(found.confidence_interval.high),
            "share": float(2 * min((drawn <= 0).mean(), (drawn >= 0).mean()))}


def proportions():
    wilson = [[share, trials, *map(float, proportion_confint(
        share * trials, trials, method="wilson"))]
        for share, trials in [(0.25, 40.0), (0.9, 17.5), (0.0, 60.0), (1.0, 12.0)]]
    # As many successes of a first and of a second set of one size.
    newcombe = [[a, b, n, *map(float, confint_proportions_2indep(
        b, n, a, n, method="newcomb", compare="diff"))]
        for a, b, n in [(40, 33, 40), (0, 7, 50), (60, 60, 60)]]
    return {"wilson": wilson, "newcombe": newcombe}


def main():
    reference, generated = features(40, 12), features(36, 12, shift=0.25, scale=0.9)
    prompts = [i % 4 for i in range(30)] + [4] * 6
    wide, narrow = features(18, 30, shift=0.4), features(45, 6)
    fixture = {
        "reference": stored(reference), "generated": stored(generated), "prompts": prompts,
        "kid": kid_case(reference, generated, prompts),
        "neighbourhoods": [prdc_case(reference, generated, prompts, k) for k in (5, 3)],
        "diversity": [vendi_case(wide, [i % 3 for i in range(18)]),
                      vendi_case(narrow, [i % 5 for i in range(41)] + [5] * 4)],
        "eigenvalues": matrices(),
        "text_image": text_image_case(),
        "agreement": [agreement_case(400, 3, 0.7), agreement_case(300, 5, 0.9)],
        "populations": [population_case(c) for c in (
            [9, 7, 8], [81, 9, 10], [24, 0, 0], [45, 25, 15, 10, 5], [1, 1], [3, 0, 0, 0, 17])],
        "comparisons": [comparison_case(14, -0.05), comparison_case(30, 0.02)],
        "student": [[int(f), float(scipy.stats.t.ppf(0.975, f))]
                    for f in [*range(1, 15), 20, 35, 60, 120, 1000]],
        "proportions": proportions(),
    }
    text = ",\n".join(f"{json.dumps(k)}: {json.dumps(v, separators=(',', ':'))}"
                      for k, v in fixture.items())
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text("{\n" + text + "\n}\n")
    print(f"{TARGET}: {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main()
