#!/bin/sh
# Runs SigDesk: `sh resources/run.sh [FILE…]`. It sets up whatever is missing first. On a machine without a display it
# classifies the sample signals instead and says how to get the window.
set -u
extras=""
more_packages=""
. "$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)/setup.sh"
after_install() { :; }

has_display() {
    [ -n "${DISPLAY:-}" ] || [ -n "${WAYLAND_DISPLAY:-}" ] || [ -n "${QT_QPA_PLATFORM:-}" ] ||
        [ "$(uname -s)" = Darwin ]
}

prepare
if has_display; then
    exec "$venv/bin/sigdesk" "$@"
fi
say "There is no display here, so SigDesk classifies its sample signals without a window:"
"$venv/bin/sigdesk" classify --samples
status=$?
say ""
say "For the window, run the same command on a desktop, or with a virtual display:"
say "    apt-get install xvfb && xvfb-run sh resources/run.sh"
say "Your own files: $venv/bin/sigdesk classify FILE…"
exit $status
