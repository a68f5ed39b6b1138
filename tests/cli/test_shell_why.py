"""What `why` says of the screen as it is now."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from terminal_sim.bench import Bench, Trace
from terminal_sim.cli import UserError
from terminal_sim.cli.shell.session import ShellSession
from terminal_sim.cli.shell.turning_points import turning_points
from terminal_sim.cli.shell.why import why
from tests.explore.test_inevitable import never_so_much


def told(*lines: str, profile: str = "v400m") -> list[str]:
    """What `why` says after these lines, without the numbers of the events."""
    with Bench(trace=Trace()) as bench:
        session = ShellSession(bench, bench.add_terminal(profile))
        for line in lines:
            session.say(line)
        said = why(bench, session.terminal, session.log.entries)
    return [said[0], *(line[8:] for line in said[1:])]


def test_the_chain_of_a_declined_payment_goes_from_the_card_to_the_screen() -> None:
    said = told("press OK 1250 OK", "insert visa-declined", 'expect screen "Declined"')
    assert said[0] == "the screen is declined, because:"
    chain = [
        "you said: insert visa-declined",
        "the card is in the slot",
        "sale went from present to reading on card inserted, since takes chips",
        "the journal has sale AUTH_SENT (reference V40000010001, entry chip)",
        "it sent a sale to the acquirer (0100, amount 1250, trace number 1)",
        "300ms later came an answer of the acquirer",
        "the acquirer answered 05 (0110)",
        "the kernel's verdict is declined: declined by the issuer (05)",
        "it shows declined",
    ]
    assert [line for line in said if line in chain] == chain


@pytest.mark.parametrize(
    ("lines", "because"),
    [
        ((), "the terminal was switched on"),
        (("press OK",), "you pressed OK"),
        (("press 8 OK 0",), "you pressed a digit, which is hidden"),
        (("press OK", "press! F1"), "the screen does not take F1"),
        (("press OK", "wait 3min"), "2min later came the time-out of the screen amount"),
        (("press OK 1250 OK", "insert mute"), "the kernel's verdict is to swipe the card: the card in slot 0 does not answer"),
        (("press OK 1250 OK", "swipe visa-credit"), "a stripe was read"),
        (("press OK 1250 OK", "insert visa-credit", "remove card"), "the card is out of the slot"),
        (("paper out", "press OK 1250 OK"), "around the terminal: paper out"),
    ],
)  # fmt: skip
def test_each_kind_of_cause_has_its_words(lines: Sequence[str], because: str) -> None:
    assert because in told(*lines)


def test_a_refusal_is_told_with_its_reason() -> None:
    with Bench(trace=Trace()) as bench:
        session = ShellSession(bench, bench.add_terminal("v400m"))
        with pytest.raises(UserError):
            session.say("remove card")
        said = why(bench, session.terminal, session.log.entries)
    assert any(line.endswith("that was refused: no card is in the slot") for line in said)


def test_no_secret_is_told() -> None:
    said = told(
        "press OK 1250 OK", "insert mastercard-pin", "press ${card.pin} OK", 'expect screen "Approved"'
    )
    assert not any("1234" in line or "5555444433331111" in line for line in said)


def test_why_with_a_rule_says_from_where_on_nothing_saved_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("terminal_sim.cli.shell.turning_points.GOINGS_ON", 2)
    monkeypatch.setattr("terminal_sim.cli.shell.turning_points.ORACLES", [never_so_much])
    with Bench(trace=Trace()) as bench:
        session = ShellSession(bench, bench.add_terminal("v400m"))
        for line in ("press OK", "press 9500 OK"):
            session.say(line)
        alarm, *lines = turning_points(session, "R-test")
        assert alarm == "R-test no amount above 90.00 is ever typed: 95.00"
        assert [line.strip().partition("  ")[0] for line in lines] == [
            "(the beginning)",
            "press OK",
            "press 9500 OK",
        ]
        assert lines[-1].endswith("went wrong  2 of 2 times  <- from here on nothing saved it")
        assert session.terminal.view().screen.id == "present-card"
        with pytest.raises(
            UserError, match="R-other is not broken by what was done here; rules that are: R-test"
        ):
            list(turning_points(session, "R-other"))
