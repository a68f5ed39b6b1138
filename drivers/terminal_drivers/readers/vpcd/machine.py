"""Whether a vpcd of this machine is set up so that it opens a port to the network."""

import re
from collections.abc import Iterator
from pathlib import Path

from terminal_drivers.readers.machine import CheckState, Finding

CONFIGURATION = Path("/etc/reader.conf.d/vpcd")


def checks(configuration: Path = CONFIGURATION) -> Iterator[Finding]:
    """An exposed one is found; a configuration that this user may not read, or that is not there, is none."""
    if re.search(r"^\s*DEVICENAME\s+/dev/null:", _text(configuration), re.MULTILINE):
        cure = (
            f"pcscd with vpcd listens on every network: sudo sed -i s/^/#/ {configuration}, and restart pcscd"
        )
        yield Finding("vpcd", CheckState.EXPOSED, cure)


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8", "replace")
    except OSError:
        return ""
