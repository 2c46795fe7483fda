#!/bin/sh
# Prints the path of a Chromium for the browser tests, and installs one first where that is possible
# without asking. Otherwise says the one command to run, and fails.
set -eu

find_chromium() {
    for name in "${UNPINCH_CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable; do
        [ -n "$name" ] && command -v "$name" && return
    done
    # The one that `playwright install chromium` fetches.
    for found in "${PLAYWRIGHT_BROWSERS_PATH:-$HOME/.cache/ms-playwright}"/chromium-*/chrome-linux*/chrome; do
        [ -x "$found" ] && echo "$found" && return
    done
    return 1
}

find_chromium && exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo 'Installing Chromium for the browser tests (apt-get, once)' >&2
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends chromium; } </dev/null >&2 || true
    find_chromium && exit 0
fi

cat >&2 <<'TEXT'
unpinch: the browser tests need Chromium, and none was found. Install it with one of
    sudo apt-get install -y chromium
    .venv/bin/python -m playwright install --with-deps chromium
or name yours: UNPINCH_CHROMIUM=/path/to/chrome make test
TEXT
exit 1
