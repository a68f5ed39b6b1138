"""libccid's USB driver drives our virtual USB reader: no kernel between them, but USB/IP through a stand-in for libusb."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from terminal_drivers.readers.ccid.features import SERIAL_CHARACTER, SERIAL_TPDU
from terminal_drivers.readers.ccid.serving import USB_APDU, ServedUsbReader
from terminal_drivers.readers.pin_prompt import Key
from terminal_sim.cards.catalogue import VirtualCard
from terminal_sim.emv.talk.outcome import Verdict
from terminal_sim.emv.talk.request import Interface
from tests.emv.terminal import Terminal, configuration
from tests.interop.daemon import Pcscd, PcscError, Pyscard
from tests.interop.test_protocols import ATR_T1, FEATURE_VERIFY, VERIFY, Atred, Echo

USB_SHORT_APDU = 0x0002_04BA  # 0x204BE is what our contactless fields have
ATR_T0_EXTENDED = bytes.fromhex("3B058073000040")  # card capabilities: extended Lc and Le
LEVELS = {"APDU": USB_APDU, "short-APDU": USB_SHORT_APDU, "TPDU": SERIAL_TPDU, "character": SERIAL_CHARACTER}

Plug = Callable[..., ServedUsbReader]
Attach = Callable[[ServedUsbReader], Pcscd]


@pytest.mark.parametrize("protocol", ["T=0", "T=1"])
@pytest.mark.parametrize("level", LEVELS)
def test_a_whole_transaction_runs_at_every_exchange_level(
    plug: Plug, attach: Attach, card: Callable[[str], VirtualCard], level: str, protocol: str
) -> None:
    reader = plug(LEVELS[level])
    chip = card("visa-credit").chip
    assert chip is not None
    reader.insert(chip if protocol == "T=0" else Atred(chip, ATR_T1))
    terminal = Terminal(configuration())
    with Pyscard(attach(reader)) as client:
        client.ask("wait", True)
        assert client.ask("connect") == protocol
        host = WithoutLe(client) if (level, protocol) == ("character", "T=0") else client
        outcome = terminal.pay(host, terminal.request(Interface.CONTACT))
    assert outcome.verdict is Verdict.APPROVED


class WithoutLe:
    """A host of T=0 TPDUs: at character level libccid takes no case 4 with its Le (its T0CmdParsing)."""

    def __init__(self, client: Pyscard) -> None:
        self._client = client

    def transmit(self, apdu: bytes) -> bytes:
        return self._client.transmit(apdu[: 5 + apdu[4]] if len(apdu) > 5 else apdu)


def test_cards_come_and_go_by_interrupts(
    plug: Plug, attach: Attach, card: Callable[[str], VirtualCard]
) -> None:
    reader = plug()
    with Pyscard(attach(reader)) as client:
        for name in ("visa-credit", "amex-credit", "interac-debit"):
            assert client.ask("wait", False) == ""
            chip = card(name).chip
            assert chip is not None
            reader.insert(chip)
            assert client.ask("wait", True)
            client.ask("connect")
            reader.remove()


def test_a_pin_is_typed_at_the_usb_reader(plug: Plug, attach: Attach) -> None:
    pad: ServedUsbReader = plug(SERIAL_TPDU, pin_support=3, person=lambda _: pad.press("1234", Key.ENTER))
    card = Echo()
    pad.insert(card)
    with Pyscard(attach(pad)) as client:
        client.ask("wait", True)
        client.ask("connect")
        assert client.ask("control", FEATURE_VERIFY, VERIFY)[-4:] == "9000"
    assert card.seen == [bytes.fromhex("0020008008241234FFFFFFFFFF")]


@pytest.mark.parametrize(("protocol", "atr"), [("T=1", ATR_T1), ("T=0", ATR_T0_EXTENDED)])
def test_an_extended_apdu_goes_through_in_parts(
    plug: Plug, attach: Attach, protocol: str, atr: bytes
) -> None:
    reader, card = plug(), Long()
    card.atr = atr
    reader.insert(card)
    command = bytes.fromhex("00DA000000 0800") + bytes(range(256)) * 8
    with Pyscard(attach(reader)) as client:
        client.ask("wait", True)
        assert client.ask("connect") == protocol
        assert client.transmit(command) == b"\x90\x00"
    assert card.seen == [command]


class Long(Echo):
    """A card that takes whatever comes."""

    def transmit(self, apdu: bytes) -> bytes:
        self.seen.append(apdu)
        return b"\x90\x00"


def test_a_reader_that_is_unplugged_is_an_error_and_no_hang(
    plug: Plug, attach: Attach, card: Callable[[str], VirtualCard]
) -> None:
    reader = plug()
    chip = card("visa-credit").chip
    assert chip is not None
    reader.insert(chip)
    with Pyscard(attach(reader)) as client:
        client.ask("wait", True)
        client.ask("connect")
        reader.close()
        with pytest.raises(PcscError):
            client.transmit(bytes.fromhex("00A4040000"))
