#!/bin/sh
# The Debian packages that tests/interop and tests/browser need, and those that are named beside it: as root on Debian or a relative of it they are
# installed, anybody else is told which are missing. It never fails: a test that misses a package is skipped and names it.
set -u

WANTED="pcscd libccid pcsc-tools opensc vsmartcard-vpcd libpcsclite-dev swig tshark gcc libc6-dev libusb-1.0-0-dev chromium $*"

command -v dpkg-query >/dev/null 2>&1 && command -v apt-get >/dev/null 2>&1 || {
    echo "debian.sh: no Debian here: tests of other people's software are skipped" >&2
    exit 0
}

# A pcscd that a service manager starts would open vpcd's port to every network; our own pcscd is configured otherwise.
if [ -d /run/systemd/system ]; then
    WANTED=$(echo "$WANTED" | sed 's/ vsmartcard-vpcd//')
fi

missing=""
for package in $WANTED; do
    case "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" in
        installed) ;;
        *) missing="$missing $package" ;;
    esac
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -ne 0 ]; then
    echo "debian.sh: tests of other people's software are skipped for want of:$missing" >&2
    echo "debian.sh: to run them: sudo apt-get install --no-install-recommends$missing" >&2
    exit 0
fi

export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# Lists that are there already are tried first: to fetch them anew takes longer than the packages do.
# shellcheck disable=SC2086 - the names are words
if apt-get install -y --no-install-recommends $missing >"$log" 2>&1 ||
    { apt-get update >"$log" 2>&1 && apt-get install -y --no-install-recommends $missing >"$log" 2>&1; }; then
    echo "debian.sh: installed$missing" >&2
else
    tail -n 5 "$log" >&2
    echo "debian.sh: could not install$missing: their tests are skipped" >&2
fi
exit 0
