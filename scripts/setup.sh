#!/usr/bin/env bash
# Puts what popbench needs on a Debian or Ubuntu machine: system packages, and Swift where there is
# none. Says what it installs, and installs nothing that is there already.
set -euo pipefail

packages=(
    build-essential pkg-config
    libncurses-dev         # ncursesw: the screen
    libopenblas-dev        # matrix products
    libpng-dev             # pictures written and read
    libfreetype-dev        # the emoji font's pictures
    libharfbuzz-dev        # emoji sequences to glyphs
    libsqlite3-dev         # metrics
    libchafa-dev libglib2.0-dev  # pictures in the terminal
    fonts-noto-color-emoji unicode-data  # the pictures and their names
)

say() { printf 'setup: %s\n' "$*" >&2; }

installed() {
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        env DEBIAN_FRONTEND=noninteractive "$@"
    elif command -v sudo >/dev/null; then
        sudo env DEBIAN_FRONTEND=noninteractive "$@"
    else
        say "this needs root, and there is no sudo here; as root run: $*"
        exit 1
    fi
}

updated=no
update_lists() {
    [ "$updated" = yes ] && return
    updated=yes
    # A mirror that is away must not stop what the lists at hand are enough for.
    as_root apt-get update -qq </dev/null || say "apt-get update failed; going on with the lists there are"
}

install() {
    say "installing $*"
    update_lists
    as_root apt-get install -y -qq --no-install-recommends "$@" </dev/null >&2
}

# The major version in a text such as "Swift version 6.3.1 (...)"; nothing where there is none.
swift_major() {
    command -v swift >/dev/null || return 0
    swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9][0-9]*\).*/\1/p' | head -n 1
}

has_swift() { [ "$(swift_major || true)" -ge 6 ] 2>/dev/null; }

if ! command -v dpkg-query >/dev/null; then
    say "no dpkg here: install what ${packages[*]} are called on this system yourself"
else
    missing=()
    for package in "${packages[@]}"; do
        installed "$package" || missing+=("$package")
    done
    if [ "${#missing[@]}" -gt 0 ]; then install "${missing[@]}"; fi
fi

if ! has_swift && command -v apt-cache >/dev/null; then
    update_lists
    candidate=$(apt-cache policy swiftlang 2>/dev/null | sed -n 's/^ *Candidate: \([0-9]*\).*/\1/p')
    if [ "${candidate:-0}" -ge 6 ]; then install swiftlang; fi
fi
if ! has_swift; then
    # The installer asks questions and changes the shell's profile: that is the user's to start.
    found=$(swift_major || true)
    say "Swift 6 or newer is missing${found:+ (there is version $found)}, and apt has none here; install it with:"
    # shellcheck disable=SC2016
    printf '%s\n' 'curl -O https://download.swift.org/swiftly/linux/swiftly-$(uname -m).tar.gz && tar zxf swiftly-$(uname -m).tar.gz && ./swiftly init --quiet-shell-followup && . "${SWIFTLY_HOME_DIR:-$HOME/.local/share/swiftly}/env.sh" && hash -r' >&2
    exit 1
fi
