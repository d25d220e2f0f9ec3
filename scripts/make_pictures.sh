#!/usr/bin/env bash
# Makes the documentation's pictures of the screen anew from a real run: trains the recipe "starter" for some
# steps in a folder of its own, then plays docs/pictures.journey on it.
set -euo pipefail
cd "$(dirname "$0")/.."

steps=${1:-160}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export XDG_DATA_HOME="$folder/data" XDG_STATE_HOME="$folder/state" XDG_RUNTIME_DIR="$folder" POPBENCH_SHARE="$PWD"
program=$PWD/.build/release/popbench
# From elsewhere, so that sessions are kept in the folder and not in the checkout.
cd "$folder"
"$program" run --headless --recipe starter --session starter --steps "$steps" >/dev/null
"$program" --session starter --play "$POPBENCH_SHARE/docs/pictures.journey" \
    --pictures "$POPBENCH_SHARE/docs/images"
"$program" stop --session starter
