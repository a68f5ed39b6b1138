#!/bin/sh
# Makes the virtual environment that the Makefile's commands run in. Debian's python3 may come without venv: as root it is
# installed, otherwise the command that installs it is printed.
set -eu
venv=$1
python=${PYTHON:-python3}

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "terminal-sim needs Python 3.11 or newer; $("$python" --version 2>&1) was found. Try: make PYTHON=python3.11 ..." >&2
    exit 2
}
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "installing python3-venv ..." >&2
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv >/dev/null
    else
        echo "Python has no venv module here: install it with 'sudo apt-get install python3-venv' and try again" >&2
        exit 2
    fi
fi
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
echo "installing terminal-sim and its tools into $venv ..." >&2
"$venv/bin/python" -m pip install -q --disable-pip-version-check --upgrade "pip>=25.1"
"$venv/bin/python" -m pip install -q --disable-pip-version-check -e ".[pytest]" --group dev
