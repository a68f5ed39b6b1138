"""Whatever is opened and closed leaves no thread, no descriptor and no file, however often; no socket is beyond loopback; and
everything works beside a thousand other descriptors, as in a process with a hundred terminals.
"""

from __future__ import annotations

import os
import resource
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import Any

import pytest

from terminal_drivers.base import LineDevice, ReaderLost
from terminal_drivers.captures.capture import CapturedTransport, CaptureFile
from terminal_drivers.captures.pcapng import LinkType
from terminal_drivers.readers.ccid.capture import NAME, CapturedLink
from terminal_drivers.readers.ccid.gempc import GEMPC_TWIN, GemPcDevice, GemPcLink
from terminal_drivers.readers.ccid.reader import CcidReader
from terminal_drivers.readers.ccid.serving import ServedSerialReader
from terminal_drivers.readers.ccid.virtual import VirtualCcid
from terminal_drivers.readers.magstripe.virtual import VirtualStripeHead
from terminal_drivers.readers.served import Served
from terminal_drivers.readers.vivotech.both_ends import VivotechLine, virtual_vivotech
from terminal_drivers.readers.vivotech.reader import VivotechReader
from terminal_drivers.readers.vivotech.virtual import VirtualVivotech
from terminal_drivers.readers.vpcd.card import call
from terminal_drivers.readers.vpcd.serving import ServedVpcd
from terminal_drivers.transports.faults import Chances, FaultyTransport
from terminal_drivers.transports.listening import LOOPBACK
from terminal_drivers.transports.tcp import TcpLine
from terminal_drivers.wiring.opening import open_both, open_host
from terminal_drivers.wiring.serving import serve
from terminal_drivers.wiring.table import protocols
from terminal_sim.readers.opening import open_hardware
from tests.drivers.conftest import ATR_T0, FCI, PPSE, TableChip, two_free_ports
from tests.patience import PATIENCE

CYCLES = 100
FD_SETSIZE = 1024  # select(2)
USBIP_LIST, LISTED = bytes.fromhex("0111800500000000"), 12 + 312 + 4
GET_ATR = bytes.fromhex("000104")

Up = Callable[[Path], AbstractContextManager[None]]
"""Brings something up in a folder, lets it talk, and takes it down."""


def card() -> TableChip:
    return TableChip({PPSE: FCI}, ATR_T0, None)


def both_ends(address: str) -> Up:
    @contextmanager
    def up(_: Path) -> Iterator[None]:
        with closing(open_both(address)) as reader:
            assert reader
            yield

    return up


@contextmanager
def linked(folder: Path) -> Iterator[None]:
    link = folder / "reader"
    with closing(open_both(f"ccid+pty:{link}")):
        assert link.is_symlink()
        yield


def neo(kind: VivotechLine) -> Up:
    @contextmanager
    def up(_: Path) -> Iterator[None]:
        with closing(virtual_vivotech(kind)) as both:
            both.host.ping()
            yield

    return up


def behind_a_port(protocol: str, make: Callable[[], LineDevice]) -> Up:
    @contextmanager
    def up(_: Path) -> Iterator[None]:
        with (
            closing(TcpLine(make())) as line,
            closing(open_host(f"{protocol}+tcp://{LOOPBACK}:{line.port}", timeout=PATIENCE)) as reader,
        ):
            if isinstance(reader, CcidReader):
                reader.firmware()
            yield

    return up


def gempc() -> GemPcDevice:
    reader = VirtualCcid(GEMPC_TWIN.features, descriptor=GEMPC_TWIN.descriptor)
    reader.insert(0, card())
    return GemPcDevice(reader, GEMPC_TWIN)


def port_of(reader: Served) -> int:
    return int(reader.path.partition(":")[2])


def served(start: Callable[[], Served], question: bytes, size: int) -> Up:
    """A served reader, and somebody who connects to it, asks, and is answered by so many bytes."""

    @contextmanager
    def up(_: Path) -> Iterator[None]:
        with closing(start()) as reader:
            if reader.slots:
                reader.insert(card())
            else:
                reader.swipe({2: ";4761739001010119=30122011143878089?"})
            with socket.create_connection((LOOPBACK, port_of(reader)), PATIENCE) as peer:
                peer.sendall(question)
                assert len(peer.recv(size, socket.MSG_WAITALL)) == size
                yield

    return up


@contextmanager
def called(_: Path) -> Iterator[None]:
    """A card that connects to the vpcd of somebody else."""
    with socket.create_server((LOOPBACK, 0)) as vpcd, closing(call(card(), vpcd.getsockname()[1])):
        slot, _ = vpcd.accept()
        with slot:
            slot.settimeout(PATIENCE)
            slot.sendall(GET_ATR)
            assert slot.recv(99)[2:] == ATR_T0
            yield


@contextmanager
def at_the_link(folder: Path) -> Iterator[Served]:
    with closing(ServedSerialReader(link=folder / "served")) as reader:
        reader.insert(card())
        yield reader


@contextmanager
def over_serial(folder: Path) -> Iterator[None]:
    with at_the_link(folder) as reader, closing(open_host(f"ccid+serial:{reader.path}")) as host:
        assert isinstance(host, CcidReader)
        assert host.slots[0].power_on() == ATR_T0
        yield


def hardware(address: str) -> Up:
    @contextmanager
    def up(_: Path) -> Iterator[None]:
        with closing(open_hardware(address)):
            yield

    return up


@contextmanager
def watched(folder: Path) -> Iterator[None]:
    with at_the_link(folder) as reader, closing(open_hardware(f"ccid+serial:{reader.path}")) as opened:
        assert opened.reader.contact.power_on() == ATR_T0
        yield


@contextmanager
def watched_and_unplugged(folder: Path) -> Iterator[None]:
    with ExitStack() as stack:
        reader = stack.enter_context(at_the_link(folder))
        opened = stack.enter_context(closing(open_hardware(f"ccid+serial:{reader.path}")))
        reader.close()
        with pytest.raises(ReaderLost):
            while True:  # it tells of the card before
                opened.reader.poll(PATIENCE)
        yield


@contextmanager
def joined(folder: Path) -> Iterator[None]:
    """A chip reader and a stripe head as the readers of one terminal."""
    with at_the_link(folder) as reader, closing(TcpLine(VirtualStripeHead())) as head:
        addresses = (f"ccid+serial:{reader.path}", f"msr+tcp://{LOOPBACK}:{head.port}")
        with closing(open_hardware(addresses)) as opened:
            assert opened.reader.contact.power_on() == ATR_T0
            yield


@contextmanager
def served_neo(folder: Path) -> Iterator[None]:
    with closing(serve(f"vivotech+pty:{folder / 'neo'}")) as reader:
        reader.insert(card())
        with closing(open_host(f"vivotech+serial:{reader.path}")) as host:
            assert isinstance(host, VivotechReader)
            assert host.contact.power_on() == ATR_T0
            yield


@contextmanager
def faulty(_: Path) -> Iterator[None]:
    """A line that is unplugged, and another one in its place."""
    with closing(TcpLine(gempc())) as first, closing(TcpLine(gempc())) as second:
        wild = Chances(chop=True, delay=0.1)
        line = FaultyTransport(first.open(), 7, reading=wild, most=3)
        with closing(CcidReader(GemPcLink(line, GEMPC_TWIN), GEMPC_TWIN.features)) as reader:
            line.unplug()
            with pytest.raises(ReaderLost):
                reader.slots[0].present()
            line.replug(second.open())
            yield


@contextmanager
def captured(folder: Path) -> Iterator[None]:
    """A capture of both kinds, and what it replays."""
    file = folder / "talk.pcapng"
    with closing(CaptureFile(file)) as capture, closing(TcpLine(gempc())) as line:
        link = CapturedLink(GemPcLink(line.open(), GEMPC_TWIN), capture, GEMPC_TWIN.features)
        with (
            closing(CcidReader(link, GEMPC_TWIN.features)) as reader,
            closing(CapturedTransport(line.open(), capture, "raw", LinkType.USER0)),
        ):
            assert reader.slots[0].power_on() == ATR_T0
    with closing(open_host(f"ccid+capture:{file}?name={NAME}")) as replayed:
        assert isinstance(replayed, CcidReader)
        assert replayed.slots[0].power_on() == ATR_T0
        yield
    file.unlink()


OWN = [f"{protocol.name}+{t}:" for protocol in protocols() if protocol.open_both for t in ("virtual", "pty")]

UPS: dict[str, Up] = {
    **{address: both_ends(address) for address in OWN},
    "ccid+pty:LINK": linked,
    "vivotech on a loopback": neo("loopback"),
    "vivotech on HID": neo("hid"),
    "vivotech on a pty": neo("pty"),
    "vivotech on a port": neo("tcp"),
    "ccid+tcp": behind_a_port("ccid", gempc),
    "msr+tcp": behind_a_port("msr", VirtualStripeHead),
    "vivotech+tcp": behind_a_port("vivotech", VirtualVivotech),
    "ccid+serial": over_serial,
    "ccid+usbip:": served(lambda: serve("ccid+usbip:"), USBIP_LIST, LISTED),
    "msr+usbip:": served(lambda: serve("msr+usbip:"), USBIP_LIST, LISTED),
    "vpcd:": served(lambda: ServedVpcd(two_free_ports()), GET_ATR, 2 + len(ATR_T0)),
    "vpcd, called": called,
    "virtual hardware": hardware("virtual"),
    "pty hardware": hardware("pty"),
    "watched hardware": watched,
    "watched hardware that is unplugged": watched_and_unplugged,
    "several readers": joined,
    "vivotech+pty: served": served_neo,
    "faults": faulty,
    "captures": captured,
}


def left(folder: Path) -> dict[str, Any]:
    """What could stay behind."""
    return {
        "threads": sorted(thread.name for thread in threading.enumerate()),
        "descriptors": len(os.listdir("/proc/self/fd")),
        "files": sorted(folder.iterdir()),
    }


@pytest.mark.parametrize("name", UPS)
def test_a_hundred_times_open_and_closed_leaves_nothing(name: str, tmp_path: Path) -> None:
    before = left(tmp_path)
    for _ in range(CYCLES):
        with UPS[name](tmp_path):
            pass
    assert left(tmp_path) == before


@pytest.fixture
def crowded() -> Iterator[None]:
    """Every descriptor that select(2) knows is taken."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 2 * FD_SETSIZE:
        pytest.skip(f"this system allows a process {hard} descriptors")
    resource.setrlimit(resource.RLIMIT_NOFILE, (2 * FD_SETSIZE, hard))
    with ExitStack() as stack:
        stack.callback(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        for _ in range(FD_SETSIZE):
            stack.callback(os.close, os.open(os.devnull, os.O_RDONLY))
        yield


@pytest.mark.usefixtures("crowded")
@pytest.mark.parametrize("name", UPS)
def test_everything_works_beside_a_thousand_descriptors(name: str, tmp_path: Path) -> None:
    with UPS[name](tmp_path):
        pass


def sockets_of_this_process() -> set[IPv4Address | IPv6Address]:
    """The local and far addresses of every internet socket that this process has open, listeners too."""
    own = {target for fd in os.listdir("/proc/self/fd") if (target := _target(fd)).startswith("socket:")}
    found = set()
    for table in ("tcp", "tcp6", "udp", "udp6"):
        for line in Path("/proc/net", table).read_text("ascii").splitlines()[1:]:
            words = line.split()
            if f"socket:[{words[9]}]" in own:
                found |= (
                    {_address(words[1]), _address(words[2])}
                    if words[3] != LISTENING
                    else {_address(words[1])}
                )
    return found


LISTENING = "0A"


def _target(descriptor: str) -> str:
    try:
        return os.readlink(f"/proc/self/fd/{descriptor}")
    except FileNotFoundError:
        return ""  # that of the listing itself


def _address(words: str) -> IPv4Address | IPv6Address:
    """An address as the kernel prints it: words of 32 bits in the order of this machine."""
    digits = words.partition(":")[0]
    raw = b"".join(int(digits[at : at + 8], 16).to_bytes(4, "little") for at in range(0, len(digits), 8))
    return ip_address(raw)


def test_whatever_is_up_listens_and_connects_on_loopback_only(tmp_path: Path) -> None:
    with ExitStack() as stack:
        for number, (name, up) in enumerate(UPS.items()):
            folder = tmp_path / str(number)
            folder.mkdir()
            stack.enter_context(up(folder))
            assert all(address.is_loopback for address in sockets_of_this_process()), name
        assert sockets_of_this_process() == {ip_address(LOOPBACK)}


def test_a_socket_beyond_loopback_would_be_seen() -> None:
    for host, family in (("0.0.0.0", socket.AF_INET), ("::", socket.AF_INET6)):
        with socket.socket(family) as server:
            server.bind((host, 0))
            server.listen()
            assert sockets_of_this_process() == {ip_address(host)}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as far:
        far.connect(("192.0.2.1", 9))  # a datagram socket sends nothing by that
        assert ip_address("192.0.2.1") in sockets_of_this_process()
