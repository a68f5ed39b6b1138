"""A PC/SC service of its own for these tests: real pcscd, with vpcd as its reader, on loopback."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

VPCD = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
NEEDED = "apt-get install pcscd vsmartcard-vpcd libpcsclite-dev, pip install pyscard, and be root"


@dataclass(frozen=True, slots=True)
class Service:
    """A running pcscd whose vpcd looks for cards at these two ports."""

    ports: tuple[int, int]


def _two_ports() -> int:
    """A free port whose successor is free: vpcd has two slots, at a port and the next."""
    for port in range(45_963, 60_000, 2):
        try:
            with socket.create_server(("127.0.0.1", port)), socket.create_server(("127.0.0.1", port + 1)):
                return port
        except OSError:
            continue
    pytest.fail("no two ports are free")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    pytest.importorskip("smartcard", reason=NEEDED)
    if shutil.which("pcscd") is None or not VPCD.exists() or os.geteuid():
        pytest.skip(NEEDED)
    folder = tmp_path_factory.mktemp("pcscd")
    (folder / "ipc").mkdir()
    (folder / "conf").mkdir()
    port = _two_ports()
    entry = f'FRIENDLYNAME "Virtual PCD"\nDEVICENAME 127.0.0.1:{port}\nLIBPATH {VPCD}\n'
    (folder / "conf" / "vpcd").write_text(entry)
    # A mount of its own keeps the socket away from a service that the machine may run.
    start = f"mkdir -p /run/pcscd && mount --bind {folder}/ipc /run/pcscd && exec pcscd -f -d -c {folder}/conf"
    with subprocess.Popen(
        ["unshare", "-m", "sh", "-c", start], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as daemon:
        assert daemon.stdout is not None
        said = []
        for line in daemon.stdout:
            said.append(line.decode(errors="replace"))
            if b"daemon ready" in line:
                break
        else:
            pytest.skip("pcscd does not start here: " + "".join(said[-3:]))
        # It must not stop when nobody reads what it says.
        drain = subprocess.Popen(["cat"], stdin=daemon.stdout, stdout=subprocess.DEVNULL)
        os.environ["PCSCLITE_CSOCK_NAME"] = str(folder / "ipc" / "pcscd.comm")
        try:
            yield Service((port, port + 1))
        finally:
            del os.environ["PCSCLITE_CSOCK_NAME"]
            daemon.terminate()
            daemon.wait(10)
            drain.wait(10)
