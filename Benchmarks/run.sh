#!/usr/bin/env bash
# Times the engine's work on this machine, and beside it a U-Net step in PyTorch where Python has
# torch and diffusers (PYTHON names another interpreter). The two take turns; the ratio of their
# medians is what counts.
set -euo pipefail
cd "$(dirname "$0")"

python=${PYTHON:-python3}
swift build -c release
bench=.build/release/Benchmarks
"$bench"
if ! "$python" -c 'import torch, diffusers' 2>/dev/null; then
    echo "no PyTorch to compare with: pip install torch diffusers, or set PYTHON" >&2
    exit 0
fi
threads=$(nproc)
for _ in 1 2 3; do
    ours=$("$bench" unet)
    theirs=$("$python" unet_step.py --threads "$threads")
    printf '%s\n%s\n' "$ours" "$theirs"
    "$python" -c '
import json, sys
ours, theirs = (json.loads(text)["median_s"] for text in sys.argv[1:])
print(f"popbench {ours * 1e3:.0f} ms, PyTorch {theirs * 1e3:.0f} ms a step: popbench is {theirs / ours:.2f}x as fast")
' "$ours" "$theirs"
done
