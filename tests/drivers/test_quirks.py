"""quirks.toml tells of every reader that addresses name, and a wrong line of it is an error that says where."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from terminal_drivers.base import Misuse, ReaderRefused
from terminal_drivers.readers.ccid import quirks
from terminal_drivers.readers.ccid.descriptor import ClassDescriptor
from terminal_drivers.readers.ccid.features import (
    AUTOMATIC,
    CONTACTLESS,
    EXTENDED,
    SERIAL_TPDU,
    Features,
    Level,
    level,
)
from terminal_drivers.readers.ccid.gempc import GEMCORE_SIM_PRO2, LOAD_TEXTS, VARIANTS, GemPcDevice
from terminal_drivers.readers.ccid.opening import over_usb
from terminal_drivers.readers.ccid.pin import PinModify, PinOperation, PinVerify
from terminal_drivers.readers.ccid.reader import CcidReader
from terminal_drivers.readers.ccid.usb import CcidUsbDevice, DirectPipes
from terminal_drivers.readers.ccid.virtual import VirtualCcid
from terminal_drivers.transports.tcp import TcpLine
from terminal_drivers.wiring.opening import open_host

T1_ATR = bytes.fromhex("3B800181")
HEAD = 'vendor = 0x08E6\nproduct = 0x3437\nreason = "why"\n'
SERIAL = f"[serial.twin]\n{HEAD}echo = true\nfeatures = [0x10230]\n"
USB = f"[usb.twin]\n{HEAD}"

FAMILY = {  # ccid_serial.c's table: echo, slots, PIN support, clock, fastest
    "gempc-twin": (True, 1, 0, 4000, 344_086),
    "gempc-pinpad": (True, 1, 3, 4000, 500_000),
    "gemcore-pos-pro": (False, 5, 0, 4000, 500_000),
    "gemcore-sim-pro": (False, 2, 0, 4000, 500_000),
    "gemcore-sim-pro2": (False, 2, 0, 4800, 825_806),
}


def loaded(folder: Path, text: str) -> quirks.Quirks:
    file = folder / "some.toml"
    file.write_text(text, encoding="utf-8")
    return quirks.load(file)


def test_the_serial_family_is_as_its_makers_tell() -> None:
    told = {
        name: (each.echo, len(each.features), each.pin_support, each.clock, each.fastest)
        for name, each in VARIANTS.items()
        if name != "built-in"
    }
    assert told == FAMILY
    assert {name for name, each in VARIANTS.items() if each.short_echo} == {"gempc-pinpad"}
    assert VARIANTS["gempc-pinpad"].short_echo == (LOAD_TEXTS,)


def test_every_shipped_entry_has_its_reason_and_changes_something() -> None:
    shipped = quirks.shipped()
    said = ClassDescriptor(
        features=AUTOMATIC & ~Features.AUTO_IFSD, max_ifsd=32, max_data_rate=4_000_000, pin_support=1
    )
    assert shipped.serial
    assert shipped.usb
    entries: list[quirks.SerialModel | quirks.Correction] = [*shipped.serial.values(), *shipped.usb.values()]
    for entry in entries:
        assert len(entry.reason) > 10, entry.name
    for (vendor, product), correction in shipped.usb.items():
        assert shipped.correction(vendor, product, correction.firmware_from) is correction
        assert correction.of(said) != said, correction.name


def test_a_correction_changes_what_it_names_and_nothing_else() -> None:
    shipped = quirks.shipped()
    said = ClassDescriptor(features=EXTENDED, max_ifsd=32, max_data_rate=4_000_000, pin_support=3)

    def corrected(vendor: int, product: int) -> ClassDescriptor:
        correction = shipped.correction(vendor, product, 0x0100)
        return said if correction is None else correction.of(said)

    tribank = corrected(0x0D46, 0x3010)
    assert level(tribank.features) is Level.SHORT_APDU
    assert tribank.features == CONTACTLESS
    assert (tribank.max_ifsd, tribank.max_data_rate, tribank.pin_support) == (32, 4_000_000, 3)
    assert corrected(0x09BE, 0x0002).max_ifsd == 254
    assert corrected(0x0B97, 0x7762).max_data_rate == 9_600
    assert corrected(0x03F0, 0x1024).pin_support == 0
    assert corrected(0x03F0, 0x1025) is said


@pytest.mark.parametrize("wanted", Level)
def test_a_corrected_level_is_the_only_one(tmp_path: Path, wanted: Level) -> None:
    found = loaded(tmp_path, f'{USB}level = "{wanted.value}"\n')
    every = Features.TPDU | Features.SHORT_APDU | Features.EXTENDED_APDU
    correction = found.correction(0x08E6, 0x3437, 0)
    assert correction is not None
    told = correction.of(ClassDescriptor(features=AUTOMATIC | every))
    assert level(told.features) is wanted
    assert (told.features & every).bit_count() == (wanted is not Level.CHARACTER)
    assert told.features & AUTOMATIC == AUTOMATIC


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("serial = 3", r"some\.toml: serial is a table"),
        ("[hid.a]", r"some\.toml has no key 'hid'"),
        (f"{SERIAL}ecko = true", r"some\.toml: serial\.twin has no key 'ecko'"),
        (f"{USB}echo = true", r"some\.toml: usb\.twin has no key 'echo'"),
        (SERIAL.replace('reason = "why"\n', ""), r"serial\.twin lacks reason"),
        (SERIAL.replace('"why"', '" "'), r"serial\.twin\.reason is ' '"),
        (SERIAL.replace("echo = true\n", ""), r"serial\.twin lacks echo"),
        (SERIAL.replace("echo = true", "echo = 1"), r"serial\.twin\.echo is 1; it must be true or false"),
        (SERIAL.replace("[0x10230]", "[]"), r"serial\.twin\.features is \[\]"),
        (SERIAL.replace("[0x10230]", "[0, 0, 0, 0, 0, 0]"), r"1 to 5 slots"),
        (SERIAL.replace("[0x10230]", "[true]"), r"serial\.twin\.features is \[True\]"),
        (SERIAL.replace("[serial.twin]", "[serial.Twin]"), r"serial\.Twin is no reader"),
        ("[serial]\ntwin = 1", r"serial\.twin is no reader"),
        (SERIAL.replace("0x08E6", "0x108E6"), r"serial\.twin\.vendor is 67814"),
        (f'{SERIAL}short_echo = ["b2"]', r"serial\.twin\.short_echo"),
        (f'{SERIAL}short_echo = "B2"', r"serial\.twin\.short_echo"),
        (f'{SERIAL}speed_up = "01"', r"serial\.twin has one of wakes_at and speed_up: give both"),
        (f"{SERIAL}wakes_at = 9600", r"serial\.twin has one of wakes_at and speed_up: give both"),
        (
            f'{SERIAL}wakes_at = 9600\nspeed_up = "1"',
            r"serial\.twin\.speed_up is '1'; it must be hexadecimal",
        ),
        (f"{SERIAL}clock = 0", r"serial\.twin\.clock is 0"),
        (USB, r"usb\.twin says nothing of the reader"),
        (f"{USB}max_ifsd = 255", r"usb\.twin\.max_ifsd is 255; it must be a number from 1 to 254"),
        (f"{USB}pin_support = true", r"usb\.twin\.pin_support is True"),
        (f'{USB}level = "APDU"', r"usb\.twin\.level is 'APDU'; it must be one of character, TPDU"),
        (f"{USB}pin_support = 0\n{USB.replace('twin', 'two')}pin_support = 0", r"usb\.two has the vendor"),
        (
            f'{USB}pin_support = 0\nfirmware_below = "2"',
            r"usb\.twin\.firmware_below is '2'; it must be a bcdD",
        ),
        (f"{USB}pin_support = 0\nfirmware_from = 2.00", r"usb\.twin\.firmware_from is 2\.0"),
        (f'{USB}firmware_below = "2.00"', r"usb\.twin says nothing of the reader"),
        (f'{SERIAL}firmware_below = "2.00"', r"serial\.twin has no key 'firmware_below'"),
        (f"{USB}auto_ifsd = 1", r"usb\.twin\.auto_ifsd is 1; it must be true or false"),
        ("[usb", r"some\.toml cannot be read"),
    ],
)
def test_a_wrong_line_is_an_error_that_names_file_and_key(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(Misuse, match=complaint):
        loaded(tmp_path, text)


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(Misuse, match=r"none\.toml cannot be read"):
        quirks.load(tmp_path / "none.toml")


def test_the_host_believes_the_quirks_and_not_the_usb_reader(chip: Callable[..., Any]) -> None:
    long_select = bytes.fromhex("00A40400000100") + bytes(256)
    said = ClassDescriptor(features=EXTENDED, max_message=1_000)
    for device, refused in (((0x0D46, 0x3010), True), ((0x0D46, 0x3011), False)):
        reader = VirtualCcid((EXTENDED,), descriptor=said)
        reader.insert(0, chip(atr=T1_ATR))
        host = over_usb(DirectPipes(CcidUsbDevice(reader)), said, device, release=0x0200)
        assert host.slots[0].power_on()
        if refused:
            with pytest.raises(Misuse, match="short C-APDUs only"):
                host.slots[0].transmit(long_select)
        else:
            assert host.slots[0].transmit(long_select) == bytes.fromhex("6A82")
        host.close()


# (firmware, whether the correction of 1.00 holds)
FIRMWARE = [(0x0099, False), (0x0100, True), (0x0199, True), (0x0200, False), (0x1000, False)]


@pytest.mark.parametrize(("release", "holds"), FIRMWARE)
def test_a_correction_holds_from_one_firmware_to_below_another(
    tmp_path: Path, release: int, holds: bool
) -> None:
    bounds = 'firmware_from = "1.00"\nfirmware_below = "2.00"\n'
    found = loaded(tmp_path, f"{USB}pin_support = 0\n{bounds}")
    assert (found.correction(0x08E6, 0x3437, release) is not None) is holds


# (vendor and product, bcdDevice, what is sent at power-on beside IccPowerOn)
SIFS = [((0x0529, 0x0620), 0x0012, 0), ((0x0529, 0x0620), 0x0014, 1), ((0x0529, 0x0621), 0x0012, 1)]


@pytest.mark.parametrize(("device", "release", "announced"), SIFS)
def test_a_reader_whose_firmware_does_not_bear_s_ifs_gets_none(
    device: tuple[int, int], release: int, announced: int, chip: Callable[..., Any]
) -> None:
    said = ClassDescriptor(features=SERIAL_TPDU)
    reader = VirtualCcid((SERIAL_TPDU,), descriptor=said)
    reader.insert(0, chip(atr=T1_ATR))
    told: list[str] = []
    pipes = DirectPipes(CcidUsbDevice(reader))
    correction = quirks.shipped().correction(*device, release)
    host = over_usb(pipes, said, device, release=release, trace=lambda _d, name, *_: told.append(name))
    host.slots[0].power_on()
    assert told.count("XfrBlock") == announced
    assert (correction is None) is bool(announced)


@pytest.mark.parametrize(
    ("device", "operation", "why"),
    [
        ((0x03F0, 0x1024), PinVerify(), "key strokes"),
        ((0x08E6, 0x3437), PinModify(), "bPINSupport has no bit for MODIFY"),
    ],
)
def test_a_pin_pad_that_is_not_to_be_believed_is_refused_before_anything_is_sent(
    device: tuple[int, int], operation: PinOperation, why: str, chip: Callable[..., Any]
) -> None:
    said = ClassDescriptor(features=SERIAL_TPDU, pin_support=1)
    reader = VirtualCcid((SERIAL_TPDU,), descriptor=said)
    reader.insert(0, chip())
    told: list[str] = []
    pipes = DirectPipes(CcidUsbDevice(reader))
    host = over_usb(pipes, said, device, release=0x0100, trace=lambda _d, name, *_: told.append(name))
    host.slots[0].power_on()
    told.clear()
    with pytest.raises(ReaderRefused, match=f"{why}.*Let the cardholder type at the terminal") as refused:
        host.slots[0].secure(operation)
    assert refused.value.code == 0
    assert told == []
    assert reader.entering is None


def test_the_host_knows_the_limits_of_a_serial_reader() -> None:
    line = TcpLine(GemPcDevice(VirtualCcid(GEMCORE_SIM_PRO2.features), GEMCORE_SIM_PRO2))
    host = open_host(f"ccid+tcp://127.0.0.1:{line.port}?variant=gemcore-sim-pro2")
    assert isinstance(host, CcidReader)
    assert (host.descriptor.default_clock, host.descriptor.max_data_rate) == (4_800, 825_806)
    assert len(host.slots) == 2
    host.close()
    line.close()
