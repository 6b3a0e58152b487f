#!/bin/sh
# Makes the virtual environment $1 with the Python that $PYTHON names, or with the first one on
# the PATH that is new enough. Leaves a working one alone; makes a broken or moved one anew.
# Debian ships Python without ensurepip, so `python -m venv` alone would not do: where it is
# missing, pip fetches virtualenv into .tools, which touches nothing of the system's.
set -eu

venv=$1
here=$(pwd -P)

fail() {
    printf '\n' >&2
    printf '%s\n' "$@" >&2
    exit 1
}

new_enough() {
    command -v "$1" >/dev/null 2>&1 &&
        "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

if [ -n "${PYTHON:-}" ]; then
    new_enough "$PYTHON" || fail "PYTHON=$PYTHON is not a Python 3.11 or later." \
        "Name another one: make PYTHON=/path/to/python3.11 ..."
else
    for candidate in python3 python3.11 python3.12 python3.13 python3.14 python; do
        if new_enough "$candidate"; then
            PYTHON=$candidate
            break
        fi
    done
    [ -n "${PYTHON:-}" ] || fail "Convo needs Python 3.11 or later, and found none on the PATH." \
        "Install it (Debian 12: apt-get install python3 python3-pip) or name it:" \
        "make PYTHON=/path/to/python3.11 ..."
fi

# The scripts inside carry the folder's full name, so a moved folder needs a new environment.
if [ "$(cat "$venv/made-in" 2>/dev/null)" = "$here" ] && "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    exit 0
fi
rm -rf "$venv"

if "$PYTHON" -c 'import venv, ensurepip' 2>/dev/null; then
    "$PYTHON" -m venv "$venv"
elif "$PYTHON" -m virtualenv --version >/dev/null 2>&1; then
    "$PYTHON" -m virtualenv --quiet "$venv"
elif "$PYTHON" -m pip --version >/dev/null 2>&1; then
    "$PYTHON" -m pip install -qq --upgrade --target .tools virtualenv ||
        fail "pip could not fetch virtualenv; what it says is above." \
            "Or install venv yourself (Debian: apt-get install python3-venv) and call make again."
    PYTHONPATH=.tools "$PYTHON" -m virtualenv --quiet "$venv"
else
    fail "$PYTHON has neither venv nor pip, so nothing can be installed for it." \
        "Install one of them (Debian: apt-get install python3-pip) and call make again."
fi
printf '%s\n' "$here" >"$venv/made-in"
