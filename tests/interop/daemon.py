"""The real pcscd for a test: its own configuration and socket, unseen by the rest of the machine, ended by its pid.

It runs in a mount namespace of its own with an empty /run, so several may run at once and none finds another's socket.
"""

from __future__ import annotations

import json
import os
import re
import select
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import pytest

from tests.patience import PATIENCE

CLIENT = Path(__file__).parent / "pyscard_client.py"
SERIAL_DRIVER = "/usr/lib/pcsc/drivers/serial/libccidtwin.so"

PACKAGES = {
    "pcscd": "/usr/sbin/pcscd",
    "libccid": SERIAL_DRIVER,
    "pcsc-tools": "/usr/bin/pcsc_scan",
    "opensc": "/usr/bin/opensc-tool",
    "vsmartcard-vpcd": "/usr/lib/pcsc/drivers/serial/libifdvpcd.so",
    "gcc": "/usr/bin/gcc",
    "libusb-1.0-0-dev": "/usr/include/libusb-1.0/libusb.h",
    "qemu-system-x86": "/usr/bin/qemu-system-x86_64",
    "busybox-static": "/var/lib/dpkg/info/busybox-static.list",
    "usbip": "/usr/sbin/usbip",
    "usbutils": "/usr/bin/lsusb",
}
"""A file by which each Debian package is known."""


def need_packages(*packages: str) -> None:
    """Skip the test, and say what to install, where one of the packages is missing."""
    missing = [name for name in packages if not Path(PACKAGES[name]).exists()]
    if missing:
        pytest.skip(f"Debian packages are missing: sudo apt-get install {' '.join(missing)}")


def need(*packages: str) -> None:
    """Skip the test, and say what to install, where one of the packages or the right to mount is missing."""
    need_packages(*packages)
    if os.geteuid() != 0 or shutil.which("unshare") is None:
        pytest.skip("a pcscd of its own needs root and `unshare` (Debian package util-linux)")


def need_pyscard() -> None:
    """Skip the test where the Python that runs it has no pyscard."""
    if find_spec("smartcard") is None:
        pytest.skip("pyscard is missing: pip install 'terminal-sim[pcsc]', with swig and libpcsclite-dev")


def answers(path: Path, process: subprocess.Popen[bytes] | subprocess.Popen[str]) -> bool:
    """Whether the socket of a pcscd takes connections: it does so a moment after the daemon calls itself ready."""
    again = threading.Event()
    for _ in range(1_000):
        with socket.socket(socket.AF_UNIX) as attempt:
            if not attempt.connect_ex(str(path)):
                return True
        if process.poll() is not None:
            return False
        again.wait(0.002)
    return False


class Pcscd:
    """`entries` are the files of its configuration folder; `env` is added to its environment."""

    def __init__(self, folder: Path, entries: Sequence[str], env: Mapping[str, str] | None = None) -> None:
        sockets, configuration = folder / "ipc", folder / "conf"
        sockets.mkdir(exist_ok=True)
        configuration.mkdir(exist_ok=True)
        for number, entry in enumerate(entries):
            (configuration / f"{number}.conf").write_text(entry, encoding="utf-8")
        self.environment = {**os.environ, "PCSCLITE_CSOCK_NAME": str(sockets / "pcscd.comm")}
        self.log: list[str] = []
        hidden = (
            "mount -t tmpfs none /run && mkdir /run/pcscd && "
            f"mount --bind {sockets} /run/pcscd && exec pcscd --foreground --info --config {configuration}"
        )
        self._process = subprocess.Popen(
            ["unshare", "--mount", "sh", "-c", hidden],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="backslashreplace",
            env={**os.environ, **(env or {})},
        )
        self._ready = threading.Event()
        self._reading = threading.Thread(target=self._read, name="log of pcscd")
        self._reading.start()
        if not self._ready.wait(PATIENCE) or not answers(sockets / "pcscd.comm", self._process):
            self.close()
            raise RuntimeError("pcscd did not start:\n" + "".join(self.log))

    @property
    def pid(self) -> int:
        return self._process.pid

    def run(self, *arguments: str) -> str:
        """Run a client of this daemon to its end and return what it printed."""
        done = subprocess.run(
            arguments, env=self.environment, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        assert done.returncode == 0, (
            f"{arguments[0]} failed:\n{done.stdout}{done.stderr}{''.join(self.log[-20:])}"
        )
        return done.stdout

    def close(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reading.join()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _read(self) -> None:
        for line in self._process.stdout or ():
            self.log.append(line)
            if "daemon ready" in line:
                self._ready.set()
        self._ready.set()


class Told:
    """A client that talks on: its output is read until it says what is waited for."""

    def __init__(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        *,
        stdin: bool = False,
        patience: float = PATIENCE,
    ) -> None:
        self._patience = patience
        self._process = subprocess.Popen(
            arguments,
            stdin=subprocess.PIPE if stdin else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=dict(environment),
        )
        self.said = {"out": "", "err": ""}
        self._open = {"out": _pipe(self._process.stdout), "err": _pipe(self._process.stderr)}

    def until(self, pattern: str, where: str = "out") -> re.Match[str]:
        """What `pattern` finds in what is said from now on; what stood before it is taken as read."""
        while (found := re.search(pattern, self.said[where], re.DOTALL)) is None:
            self._more(pattern)
        self.said[where] = self.said[where][found.end() :]
        return found

    def tell(self, line: str) -> None:
        stdin = _pipe(self._process.stdin)
        stdin.write(f"{line}\n".encode())
        stdin.flush()

    def end(self) -> None:
        self._process.terminate()

    def ended(self) -> int:
        """Wait for its end and return its exit code, what it still said being in `said`."""
        while self._open:
            self._more("its end")
        return self._process.wait(PATIENCE)

    def close(self) -> None:
        if self._process.poll() is None:
            self._process.terminate()
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            # It is gone in any case, so that no later test meets its open pipes; tests of how it ends ask `ended`.
            self._process.kill()
            self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            if pipe is not None:
                pipe.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _more(self, wanted: str) -> None:
        readable, _, _ = select.select(list(self._open.values()), (), (), self._patience)
        ready = [where for where, pipe in self._open.items() if pipe in readable]
        for where in ready:
            data = os.read(self._open[where].fileno(), 65_536)
            self.said[where] += data.decode("utf-8", "backslashreplace")
            if not data:
                del self._open[where]
        if not ready or not self._open:
            said = "\n".join(self.said.values())
            if wanted != "its end" or not ready:
                raise AssertionError(f"waited for {wanted!r}; there was:\n{said}")


class Pyscard:
    """pyscard in a process of its own: libpcsclite reads the name of the daemon's socket once in its life."""

    def __init__(self, daemon: Pcscd) -> None:
        need_pyscard()
        self._told = Told([sys.executable, str(CLIENT)], daemon.environment, stdin=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._told.close()

    def ask(self, what: str, *arguments: Any) -> Any:
        """Call a function of the client and return its result; its error is a `PcscError`."""
        self._told.tell(json.dumps([what, *arguments]))
        answer = json.loads(self._told.until(r"[^\n]*\n")[0])
        if "error" in answer:
            raise PcscError(answer["error"])
        return answer["result"]

    def transmit(self, apdu: bytes) -> bytes:
        return bytes.fromhex(self.ask("transmit", apdu.hex()))


class PcscError(Exception):
    """What PC/SC calls the error, in its own words."""


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise RuntimeError("this pipe was not asked for")
    return pipe
