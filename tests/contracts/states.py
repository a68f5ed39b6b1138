"""How to get into each state of each flow by hand, on any profile that has it.

A way is a function of a `Drive` at home. It leaves the terminal in the state; for the states of `PASSING`, which never wait
for anybody on a bench without latency, it goes through the state.
"""

from __future__ import annotations

from collections.abc import Callable

from terminal_sim.core.config import Profile
from terminal_sim.flows import load
from terminal_sim.flows.sale import SaleFlow
from tests.contracts.drive import Drive, offered

# The flows of a point of sale, which is walked in tests/offline, and those that only a vendor's interface begins (tests/pos/adyen, tests/flows).
ELSEWHERE = {
    "part-refund", "requested-moto", "requested-refund", "acquisition",
    "pos-confirmation", "pos-typed", "pos-menu", "pos-display", "pos-print",
    "checkout", "charge", "manual-entry", "gift-card", "orders", "status", "transactions", "offline-settings",
    "sign-out", "switch-pos", "factory-reset", "delete-app", "sign-in", "tampered",
}  # fmt: skip

Place = tuple[str, str]
Way = Callable[[Drive], None]

# Every flow in which a card pays as in a sale. A new one is walked by being there.
CARD_FLOWS = [
    name for name, flow in load().items() if issubclass(flow.context, SaleFlow) and name not in ELSEWHERE
]

# Virtual cards answer within the same moment; these states are left before anyone can do anything.
# The `closed` ones lie below the passcode that they ask for.
PASSING: set[Place] = {
    ("menu", "closed"),
    ("change-passcode", "closed"),
    ("refund", "closed"),
    *((flow, state) for flow in CARD_FLOWS for state in ("reading", "completing")),
}

_ASKED = "the request is out: only its answer or the issuer time-out decides"
_CARD_FIRST = "the card goes first, or its time-out"
# The terminal owes the acquirer an answer or a card is being read: nobody can cancel, the issuer time-out ends it.
NO_CANCEL: dict[Place, str] = {
    **{(flow, "authorising"): _ASKED for flow in (*CARD_FLOWS, "moto")},
    ("history", "voiding"): "the void is out: only its answer or the issuer time-out decides",
    ("void", "voiding"): "the void is out: only its answer or the issuer time-out decides",
    **{(flow, "completing"): "the acquirer has answered: the card has the last word" for flow in CARD_FLOWS},
    ("recovery", "checking"): "what is in doubt is resolved first, for `timeouts.reversal` at most",
    **{(flow, "remove-card"): _CARD_FIRST for flow in (*CARD_FLOWS, "moto", "history", "void")},
    ("menu", "closed"): "the passcode above it is cancelled",
    ("change-passcode", "closed"): "the passcode above it is cancelled",
    ("refund", "closed"): "the passcode above it is cancelled",
}


def _to_amount(flow: str) -> Way:
    def go(drive: Drive) -> None:
        drive.open(flow)
        if flow == "refund":
            drive.type(drive.profile.passcodes[drive.profile.refunds.passcode].code)

    return go


def _with_card(flow: str, how: str = "insert", card: str = "visa-credit") -> Way:
    def go(drive: Drive) -> None:
        _to_amount(flow)(drive)
        drive.type("1000")
        drive.present(how, card)

    return go


def _second_tap(flow: str) -> Way:
    """The acquirer has answered a tapped card whose issuer has a script for it."""

    def go(drive: Drive) -> None:
        drive.bench.host_sends(["unblock-pin"])
        _with_card(flow, "tap", "second-tap")(drive)
        drive.pass_time()

    return go


def _then_wait(way: Way) -> Way:
    def go(drive: Drive) -> None:
        way(drive)
        drive.pass_time()

    return go


def _card_ways(flow: str) -> dict[Place, Way]:
    def present(drive: Drive) -> None:
        _to_amount(flow)(drive)
        drive.type("1000")

    pay = _with_card(flow)
    return {
        (flow, "amount"): _to_amount(flow),
        (flow, "present"): present,
        (flow, "reading"): pay,
        (flow, "pin"): _with_card(flow, card="visa-online-pin"),
        (flow, "application"): _with_card(flow, card="two-applications"),
        (flow, "authorising"): pay,
        (flow, "completing"): _then_wait(pay),
        (flow, "again"): _second_tap(flow),
        **_endings(flow, pay),
    }


def _endings(flow: str, ask: Way, before: Way = lambda _: None) -> dict[Place, Way]:
    """The states that every payment shares; `ask` brings one to the acquirer, `before` what it needs for that."""

    def approved(drive: Drive) -> None:
        before(drive)
        ask(drive)
        drive.pass_time()

    def failed(drive: Drive) -> None:
        before(drive)
        drive.bench.host_answers(["declined"])
        ask(drive)
        drive.pass_time()

    def out_of_paper(drive: Drive) -> None:
        before(drive)
        drive.terminal.paper("out")
        ask(drive)
        drive.pass_time()

    def remove_card(drive: Drive) -> None:
        approved(drive)
        if not drive.terminal.board.readers.card_in:
            drive.terminal.insert("visa-credit")
        _acknowledge(drive)

    def offer_copy(drive: Drive) -> None:
        approved(drive)
        _acknowledge(drive)

    return {
        (flow, "approved"): approved,
        (flow, "failed"): failed,
        (flow, "out-of-paper"): out_of_paper,
        (flow, "offer-copy"): offer_copy,
        (flow, "remove-card"): remove_card,
    }


def _acknowledge(drive: Drive) -> None:
    """By the green key, or by waiting where no key is in reach."""
    if not drive.terminal.press("OK"):
        drive.bench.advance(drive.profile.timeouts.result)


def _moto(*typed: str) -> Way:
    def go(drive: Drive) -> None:
        drive.open("moto")
        for field in typed:
            drive.type(field)

    return go


_VISA = ("1200", "4111111111111111", "0330", "737")


def _ask_void(drive: Drive) -> None:
    drive.pick()
    drive.terminal.touch("void")


def _void(drive: Drive) -> None:
    _paid(drive)
    _ask_void(drive)


def _paid(drive: Drive) -> None:
    """A sale that lies in the history, with the terminal at home again."""
    drive.sale("swipe", "visa-stripe")
    drive.pass_time(400)


def _paid_at_the_till(drive: Drive) -> None:
    """A sale that the point of sale asked for, with the terminal at home again."""
    drive.bench.point_of_sale.sale(drive.terminal, "T-1", 1000)
    drive.present("swipe", "visa-stripe")
    drive.pass_time(400)


def _till_asks_for_void(drive: Drive) -> None:
    drive.bench.point_of_sale.refund("T-1")


def _till_void(drive: Drive) -> None:
    _paid_at_the_till(drive)
    _till_asks_for_void(drive)


def _listed(drive: Drive) -> None:
    _paid(drive)
    drive.open("history")


def _picked(*touches: str) -> Way:
    def go(drive: Drive) -> None:
        _paid(drive)
        drive.pick()
        for target in touches:
            drive.terminal.touch(target)

    return go


def _passcode(drive: Drive) -> None:
    drive.do(*(step for step in _before_code(drive)))


def _before_code(drive: Drive) -> tuple[tuple[str, str], ...]:
    """The way to the refund stops at the first passcode that anything asks for."""
    way = drive.way["refund"]
    code = ("keys", drive.profile.passcodes[drive.profile.refunds.passcode].code)
    return way[: way.index(code)] if code in way else way


def _menu(drive: Drive) -> None:
    """The screen from which the history is opened."""
    drive.do(*drive.way["history"][:-1])


def _recovery(drive: Drive) -> None:
    drive.bench.host_answers(["timeout"])
    drive.sale("swipe", "visa-stripe")
    drive.cut()
    drive.revive()


def _notice(drive: Drive) -> None:
    drive.terminal.battery(1)
    drive.open("sale")


def _new_code(*typed: str) -> Way:
    def go(drive: Drive) -> None:
        drive.open("change-passcode")
        drive.type(next(iter(drive.profile.passcodes.values())).code)
        for code in typed:
            drive.type(code)

    return go


def _shortcut(drive: Drive) -> None:
    drive.terminal.press(next(iter(drive.profile.home.shortcuts))[0])


def _to_settle(drive: Drive) -> None:
    """The batch has one payment and is shown."""
    _paid(drive)
    drive.open("settle")


def _settling(drive: Drive) -> None:
    _to_settle(drive)
    drive.bench.host_answers(["timeout"])
    drive.terminal.press("OK")


def _settled(drive: Drive) -> None:
    _to_settle(drive)
    drive.terminal.press("OK")
    drive.pass_time()


def _left_pending(drive: Drive) -> None:
    _settling(drive)
    drive.terminal.press("CANCEL")


def _batch_report(drive: Drive) -> None:
    _settled(drive)
    drive.terminal.press("OK")
    drive.open("batch-report")


def _last_batch(drive: Drive) -> None:
    _batch_report(drive)
    drive.terminal.touch("last-batch")


WAYS: dict[Place, Way] = {
    ("home", "idle"): lambda _: None,
    ("home", "typing"): _shortcut,
    ("menu", "closed"): _menu,
    ("menu", "open"): _menu,
    ("passcode", "ask"): _passcode,
    ("notice", "shown"): _notice,
    ("recovery", "checking"): _recovery,
    ("change-passcode", "closed"): lambda drive: drive.open("change-passcode"),
    ("change-passcode", "new"): _new_code(),
    ("change-passcode", "again"): _new_code("2468"),
    ("change-passcode", "changed"): _new_code("2468", "2468"),
    **{place: way for flow in CARD_FLOWS for place, way in _card_ways(flow).items()},
    ("refund", "closed"): lambda drive: drive.open("refund"),
    ("moto", "amount"): _moto(),
    ("moto", "card-number"): _moto(*_VISA[:1]),
    ("moto", "expiry"): _moto(*_VISA[:2]),
    ("moto", "cvc"): _moto(*_VISA[:3]),
    ("moto", "postal-code"): _moto(*_VISA),
    ("moto", "street-number"): _moto(*_VISA, "12345"),
    ("moto", "authorising"): _moto(*_VISA, "12345", "1"),
    ("moto", "address-result"): _then_wait(_moto(*_VISA, "12345", "1")),
    **_endings("moto", lambda drive: drive.moto()),
    ("history", "list"): _listed,
    ("history", "transaction"): _picked(),
    ("history", "receipts"): _picked("receipts"),
    ("history", "receipt"): _picked("receipts", "customer-receipt"),
    ("history", "printed"): _picked("receipts", "customer-receipt", "print"),
    ("history", "voiding"): _void,
    **_endings("history", _ask_void, _paid),
    ("settle", "ready"): _to_settle,
    ("settle", "settling"): _settling,
    ("settle", "settled"): _settled,
    ("settle", "pending"): _left_pending,
    ("batch-report", "open"): _batch_report,
    ("batch-report", "last"): _last_batch,
    ("void", "voiding"): _till_void,
    **_endings("void", _till_asks_for_void, _paid_at_the_till),
}


# The flows that a profile has where one of its menus offers them.
_OF_MENUS = {*CARD_FLOWS, "moto", "history", "change-passcode", "settle", "batch-report"}


def has(profile: Profile, place: Place) -> bool:
    """Whether the profile can get there at all: it has the flow, the keys, the reader, the printer that it takes."""
    flow, state = place
    flows = offered(profile)
    if flow in _OF_MENUS and flow not in flows:
        return False
    if flow == "moto" and not profile.moto.enabled:
        return False
    if flow == "passcode":
        return "refund" in flows
    if flow == "menu":
        return len(flows.get("history", ())) > 1
    if place == ("home", "typing"):
        return bool(profile.home.shortcuts)
    if place == ("notice", "shown"):
        return profile.battery is not None
    if state == "again":
        return profile.entries.contactless
    if state in ("out-of-paper", "offer-copy", "receipts", "receipt", "printed"):
        return profile.printer is not None
    return True
