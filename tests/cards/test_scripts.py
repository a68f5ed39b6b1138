"""Issuer scripts from `host sends` to what the card does in its next transaction."""

from __future__ import annotations

from pathlib import Path

import pytest

from terminal_sim.bench import Bench, BenchMisuse, TerminalUnderTest
from terminal_sim.cards import catalogue
from terminal_sim.cards.catalogue import VirtualCard
from terminal_sim.datafiles.bundled import bundled
from terminal_sim.display.texts import Texts
from terminal_sim.secret import Secret

TEXTS = Texts.load()
CHIPS = (
    "visa-credit",
    "mastercard-pin",
    "interac-debit",
    "amex-credit",
    "jcb-credit",
    "discover-credit",
    "unionpay-debit",
    "visa-online-pin",
)
PIN_CARDS = ("mastercard-pin", "maestro-debit", "cb-visa-fr")


def pay(bench: Bench, till: TerminalUnderTest, card: str, pin: str = "") -> str:
    """The screen that a sale ends with; its card is taken out."""
    bench.advance(60_000_000)
    for key in ("OK", "1", "0", "0", "0", "OK"):
        till.press(key)
    till.insert(card)
    for _ in range(40):
        bench.advance(200_000)
        screen = till.view().screen.id
        if screen in ("enter-pin", "wrong-pin"):
            own = bench.card(card).personality.pin
            for digit in pin or (own.reveal() if own is not None else ""):
                till.press(digit)
            till.press("OK")
        if screen in ("approved", "declined", "not-accepted", "card-error"):
            break
    till.remove_card()
    return screen


def told(bench: Bench) -> object:
    """What the card says of scripts in the newest request."""
    return bench.host_messages()[-1].fields.get("card-scripts")


@pytest.mark.parametrize("template", ["71", "72"])
@pytest.mark.parametrize("card", CHIPS)
def test_a_blocked_application_declines_until_it_is_unblocked(card: str, template: str) -> None:
    with Bench(texts=TEXTS) as bench:
        till = bench.add_terminal("v400m")
        bench.host_sends([template, "block-application"])
        first = pay(bench, till, card)
        assert first == ("approved" if template == "72" else "declined")
        assert pay(bench, till, card) in ("declined", "not-accepted")
        assert bench.card(card).memory.now[0].blocked == "application"


@pytest.mark.parametrize("card", CHIPS)
def test_a_blocked_card_is_selected_no_more(card: str) -> None:
    with Bench(texts=TEXTS) as bench:
        till = bench.add_terminal("v400m")
        bench.host_sends(["block-card"])
        assert pay(bench, till, card) == "approved"
        assert pay(bench, till, card) == "card-error"


@pytest.mark.parametrize("card", PIN_CARDS)
def test_a_changed_pin_is_the_one_that_counts(card: str) -> None:
    with Bench(texts=TEXTS) as bench:
        till = bench.add_terminal("v400m")
        bench.host_sends(["change-pin", "909090"])
        assert pay(bench, till, card) == "approved"
        pin = bench.card(card).memory.now[0].pin
        assert pin is not None
        assert pin.reveal() == "909090"
        assert pay(bench, till, card, "909090") == "approved"
        assert told(bench) == "1"


def test_an_online_pin_is_changed_at_the_issuer() -> None:
    with Bench(texts=TEXTS) as bench:
        till = bench.add_terminal("v400m")
        bench.host_sends(["change-pin", "909090"])
        assert pay(bench, till, "visa-online-pin") == "approved"
        assert pay(bench, till, "visa-online-pin", "909090") == "approved"
        assert pay(bench, till, "visa-online-pin") == "declined"


def test_a_new_pin_that_never_reached_its_card_is_not_the_issuers() -> None:
    with Bench(texts=TEXTS) as bench:
        till = bench.add_terminal("v400m")
        bench.host_sends(["change-pin", "909090"])
        till.tear_after("genac2")
        with pytest.raises(BenchMisuse, match="no card is in the slot"):
            pay(bench, till, "visa-online-pin")
        assert pay(bench, till, "visa-online-pin") == "approved"


def test_the_results_of_scripts_reach_the_issuer_by_an_advice() -> None:
    with Bench(texts=TEXTS) as bench:
        till = bench.add_terminal("v400m")
        bench.host_sends(["unblock-pin"])
        assert pay(bench, till, "visa-credit") == "approved"
        sale, advice = bench.host_messages()
        assert (advice.kind, advice.mti, advice.fields["original"]) == (
            "card-advice",
            "0120",
            sale.fields["reference"],
        )
        assert str(advice.fields["script-results"]).startswith("20")
        assert bench.acquirer.net(str(sale.fields["reference"])) == sale.fields["amount"]


def test_an_unblocked_pin_has_all_its_tries() -> None:
    with Bench(texts=TEXTS) as bench:
        till = bench.add_terminal("v400m")
        bench.host_sends(["71", "unblock-pin"])
        assert pay(bench, till, "mastercard-pin", "0000") in ("approved", "declined")
        assert bench.card("mastercard-pin").memory.now[0].tries_left == 3


@pytest.mark.parametrize("card", CHIPS)
def test_the_issuer_reads_in_the_next_request_what_became_of_a_script(card: str) -> None:
    with Bench(texts=TEXTS) as bench:
        till = bench.add_terminal("v400m")
        pay(bench, till, card)
        assert told(bench) is None
        bench.host_sends(["unblock-pin"])
        bench.host_sends(["72", "8424000008A1B2C3D4E5F60718"])
        pay(bench, till, card)
        pay(bench, till, card)
        assert told(bench) == "2, failed"
        pay(bench, till, card)
        assert told(bench) is None


def test_a_command_without_a_mac_or_before_an_arqc_is_refused() -> None:
    with Bench(texts=TEXTS) as bench:
        chip = bench.card("visa-credit").chip
        assert chip is not None
        chip.reset()
        block = bytes.fromhex("841E000008A1B2C3D4E5F60718")
        assert chip.transmit(block) == bytes.fromhex("6985")
        chip.transmit(bytes.fromhex("00A4040007A0000000031010"))
        chip.transmit(bytes.fromhex("80A8000002830000"))
        certified = bytes(29)
        chip.transmit(b"\x80\xae\x80\x00" + bytes((len(certified),)) + certified)
        assert chip.transmit(bytes.fromhex("841E0000")) == bytes.fromhex("6987")
        assert chip.transmit(block) == bytes.fromhex("6988")
        assert bench.card("visa-credit").memory.now[0].blocked == ""


def test_what_scripts_change_is_part_of_what_a_card_remembers() -> None:
    with Bench(texts=TEXTS) as bench:
        till = bench.add_terminal("v400m")
        bench.host_sends(["change-pin", "909090"])
        pay(bench, till, "mastercard-pin")
        card: VirtualCard = bench.card("mastercard-pin")
        other = catalogue.make(card.personality, bench.acquirer.issuer_keys)
        other.resume(card.snapshot())
        assert other.memory.now == card.memory.now


def test_an_issuer_with_keys_for_scripts_alone_is_understood(tmp_path: Path) -> None:
    keys = (
        '[test_keys]\nscript_mac_key = "89B07FC1E6D3A2F4457AEC13DFB60B5D"\n'
        'script_encipherment_key = "C44FB0F2571A0ED96846791F7C2AE5B3"\n'
    )
    text = (bundled() / "hosts" / "test-acquirer.toml").read_text("utf-8")
    (tmp_path / "keys.toml").write_text(text.replace("[test_keys]\n", keys), "utf-8")
    with Bench(texts=TEXTS, host=tmp_path / "keys.toml") as bench:
        till = bench.add_terminal("v400m")
        bench.host_sends(["change-pin", "909090"])
        assert pay(bench, till, "mastercard-pin") == "approved"
        assert bench.card("mastercard-pin").memory.now[0].pin == Secret("909090")
        assert bench.acquirer.issuer_keys.mac != bench.acquirer.issuer_keys.cryptograms
