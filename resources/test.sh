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

# The tests start hundreds of processes. Where the environment forbids Python to keep what it has compiled, each of them
# would compile its libraries anew, which takes longer than the tests do.
unset PYTHONDONTWRITEBYTECODE

prepare
cd "$here" || exit 1
# MiniRocket is compiled once a machine, which takes a minute of one processor: now, while the checks keep the others
# idle, so that no test waits for it and no two of them compile the same. Where it fails, the test that needs it says so.
PYTHONPATH="$here" "$venv/bin/python" -m tests.benchmarks.compiling >/dev/null 2>&1 &
compiling=$!
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
wait "$compiling"
printf '== tests\n'
# Four at a time at most: many tests start a pool of processes themselves. They start and kill thousands, and where other
# work starves them one in a thousand fails: it is tried once more, and named at the end as RERUN. Hypothesis draws the
# same examples on every run, unless SIGDESK_TEST_RANDOM is set.
QT_QPA_PLATFORM=offscreen "$venv/bin/python" -m pytest -n logical --maxprocesses 4 --dist worksteal --reruns 1 --durations 40 "$@"
status=$?
[ -z "$failed" ] || [ "$status" -ne 0 ] || status=1
exit "$status"
