"""A PC/SC service of its own for these tests: real pcscd with real drivers, and our devices behind them."""

import atexit
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from terminal_drivers.base import Card, Misuse
from terminal_drivers.readers.ccid.gempc import GEMPC_PINPAD, GemPcDevice
from terminal_drivers.readers.ccid.virtual import VirtualCcid
from terminal_drivers.readers.pcsc.codec import get_data
from terminal_drivers.readers.pin_prompt import Key, Prompt
from terminal_drivers.readers.vpcd.card import VpcdSlot
from terminal_drivers.transports.pty import PtyLine
from tests.interop.daemon import answers

VPCD = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
GEMPC = Path("/usr/lib/pcsc/drivers/serial/libccidtwin.so")
NEEDED = "apt-get install pcscd libccid vsmartcard-vpcd libpcsclite-dev, pip install pyscard, and be root"

UID = bytes.fromhex("04A1B2C3")

# The client library looks for the service's socket once in a process, so all tests here have one place for it.
SOCKET = Path(tempfile.mkdtemp(prefix="pcscd-")) / "pcscd.comm"
os.environ["PCSCLITE_CSOCK_NAME"] = str(SOCKET)
atexit.register(shutil.rmtree, SOCKET.parent, ignore_errors=True)


@dataclass
class PinPadReader:
    """A GemPC PinPad behind libccidtwin, and the person in front of it."""

    device: VirtualCcid = field(init=False)
    line: PtyLine = field(init=False)
    keys: tuple[str | Key, ...] = ()

    def __post_init__(self) -> None:
        descriptor = GEMPC_PINPAD.descriptor
        self.device = VirtualCcid(GEMPC_PINPAD.features, descriptor=descriptor, person=self._type)
        self.line = PtyLine(GemPcDevice(self.device, GEMPC_PINPAD))

    def insert(self, card: Card) -> None:
        self.line.act(lambda: self.device.insert(0, card))

    def remove(self) -> None:
        self.line.act(lambda: self.device.remove(0))

    def _type(self, _prompt: Prompt) -> None:
        # All keys at the first prompt: the later ones are for the prompts that follow.
        keys, self.keys = self.keys, ()
        self.device.press(*keys)


class Contactless:
    """A card in a field, seen through a reader that answers Get Data."""

    atr = bytes.fromhex("3B80800101")

    def reset(self) -> bytes:
        return self.atr

    def transmit(self, apdu: bytes) -> bytes:
        return UID + b"\x90\x00" if apdu == get_data(0) else b"\x6a\x81"


def _two_slots() -> tuple[VpcdSlot, VpcdSlot]:
    """The slots of one vpcd: at a port and the next."""
    for port in range(45_963, 60_000, 2):
        try:
            first = VpcdSlot(port)
        except Misuse:
            continue
        try:
            return first, VpcdSlot(port + 1)
        except Misuse:
            first.close()
    pytest.fail("no two ports are free")


@pytest.fixture(scope="module")
def pin_pad(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PinPadReader]:
    """A running pcscd: its readers are this one, and a vpcd with a contactless card in both slots."""
    pytest.importorskip("smartcard", reason=NEEDED)
    if shutil.which("pcscd") is None or not VPCD.exists() or not GEMPC.exists() or os.geteuid():
        pytest.skip(NEEDED)
    with ExitStack() as stack:
        conf = tmp_path_factory.mktemp("conf")
        slots = _two_slots()
        for each in slots:
            stack.callback(each.close)
            each.insert(Contactless())  # for good: vpcd 3.3 aborts pcscd where a card leaves in this mode
        reader = PinPadReader()
        stack.callback(reader.line.close)
        entries = (
            ("Virtual PCD", f"127.0.0.1:{slots[0].port}", VPCD),
            ("Virtual PinPad", f"{reader.line.path}:GemPCPinPad", GEMPC),
        )
        for name, device, library in entries:
            text = f'FRIENDLYNAME "{name}"\nDEVICENAME {device}\nLIBPATH {library}\n'
            (conf / name.replace(" ", "")).write_text(text)
        _start(stack, conf)
        yield reader


def _start(stack: ExitStack, conf: Path) -> None:
    # A mount of its own keeps the socket away from a service that the machine may run.
    start = f"mkdir -p /run/pcscd && mount --bind {SOCKET.parent} /run/pcscd && exec pcscd -f -d -c {conf}"
    daemon = stack.enter_context(
        subprocess.Popen(
            ["unshare", "-m", "sh", "-c", start], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
    )
    assert daemon.stdout is not None
    said = []
    for line in daemon.stdout:
        said.append(line.decode(errors="replace"))
        if b"daemon ready" in line:
            break
    else:
        pytest.skip("pcscd does not start here: " + "".join(said[-3:]))
    # It must not stop where nobody reads what it says.
    stack.enter_context(subprocess.Popen(["cat"], stdin=daemon.stdout, stdout=subprocess.DEVNULL))
    stack.callback(daemon.terminate)
    assert answers(SOCKET, daemon), "the socket of pcscd takes no connections"
