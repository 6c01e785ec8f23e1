# Sourced by run.sh and test.sh: a virtual environment with SigDesk in it, and the system libraries that Qt wants,
# and bubblewrap, which makes the sandbox.
# It does again only what has changed, so a second start costs a fraction of a second.
# The caller sets `extras` ("" or "dev"), `more_packages` (Debian packages besides Qt's), and defines `after_install`.

here=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
venv="$here/.venv"
QT_PACKAGES="libegl1 libgl1 libxkbcommon-x11-0 libxkbcommon0 libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1
libxcb-randr0 libxcb-render-util0 libxcb-shape0 libxcb-sync1 libxcb-xfixes0 libxcb-xkb1 libxcb-render0 libxcb-shm0
libx11-xcb1 libdbus-1-3 libfontconfig1 libfreetype6 libglib2.0-0"
SANDBOX_PACKAGES="bubblewrap" # for models that run in the sandbox, which is a setting

say() { printf '%s\n' "$*" >&2; }

find_python() {
    for name in python3.13 python3.12 python3.11 python3; do
        if command -v "$name" >/dev/null 2>&1 &&
            "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            printf '%s' "$name"
            return
        fi
    done
    say "SigDesk needs Python 3.11 or newer, which was not found."
    say "Install it (on Debian: apt-get install python3 python3-venv python3-pip) and run this again."
    exit 1
}

install_debian_packages() {
    command -v dpkg-query >/dev/null 2>&1 || return 0 # another system: Qt's own wheels say what they miss
    missing=""
    for package in $QT_PACKAGES $SANDBOX_PACKAGES $more_packages; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" = 0 ]; then
        as_root=""
    elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
        as_root="sudo"
    else
        say "These Debian packages are missing:$missing"
        say "Ask whoever looks after this machine to run: apt-get install$missing"
        say "Going on without them; the window may not open, or the sandbox be missing."
        return 0
    fi
    say "Installing Debian packages:$missing"
    log=$(mktemp)
    if ! { $as_root apt-get update -q && DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -q \
        --no-install-recommends $missing; } >"$log" 2>&1; then
        tail -n 5 "$log" >&2
        say "The packages could not be installed. Going on without them; the window may not open, or the sandbox be missing."
    fi
    rm -f "$log"
}

# What the environment was made from: when one of these changes, it is brought up to date.
fingerprint() {
    {
        printf '%s %s\n' "$extras" "$here"
        cat "$here/pyproject.toml"
        [ "$extras" = "" ] && find "$here/sigdesk" "$here/models" "$here/resources" -type f ! -name '*.pyc' \
            -exec ls -ln {} +
    } 2>/dev/null | cksum
}

prepare() {
    stamp="$venv/sigdesk-$( [ -n "$extras" ] && printf '%s' "$extras" || printf run)"
    print=$(fingerprint)
    if [ -x "$venv/bin/python" ] && [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$print" ]; then
        return 0
    fi
    install_debian_packages
    if [ ! -x "$venv/bin/python" ]; then
        python=$(find_python) || exit 1
        say "Making a virtual environment in $venv"
        if ! "$python" -m venv "$venv" 2>/dev/null; then
            rm -rf "$venv"
            say "The virtual environment could not be made."
            say "On Debian: apt-get install python3-venv. Else make room on the disk, and run this again."
            exit 1
        fi
    fi
    say "Installing SigDesk and its libraries (a minute or two the first time)"
    wanted="$here"
    [ -n "$extras" ] && wanted="$here[$extras]"
    # For tests nothing is compiled ahead: what they import is compiled then, which is a part of what was installed.
    compiled=""
    [ -n "$extras" ] && compiled="--no-compile"
    # shellcheck disable=SC2086 # no option is no word
    if ! "$venv/bin/python" -m pip install --quiet --disable-pip-version-check $compiled --upgrade "$wanted" >&2; then
        say "Installing failed; the lines above say why. With the network back, run this again."
        exit 1
    fi
    after_install
    printf '%s' "$print" >"$stamp"
}
