#!/bin/sh
# Makes sure that pdfinfo and pdftotext are there for the tests of letters, and installs them first where that is
# possible without asking. Otherwise says the one command to run, and fails.
set -eu

has_poppler() {
    command -v pdfinfo >/dev/null 2>&1 && command -v pdftotext >/dev/null 2>&1
}

has_poppler && exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo 'Installing poppler-utils for the tests of letters (apt-get, once)' >&2
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends poppler-utils; } </dev/null >&2 || true
    has_poppler && exit 0
fi

cat >&2 <<'TEXT'
unpinch: the tests of letters need pdfinfo and pdftotext, and they were not found. Install them with
    sudo apt-get install -y poppler-utils
Without them those tests are left out, and with CI=true they fail.
TEXT
exit 1
