#!/bin/sh
# pyscard has no wheels for Linux: it is built where its compiler and headers are, and missed otherwise. It never fails.
python=$1
"$python" -c 'import smartcard' 2>/dev/null && exit 0
if [ -e /usr/include/PCSC/winscard.h ] && command -v swig >/dev/null && command -v gcc >/dev/null; then
    "$python" -m pip install -q --disable-pip-version-check 'pyscard>=2.3' >&2 ||
        echo "pyscard could not be built: its tests are skipped" >&2
else
    echo "pyscard is not built for want of swig, gcc or libpcsclite-dev: its tests are skipped" >&2
fi
exit 0
