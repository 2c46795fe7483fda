#!/bin/sh
# Makes .venv fit for "run" (what the product needs) or "dev" (that, and what its tests need).
# Needs nothing but Python 3.11+. Safe to run again at any time: what is in place is left alone, what was
# cut off half-way is finished. Every package is pinned and its hash is checked.
set -eu
cd "$(dirname "$0")/.."

wanted=$1
python=${PYTHON:-python3}
venv_python=.venv/bin/python

fail() {
    printf 'unpinch: %s\n' "$1" >&2
    exit 2
}

# What the environment was made from. The folder is part of it: an environment does not survive being moved.
fingerprint() {
    pwd
    cat requirements/build.txt "requirements/$1.txt" pyproject.toml | cksum
}

is_ready() {
    [ -f ".venv/.made-for-$1" ] && [ -x "$venv_python" ] &&
        [ "$(cat ".venv/.made-for-$1")" = "$(fingerprint "$1")" ]
}

check_python() {
    command -v "$python" >/dev/null 2>&1 ||
        fail "no program called '$python' was found. unpinch needs Python 3.11 or newer; if yours has another name, say PYTHON=/path/to/python3.11 make run"
    # Plain enough for Python 2, so that the oldest Python still gives the clear line.
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) ||
        fail "'$python' does not start. unpinch needs Python 3.11 or newer; choose one with PYTHON=/path/to/python3.11 make run"
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
        fail "'$python' is Python $version, and unpinch needs 3.11 or newer. Choose a newer one: PYTHON=/path/to/python3.11 make run"
    "$python" -c 'import ensurepip, venv' 2>/dev/null ||
        fail "'$python' cannot make virtual environments. On Debian or Ubuntu: sudo apt-get install python3-venv"
}

make_venv() {
    if [ -e .venv ] && ! "$venv_python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        rm -rf .venv 2>/dev/null || fail "cannot write to the folder $(pwd). Give yourself write access, or clone unpinch to a folder of yours"
    fi
    mkdir -p .venv 2>/dev/null && : 2>/dev/null >.venv/.writable ||
        fail "cannot write to the folder $(pwd). Give yourself write access, or clone unpinch to a folder of yours"
    echo "Setting up in $(pwd)/.venv - once, a minute or less"
    [ -x "$venv_python" ] || "$python" -m venv .venv ||
        fail "could not make a virtual environment in $(pwd)/.venv (the reason is above)"
}

# uv does the same from the same files, faster; where it is missing or fails, pip is the way.
install() {
    if [ -z "${UNPINCH_NO_UV:-}" ] && uv --version >/dev/null 2>&1; then
        uv pip install --quiet --python "$venv_python" "$@" && return
        echo 'uv did not manage; trying pip' >&2
    fi
    "$venv_python" -m pip --version >/dev/null 2>&1 || "$venv_python" -m ensurepip >/dev/null
    PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore "$venv_python" -m pip install --quiet "$@"
}

# The tests' environment holds all that running needs, in the same versions.
is_ready dev && exit 0
is_ready "$wanted" && exit 0

check_python
make_venv
rm -f .venv/.made-for-*
install --require-hashes -r requirements/build.txt -r "requirements/$wanted.txt" ||
    fail "the packages could not be installed (the reason is above). With a working network, run the same command again: it goes on where it stopped"
install --no-deps --no-build-isolation -e . ||
    fail "unpinch itself could not be installed (the reason is above)"
fingerprint "$wanted" >".venv/.made-for-$wanted"
