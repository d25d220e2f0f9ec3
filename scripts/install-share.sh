#!/usr/bin/env bash
# Copies what an installed popbench reads to a folder: themes, starter recipes, weights.
# Saved sessions, which lie beside the recipes in a checkout, are not copied.
set -euo pipefail

share=${1:?usage: install-share.sh FOLDER}
cd "$(dirname "$0")/.."

copy() {
    install -d "$share/$(dirname "$1")"
    install -m 644 "$1" "$share/$1"
}

for file in themes/*.toml sessions/*.toml sessions/studies/*.toml; do
    if [ -f "$file" ]; then copy "$file"; fi
done
if [ -d models ]; then
    while IFS= read -r -d '' file; do copy "$file"; done < <(find models -type f -print0)
fi
for file in LICENSE NOTICE; do
    if [ -f "$file" ]; then copy "$file"; fi
done
