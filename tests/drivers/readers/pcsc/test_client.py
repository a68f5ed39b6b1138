import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from terminal_drivers.base import CardAbsent, CardRemoved, Change, Misuse, Presence, ReaderLost, ReaderRefused
from terminal_drivers.readers.ccid.pin import PinModify, PinOperation, PinVerify
from terminal_drivers.readers.pcsc.codec import Feature
from terminal_drivers.readers.pin_prompt import Key
from tests.drivers.readers.pcsc.conftest import UID, PinPadReader
from tests.patience import PATIENCE

if TYPE_CHECKING:
    from terminal_drivers.readers.pcsc.client import PcscReader

Chip = Callable[..., Any]

SELECT = bytes.fromhex("00A404000E325041592E5359532E444446303100")
OK = b"\x6f\x00\x90\x00"
ATR_T0 = bytes.fromhex("3B6500002063CB6600")
ATR_T1 = bytes.fromhex("3B848131FE4576454D56A7")
INSERTED, REMOVED = Presence(Change.INSERTED, 0), Presence(Change.REMOVED, 0)


@pytest.fixture
def reader(pin_pad: PinPadReader) -> Iterator["PcscReader"]:
    from terminal_drivers.readers.pcsc.client import PcscReader

    opened = PcscReader("Virtual PinPad")
    yield opened
    if pin_pad.device.holds(0):
        pin_pad.remove()
    # pcscd looks every 400 ms: a card that came back before that would be no new card to it.
    while opened.present():
        opened.poll(PATIENCE)
    opened.close()


def _insert(reader: "PcscReader", pin_pad: PinPadReader, card: object) -> None:
    pin_pad.insert(card)  # type: ignore[arg-type]  # the chips of these tests are cards
    assert INSERTED in reader.poll(PATIENCE)


@pytest.mark.parametrize("atr", [ATR_T0, ATR_T1])
def test_a_card_is_inserted_powered_selected_and_removed(
    reader: "PcscReader", pin_pad: PinPadReader, chip: Chip, atr: bytes
) -> None:
    assert not reader.present()
    with pytest.raises(CardAbsent):
        reader.power_on()
    _insert(reader, pin_pad, chip({SELECT: OK, SELECT[:-1]: OK}, atr=atr))
    assert reader.present()
    for _ in range(2):
        assert reader.power_on() == atr
        assert reader.transmit(SELECT) == OK
        assert reader.transmit(bytes.fromhex("00B2010C00")) == bytes.fromhex("6A82")
    pin_pad.remove()
    assert reader.poll(PATIENCE) == [REMOVED]
    with pytest.raises(CardRemoved):
        reader.transmit(SELECT)
    with pytest.raises(Misuse):
        reader.transmit(SELECT)
    assert reader.poll() == []


def test_a_card_that_another_program_holds_is_refused_with_that_reason(
    reader: "PcscReader", pin_pad: PinPadReader, chip: Chip
) -> None:
    from terminal_drivers.readers.pcsc.client import PcscReader

    _insert(reader, pin_pad, chip())
    reader.power_on()
    other = PcscReader(reader.name)
    with pytest.raises(ReaderRefused, match="another program uses the card"):
        other.power_on()
    reader.power_off()
    assert other.power_on()
    other.close()


ENTRIES: list[tuple[str, PinOperation, tuple[str | Key, ...], str, str]] = [
    ("a PIN", PinVerify(), ("1234", Key.ENTER), "0020008008241234FFFFFFFFFF", "9000"),
    ("cancelled", PinVerify(), ("12", Key.CANCEL), "", "6401"),
    (
        "a new PIN",
        PinModify(),
        ("1234", Key.ENTER, "567890", Key.ENTER, "567890", Key.ENTER),
        "0024000010241234FFFFFFFFFF26567890FFFFFFFF",
        "9000",
    ),
]


@pytest.mark.parametrize(("meaning", "operation", "keys", "seen", "sw"), ENTRIES)
def test_a_pin_typed_at_the_reader_goes_to_the_card_and_not_to_the_host(
    reader: "PcscReader",
    pin_pad: PinPadReader,
    chip: Chip,
    meaning: str,
    operation: PinOperation,
    keys: tuple[str | Key, ...],
    seen: str,
    sw: str,
) -> None:
    card = chip({bytes.fromhex(seen): b"\x90\x00"})
    pin_pad.keys = keys
    _insert(reader, pin_pad, card)
    reader.power_on()
    response = reader.secure(operation)
    assert [apdu.hex().upper() for apdu in card.seen] == ([seen] if seen else []), meaning
    assert response.hex() == sw, meaning


def test_a_reader_tells_its_features_and_properties(
    reader: "PcscReader", pin_pad: PinPadReader, chip: Chip
) -> None:
    _insert(reader, pin_pad, chip())
    with pytest.raises(Misuse):
        reader.features()
    reader.power_on()
    features = reader.features()
    assert features[Feature.VERIFY_PIN_DIRECT] == 0x42330006
    assert features[Feature.MODIFY_PIN_DIRECT] == 0x42330007
    assert reader.pin_properties().entry_validation in range(8)
    assert reader.properties()


@pytest.mark.usefixtures("pin_pad")
def test_a_contactless_card_behind_vpcd_has_a_uid_and_its_reader_no_pin_pad() -> None:
    from terminal_drivers.readers.pcsc.client import PcscReader

    field = PcscReader("Virtual PCD 00 00")
    assert field.present()
    assert field.power_on() == bytes.fromhex("3B80800101")
    assert field.uid() == UID
    assert field.historical() is None
    assert field.transmit(SELECT) == b"\x6a\x81"
    with pytest.raises(Misuse, match="verify pin direct"):
        field.secure(PinVerify())
    field.close()


@pytest.mark.usefixtures("pin_pad")
def test_a_reader_is_found_by_a_part_of_its_name() -> None:
    from terminal_drivers.readers.pcsc.client import PcscReader, readers

    assert sorted(readers()) == ["Virtual PCD 00 00", "Virtual PCD 00 01", "Virtual PinPad 00 00"]
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


def test_a_card_that_goes_in_mid_exchange_is_removed(
    reader: "PcscReader", pin_pad: PinPadReader, chip: Chip
) -> None:
    # The last test with a card: where another follows a torn one within 400 ms, pcscd 1.9.9 never tells of it.
    def torn() -> None:
        raise CardRemoved("torn")

    _insert(reader, pin_pad, chip(on_apdu=torn))
    reader.power_on()
    with pytest.raises(CardRemoved):
        reader.transmit(SELECT)


def test_a_reader_that_goes_while_it_is_opened_leaves_no_context(monkeypatch: pytest.MonkeyPatch) -> None:
    scard = pytest.importorskip("smartcard.scard")
    from terminal_drivers.readers.pcsc.client import PcscReader

    contexts: list[int] = []

    def establish(_: int) -> tuple[int, int]:
        contexts.append(len(contexts))
        return 0, contexts[-1]

    monkeypatch.setattr(scard, "SCardEstablishContext", establish)
    monkeypatch.setattr(scard, "SCardReleaseContext", contexts.remove)
    monkeypatch.setattr(scard, "SCardListReaders", lambda *_: (0, ["one"]))
    monkeypatch.setattr(scard, "SCardGetStatusChange", lambda *_: (scard.SCARD_E_UNKNOWN_READER, []))
    with pytest.raises(ReaderLost):
        PcscReader("one")
    assert not contexts


def test_a_missing_package_gives_the_install_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "smartcard", None)
    monkeypatch.delitem(sys.modules, "terminal_drivers.readers.pcsc.client", raising=False)
    with pytest.raises(Misuse, match=r"pip install 'terminal-sim\[pcsc\]'"):
        import terminal_drivers.readers.pcsc.client  # noqa: F401 - the import is the test
