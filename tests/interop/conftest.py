"""What the interoperability tests share: served readers, daemons over them, and cards."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from terminal_drivers.readers.ccid.serving import USB_APDU, ServedReader, ServedSerialReader, ServedUsbReader
from terminal_sim.cards import catalogue
from terminal_sim.cards.catalogue import VirtualCard
from terminal_sim.emv.keys.derivation import IssuerKeys
from tests.emv.terminal import ISSUER_KEY
from tests.interop.daemon import Pcscd, need

Start = Callable[..., Pcscd]
SOURCE = Path(__file__).parent / "usbip_libusb.c"
Plug = Callable[..., ServedUsbReader]
Attach = Callable[[ServedUsbReader], Pcscd]
CardNamed = Callable[[str], VirtualCard]


@pytest.fixture
def short() -> Iterator[Path]:
    """A folder with a short name: the path of a socket has room for 107 characters (unix(7))."""
    with TemporaryDirectory(prefix="interop-") as folder:
        yield Path(folder)


@pytest.fixture
def start(short: Path) -> Iterator[Start]:
    """Start a pcscd over entries of its configuration; it ends with the test."""
    with ExitStack() as stack:
        yield lambda *entries, env=None: stack.enter_context(Pcscd(short, entries, env))


@pytest.fixture
def served(short: Path) -> Iterator[Callable[..., ServedReader]]:
    """Serve a virtual reader by the name of its variant; it goes with the test, after the daemon over it."""
    need("pcscd", "libccid")
    with ExitStack() as stack:

        def serve(variant: str = "gempc-twin", **more: Any) -> ServedReader:
            reader = ServedSerialReader(variant, short / f"tty-{variant}", **more)
            stack.callback(reader.close)
            return reader

        yield serve


@pytest.fixture
def card() -> CardNamed:
    """A fresh card of the bundled deck."""
    return lambda name: catalogue.load(name, (), IssuerKeys(ISSUER_KEY))


@pytest.fixture
def twin(served: Callable[..., ServedReader], start: Start) -> tuple[ServedReader, Pcscd]:
    """A GemPC Twin of ours, empty, under a pcscd of its own."""
    reader = served()
    return reader, start(reader.pcscd_entry)


@pytest.fixture(scope="session")
def libusb(tmp_path_factory: pytest.TempPathFactory) -> Path:
    need("pcscd", "libccid", "gcc", "libusb-1.0-0-dev")
    library = tmp_path_factory.mktemp("libusb") / "libusb.so"
    subprocess.run(
        ["gcc", "-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-pthread", "-o", library, SOURCE],
        check=True,
    )
    return library


@pytest.fixture
def plug() -> Iterator[Plug]:
    """Make a USB reader; it is unplugged with the test."""
    plugged: list[ServedUsbReader] = []

    def plug(features: int = USB_APDU, **more: Any) -> ServedUsbReader:
        plugged.append(ServedUsbReader(features, **more))
        return plugged[-1]

    yield plug
    for reader in plugged:
        reader.close()


@pytest.fixture
def attach(libusb: Path, start: Callable[..., Pcscd]) -> Attach:
    """Start a pcscd whose libusb finds that reader."""
    return lambda reader: start(
        reader.pcscd_entry, env={"LD_PRELOAD": str(libusb), "USBIP_PORT": str(reader.port)}
    )
