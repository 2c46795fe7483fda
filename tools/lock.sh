#!/bin/sh
# Pins every dependency of pyproject.toml, with hashes and without addresses, so that any mirror will do.
set -eu
cd "$(dirname "$0")/.."
compile() {
    uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate --python-version 3.11 "$@"
}
compile pyproject.toml --all-extras --group dev -o requirements/dev.txt
compile pyproject.toml --all-extras -c requirements/dev.txt -o requirements/run.txt
compile --group build -c requirements/dev.txt -o requirements/build.txt
