"""What is within reach is listed without opening it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from serial.tools import list_ports
from serial.tools.list_ports_common import ListPortInfo

from terminal_drivers.base import Misuse
from terminal_drivers.readers.ccid.serving import ServedSerialReader
from terminal_drivers.wiring.address import parse_address
from terminal_drivers.wiring.discovery import Found, readers, serial_ports, usb_readers, virtual_readers
from terminal_drivers.wiring.serving import serve
from terminal_drivers.wiring.table import protocols


@pytest.fixture
def device(tmp_path: Path) -> Callable[..., Path]:
    """Put a USB device into a folder like /sys/bus/usb/devices."""

    def put(name: str, interface_class: str, **facts: str) -> Path:
        for where, facts_there in ((name, facts), (f"{name}:1.0", {"bInterfaceClass": interface_class})):
            (tmp_path / where).mkdir()
            for fact, value in facts_there.items():
                (tmp_path / where / fact).write_text(value + "\n", encoding="ascii")
        return tmp_path

    return put


def test_smart_card_interfaces_and_known_hid_readers_are_readers(device: Callable[..., Path]) -> None:
    device("1-1", "03", idVendor="0801", idProduct="0002", product="MagTek head")
    device("1-3", "03", idVendor="046d", idProduct="c31c", product="Keyboard")
    device("1-4", "08", idVendor="0801", idProduct="0009", product="Storage")
    device("1-2", "0b", idVendor="08e6", idProduct="3437", product="GemPC Twin")
    sysfs = device("2-1.4", "0b", idVendor="072f", idProduct="90cc")
    assert list(usb_readers(sysfs)) == [
        Found("msr+hid://0801:0002", "MagTek head"),
        Found("ccid+usb://08e6:3437", "GemPC Twin"),
        Found("ccid+usb://072f:90cc", "a reader without a name"),
    ]


def test_a_machine_without_usb_has_no_usb_readers(tmp_path: Path) -> None:
    assert list(usb_readers(tmp_path / "nothing")) == []


def test_what_is_virtual_is_always_there_and_marked_so() -> None:
    found = readers()
    assert [one for one in found if one.virtual] == list(virtual_readers())


def test_what_is_listed_as_virtual_says_which_parts_it_has() -> None:
    assert Found(
        "vivotech+pty:",
        "chip, contactless and stripe of one ViVOtech2 reader, over a pseudo-terminal",
        virtual=True,
    ) in list(virtual_readers())


def test_each_serial_port_is_listed_under_every_protocol_that_speaks_over_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ports = [ListPortInfo("/dev/ttyUSB1"), ListPortInfo("/dev/ttyACM0")]
    ports[1].description = "Twin reader"
    monkeypatch.setattr(list_ports, "comports", lambda: ports)
    found = list(serial_ports())
    speaking = [each.name for each in protocols() if "serial" in each.transports]
    assert {"ccid", "msr", "vivotech"} <= set(speaking)
    assert [parse_address(each.address).transport for each in found] == ["serial"] * 2 * len(speaking)
    assert [(each.address, each.what.partition(",")[0]) for each in found] == [
        *((f"{name}+serial:///dev/ttyACM0", "Twin reader") for name in speaking),
        *((f"{name}+serial:///dev/ttyUSB1", "serial port") for name in speaking),
    ]


def test_usb_readers_are_listed_under_addresses_that_parse(device: Callable[..., Path]) -> None:
    device("1-1", "03", idVendor="0acd", idProduct="3530")
    sysfs = device("1-2", "0b", idVendor="08e6", idProduct="3437")
    assert [parse_address(one.address).transport for one in usb_readers(sysfs)] == ["hid", "usb"]


def test_only_what_libccid_knows_is_served(tmp_path: Path) -> None:
    for address in ("msr+pty:", "ccid+virtual:", "ccid+pty:?variant=built-in"):
        with pytest.raises(Misuse):
            serve(address)
    with pytest.raises(Misuse, match="twice"):
        serve(f"ccid+pty:{tmp_path / 'a'}", tmp_path / "b")


def test_the_entry_for_pcscd_names_the_link_and_the_reader(tmp_path: Path) -> None:
    link = tmp_path / "reader"
    served = serve(f"ccid+pty:{link}?variant=gemcore-sim-pro")
    try:
        assert served.pcscd_entry.splitlines() == [
            'FRIENDLYNAME "terminal-sim GemCoreSIMPro"',
            f"DEVICENAME   {link}:GemCoreSIMPro",
            "LIBPATH      /usr/lib/pcsc/drivers/serial/libccidtwin.so",
        ]
        assert served.slots == 2
    finally:
        served.close()


def test_a_link_to_something_that_lives_is_not_taken_over(tmp_path: Path) -> None:
    link = tmp_path / "reader"
    first = ServedSerialReader(link=link)
    try:
        with pytest.raises(Misuse, match="cannot be made"):
            ServedSerialReader(link=link)
    finally:
        first.close()
