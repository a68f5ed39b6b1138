"""Issuer update: what the issuer sent goes to a tapped card at its second tap, and changes nothing of the decision (Book C-3)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from terminal_sim.bench import Bench, TerminalUnderTest
from terminal_sim.emv.data import tags, tlv
from terminal_sim.emv.talk.answers import HostDecision
from terminal_sim.emv.talk.asks import Command, PresentAgain
from terminal_sim.emv.talk.outcome import Outcome, Verdict
from terminal_sim.emv.talk.request import Interface
from terminal_sim.emv.talk.rules import Rule
from tests.contracts.drive import TEXTS
from tests.emv.table import rows
from tests.emv.tapped import TapCard, taking
from tests.emv.terminal import Terminal

CARDS = Path(__file__).parents[2] / "contracts" / "cards"
UPDATE = {0x9F6C: bytes.fromhex("0040")}
SCRIPT = tlv.encode(
    0x72, tlv.encode(0x9F18, bytes(4)) + tlv.encode(0x86, bytes.fromhex("841E000008") + bytes(8))
)
AUTHENTICATION = tlv.encode(tags.ISSUER_AUTHENTICATION_DATA, bytes(10))


def paid(
    card: TapCard, sent: bytes, *, code: str = "00", ttq: str = "3680C000", comes_back: bool = True
) -> tuple[Outcome, Terminal]:
    config = taking(3)
    application = replace(config.applications[0], qualifiers=bytes.fromhex(ttq))
    terminal = Terminal(replace(config, applications=(application,)), comes_back=comes_back)
    terminal.host = lambda _: HostDecision(response_code=code, icc_data=sent)
    return terminal.pay(card, terminal.request(Interface.CONTACTLESS)), terminal


def after_the_second_tap(terminal: Terminal) -> list[str]:
    """The headers of the commands that follow the question for the card."""
    asked = next((at for at, ask in enumerate(terminal.asks) if isinstance(ask, PresentAgain)), None)
    later = terminal.asks[asked:] if asked is not None else []
    return [ask.apdu[:4].hex() for ask in later if isinstance(ask, Command)]


def answering(sw: str) -> TapCard:
    return TapCard(gpo=UPDATE, answers={0x82: [bytes.fromhex(sw)], 0x1E: [bytes.fromhex(sw)]})


UPDATES = [
    ("authentication and a script", answering("9000"), AUTHENTICATION + SCRIPT, ["00a40400", "00820000", "841e0000"], ()),
    ("a script alone", answering("9000"), SCRIPT, ["00a40400", "841e0000"], ()),
    (
        "that the card does not take",
        answering("6988"),
        AUTHENTICATION + SCRIPT,
        ["00a40400", "00820000", "841e0000"],
        (Rule.ISSUER_AUTHENTICATION_FAILED, Rule.SCRIPT_FAILED),
    ),
    ("nothing from the issuer", answering("9000"), b"", [], ()),
    ("a card without a second tap", TapCard(), AUTHENTICATION + SCRIPT, [], ()),
]  # fmt: skip


@pytest.mark.parametrize("code", ["00", "05"])
@pytest.mark.parametrize(("card", "sent", "commands", "noted"), rows(UPDATES))
def test_the_card_gets_what_its_issuer_sent_and_the_decision_stands(
    card: TapCard, sent: bytes, commands: list[str], noted: tuple[Rule, ...], code: str
) -> None:
    card = replace(card, answers={ins: list(said) for ins, said in card.answers.items()})
    outcome, terminal = paid(card, sent, code=code)
    assert outcome.verdict is (Verdict.APPROVED if code == "00" else Verdict.DECLINED)
    assert after_the_second_tap(terminal) == commands
    assert tuple(reason.rule for reason in outcome.reasons if reason.rule in noted) == noted
    assert outcome.tvr == bytes(5)
    assert outcome.advice is bool("841e0000" in commands)


def test_a_terminal_whose_ttq_has_no_second_tap_asks_for_none() -> None:
    _, terminal = paid(answering("9000"), SCRIPT, ttq="36804000")
    assert after_the_second_tap(terminal) == []


def test_a_card_that_does_not_come_back_is_paid_with_all_the_same() -> None:
    outcome, terminal = paid(answering("9000"), SCRIPT, comes_back=False)
    assert (outcome.verdict, outcome.reasons[-1].rule) == (Verdict.APPROVED, Rule.ISSUER_UPDATE_MISSED)
    assert after_the_second_tap(terminal) == []


@pytest.mark.parametrize("answer", [b"\x6a\x82", b"\x90", None], ids=["not found", "damaged", "gone"])
def test_a_second_tap_that_fails_changes_no_decision(answer: bytes | None) -> None:
    card = TapCard(gpo=UPDATE)
    said = iter([True, True, False])  # the directory and the first selection

    class Failing:
        def transmit(self, apdu: bytes, /) -> bytes:
            if apdu[1] == 0xA4 and not next(said):
                if answer is None:
                    return b"\x6f\x00"
                return answer
            return card.transmit(apdu)

    config = taking(3)
    application = replace(config.applications[0], qualifiers=bytes.fromhex("3680C000"))
    terminal = Terminal(replace(config, applications=(application,)))
    terminal.host = lambda _: HostDecision(response_code="00", icc_data=SCRIPT)
    outcome = terminal.pay(Failing(), terminal.request(Interface.CONTACTLESS))
    assert (outcome.verdict, outcome.reasons[-1].rule) == (Verdict.APPROVED, Rule.ISSUER_UPDATE_FAILED)


def sale(bench: Bench, *script: str) -> TerminalUnderTest:
    till = bench.add_terminal("v400m")
    bench.host_sends(list(script))
    for key in ("OK", "1", "0", "0", "0", "OK"):
        till.press(key)
    till.tap("second-tap")
    bench.advance(1_000_000)
    assert till.view().screen.id == "present-again"
    return till


def test_a_virtual_card_is_changed_at_its_second_tap_and_the_issuer_hears_of_it() -> None:
    with Bench(texts=TEXTS, decks=[CARDS]) as bench:
        till = sale(bench, "change-pin", "909090")
        till.tap("second-tap")
        assert till.view().screen.id == "approved"
        pin = bench.card("second-tap").memory.now[0].pin
        assert pin is not None
        assert pin.reveal() == "909090"
        bench.advance(1_000_000)
        assert [one.kind for one in bench.host_messages()] == ["sale", "card-advice"]
        assert str(bench.host_messages()[-1].fields["script-results"]).startswith("20")


@pytest.mark.parametrize("how", ["cancelled", "timed out"])
def test_a_second_tap_that_does_not_come_leaves_the_payment_approved(how: str) -> None:
    with Bench(texts=TEXTS, decks=[CARDS]) as bench:
        till = sale(bench, "unblock-pin")
        if how == "cancelled":
            till.press("CANCEL")
        else:
            bench.advance(till.profile.timeouts.card)
        assert till.view().screen.id == "approved"
        assert "issuer.update-missed" in till.reasons
