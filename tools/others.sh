#!/bin/sh
# EMV readers by other people for tests/interop, beside the virtual environment and not in it, since they want old releases of what
# is there: `emv` of PyPI and `node-emv` of npm. What cannot be installed is missed by its test, which says so. It never fails.
set -u
venv=$1
others=$venv/others
mkdir -p "$others"

[ -d "$others/py/emv" ] ||
    "$venv/bin/python" -m pip install -q --disable-pip-version-check --no-deps --target "$others/py" emv==1.0.14 pycountry==20.7.3 >&2 ||
    echo "others.sh: emv of PyPI could not be installed: its test is skipped" >&2

if [ ! -d "$others/node/node_modules/node-emv" ]; then
    if command -v npm >/dev/null; then
        npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$others/node" node-emv@1.0.23 >&2 ||
            echo "others.sh: node-emv of npm could not be installed: its test is skipped" >&2
    else
        echo "others.sh: there is no npm: the test with node-emv is skipped" >&2
    fi
fi
exit 0
