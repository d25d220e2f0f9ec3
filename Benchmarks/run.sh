#!/usr/bin/env bash
# Times the engine on this machine, beside PyTorch where Python has torch and diffusers (PYTHON names
# another interpreter), and writes the page docs/benchmarks.md. Nothing else should be running.
set -euo pipefail
cd "$(dirname "$0")"

python=${PYTHON:-python3}
threads=$(nproc)
record=$(mktemp)
folder=$(mktemp -d)
trap 'rm -rf "$record" "$folder"' EXIT

swift build -c release
bench=.build/release/Benchmarks
popbench=../.build/release/popbench

note() { # group name value unit
    printf '{"group":"%s","name":"%s","value":%s,"unit":"%s"}\n' "$@" >>"$record"
}

cpu=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)
note machine "${cpu:-this machine} ($threads cores, $(date +%F), commit $(git rev-parse --short HEAD))" "$threads" cores

for what in ceilings kernels layers; do
    echo "$what" >&2
    "$bench" "$what" >>"$record"
done

# In turns, so that a slow minute of the machine meets both.
modes=fp32,bf16,compile
has_torch=no
if "$python" -c 'import torch, diffusers' 2>/dev/null; then has_torch=yes; fi
for turn in 1 2; do
    for work in unet pretrain align lanes sample; do
        echo "turn $turn: $work" >&2
        "$bench" steps "$work" >>"$record"
        # Four alignments one after another are four times one: no need to wait for them.
        if [ "$has_torch" = yes ] && [ "$work" != lanes ]; then
            "$python" pytorch_steps.py --threads "$threads" --work "$work" --modes "$modes" \
                --repeats 3 2>/dev/null >>"$record"
        fi
    done
    # What compiling gains does not change from turn to turn, and it takes minutes.
    modes=fp32,bf16
done
if [ "$has_torch" = no ]; then
    echo 'no PyTorch to compare with: pip install torch diffusers, or set PYTHON' >&2
fi

echo 'cores, memory, start' >&2
seconds() { # median of a pretraining step on $1 cores
    POPBENCH_THREADS=$1 "$bench" steps pretrain | sed -n 's/.*"group":"step".*"seconds":\([0-9.e-]*\).*/\1/p'
}
one=$(seconds 1)
two=$(seconds 2)
note session '1 to 2 cores, a pretraining step (asked for: 1.9)' "$(awk "BEGIN { print $one / $two }")" 'times as fast'
for cores in 1 2; do
    POPBENCH_THREADS=$cores "$popbench" run --headless --recipe starter --session "$folder/$cores" --steps 2 \
        >/dev/null 2>&1
done
same=1
for lane in "$folder"/1/checkpoints/step-*/lanes/*.safetensors; do
    cmp -s "$lane" "${lane/"$folder/1"/"$folder/2"}" || same=0
done
note session 'two steps of four lanes on 1 and 2 cores, bit-identical (1 is yes)' "$same" ''

start=$(date +%s%N)
"$popbench" run --headless --recipe starter --session "$folder/start" --steps 4 >"$folder/events" 2>/dev/null &
engine=$!
until grep -q '^{"type":"step"' "$folder/events"; do sleep 0.02; done
end=$(date +%s%N)
note session 'launch to the first curve point of four lanes (asked for: under 3)' \
    "$(awk "BEGIN { print ($end - $start) / 1e9 }")" s
memory=0
while [ -r "/proc/$engine/status" ]; do
    now=$(sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$engine/status" 2>/dev/null || true)
    [ -n "$now" ] && memory=$now
    sleep 0.05
done
wait "$engine" || true
note session 'peak memory of that session (asked for: under 600)' "$(awk "BEGIN { print $memory / 1024 }")" MB

echo growth >&2
"$bench" growth >>"$record"

echo screen >&2
"$bench" screen >>"$record"

"$bench" table "$record" >../docs/benchmarks.md
sed -n '/^## Beside PyTorch/,/^## Kernels/p' ../docs/benchmarks.md
