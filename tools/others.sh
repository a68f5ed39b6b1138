#!/bin/sh
# Software by other people for tests/interop and tests/adapters, beside the virtual environment and not in it, since it wants other releases of
# what is there: the EMV readers `emv` of PyPI and `node-emv` of npm, the vendors' libraries for points of sale, and labgrid, which brings a
# module `serial` of its own. What cannot be installed is missed by its test, which says so. It never fails.
set -u
venv=$1
others=$venv/others
mkdir -p "$others"

[ -d "$others/py/emv" ] ||
    "$venv/bin/python" -m pip install -q --disable-pip-version-check --no-deps --target "$others/py" emv==1.0.14 pycountry==20.7.3 >&2 ||
    echo "others.sh: emv of PyPI could not be installed: its test is skipped" >&2

[ -d "$others/labgrid/labgrid" ] ||
    "$venv/bin/python" -m pip install -q --disable-pip-version-check --target "$others/labgrid" labgrid==26.0.1 >&2 ||
    echo "others.sh: labgrid of PyPI could not be installed: its test is skipped" >&2

[ -d "$others/square/square" ] ||
    "$venv/bin/python" -m pip install -q --disable-pip-version-check --target "$others/square" squareup==46.0.0.20260916 >&2 ||
    echo "others.sh: squareup of PyPI could not be installed: its test is skipped" >&2

if [ ! -d "$others/node/node_modules/node-emv" ] || [ ! -d "$others/node/node_modules/@adyen" ] ||
    [ ! -d "$others/node/node_modules/square" ]; then
    if command -v npm >/dev/null; then
        npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$others/node" \
            node-emv@1.0.23 @adyen/api-library@32.1.0 square@46.0.0 >&2 ||
            echo "others.sh: node-emv, @adyen/api-library and square of npm could not be installed: their tests are skipped" >&2
    else
        echo "others.sh: there is no npm: the tests with node-emv, @adyen/api-library and square are skipped" >&2
    fi
fi
exit 0
