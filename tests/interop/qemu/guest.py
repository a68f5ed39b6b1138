"""A Linux of its own in QEMU for a test: lines of shell in, what they print out, and one device of ours to plug in at a time.

1. Its processor is emulated, so it needs no right to `/dev/kvm`; a line that works there takes a second or two.
2. Its network is QEMU's own and restricted: the guest reaches one address, and behind it is the port of loopback that was plugged in.
3. It ends with the test, by its own pid, and after `LIFE` seconds whatever happens to the test.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from tests.interop.daemon import Told

PATIENCE = 240.0  # seconds without a byte from the guest: twenty times what a quiet machine needs
LIFE = 1_200  # seconds; on a quiet machine its tests take 100
DEVICE = "10.0.2.100"
"""The one address that the guest reaches."""
UP = "\x04up\n"
"""What it says when it takes lines."""
PORT = 3240  # USB/IP's own (IANA)


class Guest:
    """`folder` is for what belongs to it: the port that is plugged in, and what its kernel says."""

    def __init__(self, kernel: Path, archive: Path, folder: Path) -> None:
        self._port = folder / "port"
        self._console = folder / "console"
        dial = folder / "dial"
        dial.write_text(
            f'#!/bin/sh\nexec /bin/busybox nc 127.0.0.1 "$(cat {self._port})"\n', encoding="utf-8"
        )
        dial.chmod(0o700)
        self._told = Told(
            (
                *("timeout", "--kill-after=5", str(LIFE), "qemu-system-x86_64"),
                *("-accel", "tcg", "-smp", "2", "-m", "384"),
                *("-nodefaults", "-display", "none", "-no-reboot"),
                *("-kernel", str(kernel), "-initrd", str(archive), "-append", "console=ttyS1 panic=-1"),
                *("-serial", "stdio", "-serial", f"file:{self._console}"),
                *("-netdev", f"user,id=n,restrict=on,guestfwd=tcp:{DEVICE}:{PORT}-cmd:{dial}"),
                *("-device", "e1000,netdev=n,romfile="),
            ),
            os.environ,
            stdin=True,
            patience=PATIENCE,
        )

    def run(self, line: str) -> str:
        """Run a line of shell to its end and return what it printed; it must end well."""
        self._told.tell(line)
        printed, code = self._told.until(r"(.*?)\x04(\d+)\n").groups()
        assert code == "0", f"`{line}` ended with {code}:\n{printed}\n{self.console()}"
        return str(printed)

    def start(self, line: str) -> None:
        """Run a line that leaves something in the background, which prints for `until`."""
        printed = self.run(line)
        self._told.said["out"] = printed + self._told.said["out"]

    def until(self, pattern: str) -> re.Match[str]:
        """Wait until what was started has printed this."""
        return self._told.until(pattern)

    def plug(self, port: int) -> str:
        """Plug in what is served at a port of loopback, and return its folder under /sys as soon as it is configured."""
        self._port.write_text(str(port), encoding="ascii")
        self.run(f"usbip attach --remote {DEVICE} --busid 1-1")
        found = self.run(
            'until set -- /sys/bus/usb/devices/*-[1-9]*:*; [ -e "$1" ]; do sleep 0.1; done; echo ${1%:*}'
        )
        return found.strip()

    def gone(self, path: str) -> None:
        """Wait until a file is gone."""
        self.run(f"while [ -e {path} ]; do sleep 0.1; done")

    def console(self) -> str:
        """What its kernel said last."""
        return self._console.read_text("utf-8", "backslashreplace")[-2_000:]

    def close(self) -> None:
        self._told.close()
