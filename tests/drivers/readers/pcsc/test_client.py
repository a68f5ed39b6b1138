import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from terminal_drivers.base import (
    CardAbsent,
    CardRemoved,
    Change,
    Misuse,
    Presence,
    ReaderLost,
)
from terminal_drivers.readers.vpcd.card import VpcdSlot
from tests.drivers.readers.pcsc.conftest import Service

if TYPE_CHECKING:
    from terminal_drivers.readers.pcsc.client import PcscReader

Chip = Callable[..., Any]

PATIENCE = 10.0
SELECT = bytes.fromhex("00A404000E325041592E5359532E444446303100")
OK = b"\x6f\x00\x90\x00"
ATR_T0 = bytes.fromhex("3B6500002063CB6600")
ATR_T1 = bytes.fromhex("3B848131FE4576454D56A7")
FIELD = bytes.fromhex("3B80800101")
INSERTED, REMOVED = Presence(Change.INSERTED, 0), Presence(Change.REMOVED, 0)


@pytest.fixture
def slot(service: Service) -> Iterator[VpcdSlot]:
    opened = VpcdSlot.reverse(service.ports[0])
    yield opened
    opened.close()


@pytest.fixture
def reader(slot: VpcdSlot) -> Iterator["PcscReader"]:  # noqa: ARG001 - the service runs
    from terminal_drivers.readers.pcsc.client import PcscReader

    opened = PcscReader("Virtual PCD 00 00")
    yield opened
    opened.close()


def _until(reader: "PcscReader", change: Presence) -> None:
    assert change in reader.poll(PATIENCE)


@pytest.mark.parametrize("atr", [ATR_T0, ATR_T1])
def test_a_card_is_inserted_powered_selected_and_removed(
    reader: "PcscReader", slot: VpcdSlot, chip: Chip, atr: bytes
) -> None:
    assert not reader.present()
    with pytest.raises(CardAbsent):
        reader.power_on()
    slot.insert(chip({SELECT: OK, SELECT[:-1]: OK}, atr=atr))
    _until(reader, INSERTED)
    assert reader.present()
    for _ in range(2):
        assert reader.power_on() == atr
        assert reader.transmit(SELECT) == OK
        assert reader.transmit(bytes.fromhex("00B2010C00")) == bytes.fromhex("6A82")
    slot.remove()
    _until(reader, REMOVED)
    with pytest.raises(CardRemoved):
        reader.transmit(SELECT)
    with pytest.raises(Misuse):
        reader.transmit(SELECT)
    assert reader.poll() == []


def test_a_card_that_goes_in_mid_exchange_is_removed(
    reader: "PcscReader", slot: VpcdSlot, chip: Chip
) -> None:
    def torn() -> None:
        raise CardRemoved("torn")

    slot.insert(chip(on_apdu=torn, atr=ATR_T1))
    _until(reader, INSERTED)
    reader.power_on()
    with pytest.raises(CardRemoved):
        reader.transmit(SELECT)


def test_pseudo_apdus_ask_the_reader_and_a_contact_card_has_no_uid(
    reader: "PcscReader", slot: VpcdSlot, chip: Chip
) -> None:
    from terminal_drivers.readers.pcsc.codec import get_data

    uid = bytes.fromhex("04A1B2C3")
    slot.insert(chip({get_data(0): uid + b"\x90\x00"}, atr=FIELD))
    _until(reader, INSERTED)
    assert reader.power_on() == FIELD
    assert reader.uid() == uid
    assert reader.historical() is None


def test_a_reader_without_a_pin_pad_says_so(reader: "PcscReader", slot: VpcdSlot, chip: Chip) -> None:
    from terminal_drivers.readers.ccid.pin import PinVerify

    slot.insert(chip())
    _until(reader, INSERTED)
    reader.power_on()
    with pytest.raises(Misuse, match="verify pin direct"):
        reader.secure(PinVerify())


def test_a_reader_is_found_by_a_part_of_its_name(service: Service) -> None:  # noqa: ARG001 - it runs
    from terminal_drivers.readers.pcsc.client import PcscReader, readers

    assert readers() == ["Virtual PCD 00 00", "Virtual PCD 00 01"]
    found = PcscReader("00 01")
    assert found.name == "Virtual PCD 00 01"
    found.close()
    found.close()
    with pytest.raises(Misuse):
        found.present()
    with pytest.raises(Misuse):
        PcscReader("Virtual")
    with pytest.raises(ReaderLost):
        PcscReader("Acme")


def test_without_a_service_every_reader_is_lost(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("smartcard", reason="pip install pyscard")
    from terminal_drivers.readers.pcsc.client import readers

    monkeypatch.setenv("PCSCLITE_CSOCK_NAME", str(tmp_path_factory.mktemp("none") / "pcscd.comm"))
    with pytest.raises(ReaderLost, match="start it"):
        readers()


def test_a_missing_package_gives_the_install_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "smartcard", None)
    monkeypatch.delitem(sys.modules, "terminal_drivers.readers.pcsc.client", raising=False)
    with pytest.raises(Misuse, match=r"pip install 'terminal-sim\[pcsc\]'"):
        import terminal_drivers.readers.pcsc.client  # noqa: F401 - the import is the test
