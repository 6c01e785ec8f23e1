#!/bin/sh
# Everything that must hold, as CI runs it: `sh resources/test.sh [PYTEST OPTIONS]`. Sets up what is missing, then lint,
# format, types, import contracts and the tests (window tests offscreen, a few under Xvfb).
set -u
extras="dev"
more_packages="xvfb xdotool libportaudio2"
. "$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)/setup.sh"

# sktime ships the data that appliance-current is trained on. Its own dependencies are not needed to read files.
after_install() {
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-compile --no-deps "sktime>=1.2,<2" >&2 ||
        say "sktime could not be installed: the tests on its data will be skipped."
}

prepare
cd "$here" || exit 1
failed=""
check() {
    name=$1
    shift
    printf '== %s\n' "$name"
    "$@" || failed="$failed $name,"
}
check "lint" "$venv/bin/ruff" check .
check "format" "$venv/bin/ruff" format --check .
check "types" "$venv/bin/mypy"
check "imports" env PYTHONPATH="$here" "$venv/bin/lint-imports"
[ -z "$failed" ] || printf '== failed so far:%s see above; the tests run all the same\n' "${failed%,}"
printf '== tests\n'
# Twice as many at a time as there are processors, as many tests wait for processes of their own; eight at most.
workers=$(($(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1) * 2))
[ "$workers" -le 8 ] || workers=8
QT_QPA_PLATFORM=offscreen "$venv/bin/python" -m pytest -n "$workers" --dist worksteal --durations 40 "$@"
status=$?
[ -z "$failed" ] || [ "$status" -ne 0 ] || status=1
exit "$status"
