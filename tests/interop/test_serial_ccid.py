"""Debian's pcscd and libccid take our virtual reader on a pseudo-terminal for a GemPC of the serial family."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from terminal_drivers.readers.ccid.serving import ServedReader
from terminal_sim.cards.catalogue import VirtualCard
from terminal_sim.emv.talk.outcome import Verdict
from terminal_sim.emv.talk.request import Interface
from tests.emv.terminal import Terminal, configuration
from tests.interop.daemon import Pcscd, PcscError, Pyscard, Told, need

Twin = tuple[ServedReader, Pcscd]
CardNamed = Callable[[str], VirtualCard]

ATR = "3B6500002063CB6600"
SELECT_DIRECTORY = "00A404000E315041592E5359532E444446303100"
SELECT_UNKNOWN = "00A4040007A0000000999999"


def put(reader: ServedReader, card: VirtualCard, slot: int = 0) -> None:
    assert card.chip is not None
    reader.insert(card.chip, slot)


def connect(client: Pyscard, protocol: str = "", slot: int = 0) -> str:
    """Wait for the card, connect to it and return the protocol that was agreed on."""
    client.ask("wait", True, slot)
    agreed = client.ask("connect", slot, protocol)
    assert isinstance(agreed, str)
    return agreed


def selects(client: Pyscard) -> bool:
    """Whether the card knows the directory: T=0 tells how much its answer has (61xx), T=1 brings it (9000)."""
    return client.transmit(bytes.fromhex(SELECT_DIRECTORY))[-2] in (0x61, 0x90)


def spaced(hexadecimal: str) -> str:
    return " ".join(hexadecimal[at : at + 2] for at in range(0, len(hexadecimal), 2))


def test_pcsc_scan_sees_a_card_come_and_go(twin: Twin, card: CardNamed) -> None:
    need("pcsc-tools")
    reader, daemon = twin
    with Told(["pcsc_scan", "-n"], daemon.environment) as scan:
        scan.until("Card removed")
        put(reader, card("visa-credit"))
        scan.until(f"Card inserted.*ATR: {spaced(ATR)}")
        reader.remove()
        scan.until("Card removed")
        put(reader, card("mastercard-pin"))
        scan.until("Card inserted")


def test_opensc_tool_reads_the_atr_and_selects(
    served: Callable[[], ServedReader], start: Callable[[str], Pcscd], card: CardNamed
) -> None:
    need("opensc")
    reader = served()
    put(reader, card("visa-credit"))
    daemon = start(reader.pcscd_entry)
    assert daemon.run("opensc-tool", "-r", "0", "--atr") == spaced(ATR).replace(" ", ":").lower() + "\n"
    said = daemon.run("opensc-tool", "-r", "0", "-c", "default", "-s", SELECT_DIRECTORY, "-s", SELECT_UNKNOWN)
    first, second = said.split("Sending: ")[1:]
    assert "SW1=0x90, SW2=0x00" in first
    assert "\n6F " in first, "the directory's FCI"
    assert "SW1=0x6A, SW2=0x82" in second


def test_a_whole_transaction_runs_through_pcscd(twin: Twin, card: CardNamed) -> None:
    reader, daemon = twin
    put(reader, card("visa-credit"))
    terminal = Terminal(configuration())
    with Pyscard(daemon) as client:
        assert connect(client) == "T=0"
        assert client.ask("atr").upper() == ATR
        outcome = terminal.pay(client, terminal.request(Interface.CONTACT))
    assert (outcome.verdict, outcome.went_online) == (Verdict.APPROVED, True)
    assert len(outcome.cryptogram) == 16


def test_a_card_that_is_pulled_out_ends_the_connection_and_the_next_one_works(
    twin: Twin, card: CardNamed
) -> None:
    reader, daemon = twin
    put(reader, card("visa-credit"))
    with Pyscard(daemon) as client:
        connect(client)
        assert selects(client)
        reader.remove()
        with pytest.raises(PcscError):
            client.transmit(bytes.fromhex(SELECT_DIRECTORY))
        assert client.ask("wait", False) == ""
        put(reader, card("mastercard-pin"))
        connect(client)
        assert selects(client)


def test_pcscd_comes_back_to_the_reader_that_stayed(
    twin: Twin, card: CardNamed, start: Callable[..., Pcscd]
) -> None:
    reader, first = twin
    put(reader, card("visa-credit"))
    with Pyscard(first) as client:
        connect(client)
    first.close()
    second = start(reader.pcscd_entry)
    with Pyscard(second) as client:
        connect(client)
        assert selects(client)


def test_a_reader_with_two_slots_is_two_readers(
    served: Callable[[str], ServedReader], start: Callable[[str], Pcscd], card: CardNamed
) -> None:
    """Both cards are there before pcscd is: libccid takes a SIM slot for one without a switch and never asks again."""
    reader = served("gemcore-sim-pro")
    put(reader, card("visa-credit"))
    put(reader, card("amex-credit"), 1)
    daemon = start(reader.pcscd_entry)
    terminal = Terminal(configuration())
    with Pyscard(daemon) as client:
        assert [name[-6:] for name in client.ask("readers")] == [" 00 00", " 00 01"]
        for slot, brand in ((0, "visa"), (1, "amex")):
            connect(client, slot=slot)
            outcome = terminal.pay(client, terminal.request(Interface.CONTACT))
            assert outcome.card is not None
            assert (outcome.verdict, outcome.card.brand) == (Verdict.APPROVED, brand)


def test_a_reader_that_wakes_at_9600_baud_is_taken_to_its_working_speed(
    served: Callable[[str], ServedReader], start: Callable[[str], Pcscd], card: CardNamed
) -> None:
    """The second pcscd finds it awake, as libccid calls it: it asks at 9600 for a second, and gets no answer."""
    reader = served("gemcore-sim-pro2")
    put(reader, card("visa-credit"))
    put(reader, card("amex-credit"), 1)
    for _ in range(2):
        daemon = start(reader.pcscd_entry)
        with Pyscard(daemon) as client:
            for slot in (0, 1):
                connect(client, slot=slot)
                assert selects(client)
        daemon.close()


def test_cards_come_and_go_in_each_slot_of_a_reader_with_five(
    served: Callable[[str], ServedReader], start: Callable[[str], Pcscd], card: CardNamed
) -> None:
    reader = served("gemcore-pos-pro")
    put(reader, card("visa-credit"))
    daemon = start(reader.pcscd_entry)
    with Pyscard(daemon) as client:
        assert len(client.ask("readers")) == 5
        put(reader, card("amex-credit"), 4)
        connect(client, slot=4)
        assert selects(client)
        reader.remove(4)
        assert client.ask("wait", False, 4) == ""
        assert client.ask("wait", True, 0).upper() == ATR, "the other slot keeps its card"
