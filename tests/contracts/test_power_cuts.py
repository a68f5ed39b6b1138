"""The power goes after every single effect of a payment, and again while the next boot settles it.

Rule: whatever was cut, after healing the acquirer's books and the terminal's agree, nothing is in doubt and nobody paid twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count

import pytest

from tests.contracts.drive import NAMES, Drive, full, offered

Step = Callable[[Drive], None]


def _present(how: str, card: str, flow: str = "sale") -> tuple[Step, Step]:
    """The amount is typed; then the card, the acquirer and the receipts."""

    def approach(drive: Drive) -> None:
        drive.open(flow)
        if flow == "refund":
            drive.type(drive.profile.passcodes[drive.profile.refunds.passcode].code)
        drive.type("1000")

    def rest(drive: Drive) -> None:
        drive.present(how, card)
        if card == "visa-online-pin":
            drive.type("4321")
        drive.finish()

    return approach, rest


def _after(answers: str, steps: tuple[Step, Step]) -> tuple[Step, Step]:
    """The acquirer answers so from the moment on in which the power may go."""

    def rest(drive: Drive) -> None:
        drive.bench.host_answers(answers.split())
        steps[1](drive)

    return steps[0], rest


def _unreachable(drive: Drive) -> None:
    drive.terminal.network(False)
    drive.present("swipe", "visa-stripe")
    drive.finish()
    drive.terminal.network(True)


def _torn(drive: Drive) -> None:
    drive.terminal.tear_after("online")
    drive.present("insert", "visa-credit")
    drive.pass_time(200)


def _to_void(drive: Drive) -> None:
    drive.sale("swipe", "visa-stripe", "1500")
    drive.pass_time(300)
    drive.pick()


def _void(drive: Drive) -> None:
    drive.terminal.touch("void")
    drive.finish()


def _reprint(drive: Drive) -> None:
    for target in ("receipts", "merchant-receipt", "print"):
        drive.terminal.touch(target)
    drive.finish()


def _to_settle(drive: Drive) -> None:
    """A sale and a voided one are in the batch, whose totals are shown."""
    _to_void(drive)
    _void(drive)
    drive.sale("swipe", "visa-stripe", "700")
    drive.pass_time(300)
    drive.open("settle")


def _settle(drive: Drive) -> None:
    drive.terminal.press("OK")
    drive.finish()


def _order(*typed: str) -> Step:
    def approach(drive: Drive) -> None:
        drive.open("moto")
        for field in typed:
            drive.type(field)

    return approach


def _send_order(drive: Drive) -> None:
    drive.terminal.press("OK")
    drive.finish()


def _take_back(drive: Drive) -> None:
    drive.terminal.press("OK")
    drive.pass_time()
    drive.terminal.press("CANCEL")
    drive.finish()


def _last(typed: str, approach: Step) -> Step:
    """The digits of the last field, without its green key."""

    def go(drive: Drive) -> None:
        approach(drive)
        drive.do(("keys", typed))

    return go


_BY_PHONE = _last("737", _order("1200", "5555444433331111", "0330"))
_WITH_ADDRESS = _last("1", _order("1200", "4111111111111111", "0330", "737", "12345"))
_CHIP, _SWIPE, _TAP = (
    _present("insert", "visa-credit"),
    _present("swipe", "visa-stripe"),
    _present("tap", "phone"),
)
SCENARIOS: dict[str, tuple[Step, Step]] = {
    "chip": _CHIP,
    "chip with PIN": _present("insert", "visa-online-pin"),
    "tap": _TAP,
    "swipe": _SWIPE,
    "declined": _present("insert", "visa-declined"),
    "unanswered": _after("timeout", _CHIP),
    "answered late": _after("late:130s", _SWIPE),
    "garbled": _after("garbage", _TAP),
    "unreachable": (_SWIPE[0], _unreachable),
    "reversal refused": _after("timeout declined:96 timeout approved", _TAP),
    "torn after the answer": (_CHIP[0], _torn),
    "partly approved": _after("partial:300", _SWIPE),
    "void": (_to_void, _void),
    "void unanswered": _after("timeout", (_to_void, _void)),
    "void refused": _after("declined", (_to_void, _void)),
    "reprint": (_to_void, _reprint),
    "refund": _present("swipe", "visa-stripe", "refund"),
    "refund unanswered": _after("timeout", _present("swipe", "visa-stripe", "refund")),
    "settle": (_to_settle, _settle),
    "settle unanswered": _after("timeout", (_to_settle, _settle)),
    "settle out of balance": _after("declined:95", (_to_settle, _settle)),
    "settle with an upload that is not answered": _after(
        "declined:95 timeout approved timeout", (_to_settle, _settle)
    ),
    "telephone order": (_BY_PHONE, _send_order),
    "telephone order unanswered": _after("timeout", (_BY_PHONE, _send_order)),
    "telephone order taken back": (_WITH_ADDRESS, _take_back),
}
# The flow that a scenario goes through, by the first word of its name; the others are sales.
_FLOWS = {
    "void": "history",
    "reprint": "history",
    "refund": "refund",
    "telephone": "moto",
    "settle": "settle",
}


def _offers(name: str, scenario: str) -> bool:
    profile, flow = full(name), _FLOWS.get(scenario.split()[0], "sale")
    return flow in offered(profile) and (flow != "moto" or profile.moto.enabled)


CASES = [(name, scenario) for name in NAMES for scenario in SCENARIOS if _offers(name, scenario)]
# The cuts fall into the core, which all profiles share: one of them is always enough, in turns; the others are for the long suite.
IN_TURNS = [
    [case for case in CASES if case[1] == scenario][-1 if at % 2 else 0]
    for at, scenario in enumerate(SCENARIOS)
]
each_scenario = pytest.mark.parametrize(("name", "scenario"), CASES)
each_in_turns = pytest.mark.parametrize(
    ("name", "scenario"),
    [pytest.param(*case, marks=[] if case in IN_TURNS else [pytest.mark.soak]) for case in CASES],
)


def cut_everywhere(name: str, scenario: str) -> Iterator[tuple[int, Drive]]:
    """The scenario again and again, with the power gone after the first, second, ... effect; ends where none is left."""
    approach, rest = SCENARIOS[scenario]
    for effects in count(1):
        with Drive(full(name)) as drive:
            approach(drive)
            drive.blow(effects)
            rest(drive)
            if not drive.blew:
                return
            yield effects, drive


@each_scenario
def test_without_a_cut_the_books_agree(name: str, scenario: str) -> None:
    approach, rest = SCENARIOS[scenario]
    with Drive(full(name)) as drive:
        approach(drive)
        rest(drive)
        assert drive.broken() == []
        drive.heal()
        assert drive.faults() == []


@each_in_turns
def test_the_power_goes_after_any_effect(name: str, scenario: str) -> None:
    cuts = 0
    for effects, drive in cut_everywhere(name, scenario):
        cuts += 1
        assert drive.broken() == [], effects
        assert told_too_early(drive) == [], effects
        drive.revive()
        drive.heal()
        assert drive.faults() == [], effects
    assert cuts > 4


def told_too_early(drive: Drive) -> list[str]:
    """Receipts that say approved of what the journal does not have as completed."""
    states = {payment.reference: payment.state.value for payment in drive.durable.payments.values()}
    approved = [
        printed.receipt.reference
        for printed in drive.terminal.receipts
        if any(
            getattr(getattr(line, "text", ""), "id", "") == "receipt-approved"
            for line in printed.receipt.lines
        )
    ]
    return [reference for reference in approved if states[reference] not in ("COMPLETED", "VOIDED")]


@pytest.mark.parametrize(("name", "scenario"), IN_TURNS)
def test_the_power_goes_again_while_the_boot_settles_what_was_cut(name: str, scenario: str) -> None:
    """The second cut moves through the recovery as the first one moves through the payment."""
    for effects, drive in cut_everywhere(name, scenario):
        nested(drive, 1 + effects % 7)
        drive.heal()
        assert drive.faults() == [], effects


@pytest.mark.soak
@each_scenario
def test_the_power_goes_three_times_at_any_place(name: str, scenario: str) -> None:
    for second in range(1, 14):
        for third in (1, 3, 5):
            for effects, drive in cut_everywhere(name, scenario):
                nested(drive, second, third)
                drive.heal()
                assert drive.faults() == [], (effects, second, third)


def nested(drive: Drive, *effects: int) -> None:
    for each in effects:
        if not drive.on:
            drive.blow(each)
            drive.terminal.power_on()
            drive.pass_time(2)
    drive.terminal.board.power.fuse = 0
