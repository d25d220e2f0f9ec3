#!/usr/bin/env bash
# Runs the benchmarks of Benchmarks/, which print popbench's step time beside PyTorch's.
set -euo pipefail

cd "$(dirname "$0")/../Benchmarks"
if [ -x ./run.sh ]; then
    exec ./run.sh "$@"
fi
exec swift run -c release Benchmarks "$@"
