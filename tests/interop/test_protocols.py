"""libccid runs T=1, PPS and the PIN pad with our virtual readers and cards: what it says is not ours."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

from terminal_drivers.base import Card
from terminal_drivers.iso7816.block import SBlock, Supervision
from terminal_drivers.iso7816.t1card import Interlude, Mishap
from terminal_drivers.readers.ccid.serving import ServedReader
from terminal_drivers.readers.pin_prompt import Key
from terminal_sim.cards.catalogue import VirtualCard
from terminal_sim.emv.talk.outcome import Verdict
from terminal_sim.emv.talk.request import Interface
from tests.emv.terminal import Terminal, configuration
from tests.interop.daemon import Pcscd, Pyscard

Serve = Callable[..., ServedReader]
Start = Callable[..., Pcscd]

ATR_T0_FAST = bytes.fromhex("3B15957650505330")
ATR_T1 = bytes.fromhex("3B848131FE4576454D56A7")
ATR_T1_FAST = bytes.fromhex("3B94958131FE45765050532F")
ATR_T1_FASTER = bytes.fromhex(
    "3B90978131FE450C"
)  # 500 000 bit/s at 4 MHz: libccid asks the card for half of it

FEATURE_VERIFY, FEATURE_MODIFY = 0x42330006, 0x42330007  # what libccid answers to GET_FEATURE_REQUEST
VERIFY_TEMPLATE = "002000800824FFFFFFFFFFFFFF"
MODIFY_TEMPLATE = "002400001024FFFFFFFFFFFFFF24FFFFFFFFFFFFFF"
VERIFY = "1E1E8947040C0402010904000000000D000000" + VERIFY_TEMPLATE
MODIFY = "1E1E89470400080C04030203090400010200000015000000" + MODIFY_TEMPLATE


class Atred:
    """A card with another ATR: the protocol it speaks is the reader's to carry."""

    def __init__(self, card: Card, atr: bytes) -> None:
        self._card = card
        self.atr = atr

    def reset(self) -> bytes:
        self._card.reset()
        return self.atr

    def transmit(self, apdu: bytes) -> bytes:
        return self._card.transmit(apdu)


class Echo:
    """A card that answers every command with its own data, and remembers the commands."""

    atr = ATR_T1

    def __init__(self) -> None:
        self.seen: list[bytes] = []

    def reset(self) -> bytes:
        return self.atr

    def transmit(self, apdu: bytes) -> bytes:
        self.seen.append(apdu)
        return apdu[5 : 5 + apdu[4]] + b"\x90\x00"


class Status(Atred):
    """A card that answers with a status alone."""

    def __init__(self, card: Echo) -> None:
        super().__init__(card, card.atr)

    def transmit(self, apdu: bytes) -> bytes:
        return super().transmit(apdu)[-2:]


@pytest.mark.parametrize(
    ("atr", "protocol"),
    [(ATR_T0_FAST, "T=0"), (ATR_T1, "T=1"), (ATR_T1_FAST, "T=1"), (ATR_T1_FASTER, "T=1")],
    ids=["T0-PPS", "T1", "T1-PPS", "T1-slower-PPS"],
)
def test_a_whole_transaction_runs_in_the_protocol_of_the_card(
    served: Serve, start: Start, card: Callable[[str], VirtualCard], atr: bytes, protocol: str
) -> None:
    chip = card("visa-credit").chip
    assert chip is not None
    reader = served()
    reader.insert(Atred(chip, atr))
    terminal = Terminal(configuration())
    with Pyscard(start(reader.pcscd_entry)) as client:
        client.ask("wait", True)
        assert client.ask("connect") == protocol
        assert bytes.fromhex(client.ask("atr")) == atr
        outcome = terminal.pay(client, terminal.request(Interface.CONTACT))
    assert outcome.verdict is Verdict.APPROVED


WTX = SBlock(Supervision.WTX, b"\x02")
IFS = SBlock(Supervision.IFS, b"\x20")
RESYNCH = SBlock(Supervision.RESYNCH)


@pytest.mark.parametrize(
    "interludes",
    [
        (),
        (WTX,),
        (WTX, WTX, WTX),
        (IFS,),
        (Mishap.DAMAGED_COMMAND,),
        (Mishap.DAMAGED_ANSWER,),
        (IFS, WTX, Mishap.DAMAGED_ANSWER),
    ],
    ids=["plain", "WTX", "3-WTX", "IFS", "R-block", "bad-EDC", "all"],
)
def test_chained_blocks_come_through_whatever_happens_on_the_line(
    served: Serve, start: Start, interludes: Iterable[Interlude]
) -> None:
    reader, card = served(), Echo()
    reader.insert(card, 0, interludes)
    command = bytes.fromhex("00DA0000FA") + bytes(range(250)) + b"\x00"
    with Pyscard(start(reader.pcscd_entry)) as client:
        client.ask("wait", True)
        assert client.ask("connect") == "T=1"
        assert client.transmit(command) == bytes(range(250)) + b"\x90\x00"
    assert card.seen == [command], "the card ran it once"


@pytest.mark.parametrize("atr", [bytes.fromhex("3B6500002063CB6600"), ATR_T1], ids=["T0", "T1"])
def test_a_pin_is_typed_at_the_reader_and_never_seen_by_the_host(
    served: Serve, start: Start, atr: bytes
) -> None:
    typed: list[tuple[str | Key, ...]] = []
    pad: ServedReader = served("gempc-pinpad", person=lambda _: pad.press(*typed.pop(0)))
    card = Echo()
    card.atr = atr
    pad.insert(Status(card))
    with Pyscard(start(pad.pcscd_entry)) as client:
        client.ask("wait", True)
        client.ask("connect")
        typed.append(("1234", Key.ENTER))
        assert client.ask("control", FEATURE_VERIFY, VERIFY) == "9000"
        assert card.seen.pop() == bytes.fromhex("0020008008241234FFFFFFFFFF")
        typed += [("1234", Key.ENTER), ("56789", Key.ENTER), ("56789", Key.ENTER)]
        assert client.ask("control", FEATURE_MODIFY, MODIFY) == "9000"
        assert card.seen.pop() == bytes.fromhex("0024000010241234FFFFFFFFFF2556789FFFFFFFFF")
        typed.append((Key.CANCEL,))
        assert client.ask("control", FEATURE_VERIFY, VERIFY) == "6401"
    assert not card.seen


def test_a_pin_that_nobody_types_times_out(served: Serve, start: Start) -> None:
    pad: ServedReader = served("gempc-pinpad", person=lambda _: pad.time_out())
    card = Echo()
    pad.insert(card)
    with Pyscard(start(pad.pcscd_entry)) as client:
        client.ask("wait", True)
        client.ask("connect")
        assert client.ask("control", FEATURE_VERIFY, VERIFY) == "6400"
    assert not card.seen
