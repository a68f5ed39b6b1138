"""One guest for all the tests of this folder: to switch it on takes longer than most of them."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from terminal_drivers.base import Card
from terminal_drivers.readers.ccid.features import SERIAL_TPDU
from terminal_drivers.readers.ccid.serving import USB_APDU, ServedUsbReader
from terminal_drivers.readers.magstripe.serving import ServedUsbStripeHead
from terminal_sim.emv.talk.outcome import Verdict
from tests.emv.terminal import Terminal, configuration
from tests.interop.conftest import CardNamed
from tests.interop.daemon import need_packages
from tests.interop.qemu.guest import UP, Guest
from tests.interop.qemu.image import NoKernel, build, fetch_kernel

HERE = Path(__file__).parent
PROGRAMS = {"/init": HERE / "init.sh", "/client.py": HERE / "client.py"}

LEVELS = {"APDU": USB_APDU, "TPDU": SERIAL_TPDU}

Device = ServedUsbReader | ServedUsbStripeHead
Plug = Callable[[Device], str]


@pytest.fixture(scope="session")
def guest(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guest]:
    """A Linux with nothing plugged in; its kernel is kept in pytest's cache."""
    if platform.machine() != "x86_64":
        pytest.skip(f"the guest is made of packages for amd64, and this is {platform.machine()}")
    need_packages("qemu-system-x86", "busybox-static", "usbip", "usbutils")
    need_packages("pcscd", "libccid", "opensc", "pcsc-tools")
    for name, extra in (("usb", "usb"), ("hid", "hid")):
        pytest.importorskip(name, reason=f"{name} is missing: pip install 'terminal-sim[{extra}]'")
    try:
        kernel, modules = fetch_kernel(pytestconfig.cache.mkdir("guest-kernel"))
    except NoKernel as error:
        pytest.skip(f"no kernel for the guest: {error}")
    folder = tmp_path_factory.mktemp("guest")
    archive = folder / "files"
    archive.write_bytes(build(PROGRAMS, modules))
    with closing(Guest(kernel, archive, folder)) as guest:
        guest.until(UP)
        yield guest


@pytest.fixture
def plug(guest: Guest) -> Iterator[Plug]:
    """Plug a device in and return its folder under /sys; it is unplugged with the test."""
    devices: list[Device] = []
    paths: list[str] = []

    def plug(device: Device) -> str:
        devices.append(device)
        paths.append(guest.plug(device.port))
        return paths[-1]

    yield plug
    for device in devices:
        device.close()
    for path in paths:
        guest.gone(path)


@dataclass(frozen=True, slots=True)
class Sale:
    """What a terminal says to a card in a sale, what that answers, and a second card, fresh, that must answer the same."""

    commands: list[bytes]
    answers: list[bytes]
    card: Card


@pytest.fixture
def sale(card: CardNamed) -> Sale:
    first, second, terminal = card("visa-credit"), card("visa-credit"), Terminal(configuration())
    assert terminal.chip(first).verdict is Verdict.APPROVED
    assert second.chip is not None
    return Sale([each.apdu for each in terminal.commands], terminal.answers, second.chip)
