"""The catalogue of faults: what can go wrong with a terminal on request, one row a fault.

A script says a fault by its name and arguments, and the checker rehearses it on the same table, so both know the same faults.
A card that is torn away is no row: it is an act with a card (`Presentment.tear_after`).
"""

from __future__ import annotations

import re

from msgspec import structs

from terminal_drivers.transports.faults import Fault
from terminal_sim.bench.fault import Argument, Arm, BenchFault, Faulty, NeededPart
from terminal_sim.bench.journal import ComingFailure, CommitFailure
from terminal_sim.core.events import AppChanged, Tampered
from terminal_sim.datafiles.suggest import suggest
from terminal_sim.errors import BenchMisuse
from terminal_sim.pos.api_fault import ApiFault, CertificateState, ComingApiFault, SharedKeyState
from terminal_sim.pos.square.webhooks.fault import ComingWebhookFault, WebhookFault
from terminal_sim.readers.card_fault import CardFault, ComingFault
from terminal_sim.runtime.answer_fault import AnswerFault, ComingAnswerFault


def arm(terminal: Faulty, name: str, arguments: tuple[str, ...]) -> None:
    """Let the fault of this name happen to `terminal`.

    Raises `BenchMisuse` that lists the faults of this terminal where it has none of this name, or not with these arguments.
    """
    fault = next((fault for fault in FAULTS if fault.name == name), None)
    missing = fault.missing_in(terminal) if fault is not None else ""
    if fault is None or missing or not fault.takes(arguments):
        said = " ".join((name, *arguments))
        known = {fault.name: fault for fault in FAULTS if not fault.missing_in(terminal)}
        why = f"{missing}; there are " if missing else ""
        meant = suggest(name, known) if fault is None else ""
        raise BenchMisuse(f"{said!r} is no fault: {why}{', '.join(map(str, known.values()))}{meant}")
    fault.arm(terminal, tuple(_drawn(terminal, text) for text in arguments))


def _drawn(terminal: Faulty, argument: str) -> str:
    """A range such as 1..20 becomes one of its numbers, by the bench's seed."""
    low, dots, high = argument.partition("..")
    return str(terminal.drawn(int(low), int(high))) if dots else argument


def _set_fuse(terminal: Faulty, arguments: tuple[str, ...]) -> None:
    terminal.board.power.fuse = int(arguments[0])


def _fail_commit(failure: CommitFailure) -> Arm:
    def arm(terminal: Faulty, arguments: tuple[str, ...]) -> None:
        terminal.storage.failure = ComingFailure(failure, *map(int, arguments))

    return arm


def _jam_printer(terminal: Faulty, _: tuple[str, ...]) -> None:
    terminal.board.printer.jammed = True


def _strike_answer(fault: AnswerFault) -> Arm:
    def arm(terminal: Faulty, arguments: tuple[str, ...]) -> None:
        terminal.board.answer_fault = ComingAnswerFault(fault, *map(int, arguments))

    return arm


def _fail_card(fault: CardFault) -> Arm:
    def arm(terminal: Faulty, arguments: tuple[str, ...]) -> None:
        terminal.next_command.fault = ComingFault(fault, *map(int, arguments))

    return arm


def _disturb_wire(terminal: Faulty, arguments: tuple[str, ...]) -> None:
    if terminal.wire is None:
        return
    kind, *frame = arguments
    terminal.wire.strike(Fault(kind), int(frame[0]) if frame else 1)


def _mend_wire(terminal: Faulty, _: tuple[str, ...]) -> None:
    if terminal.wire is not None:
        terminal.wire.mend()
        terminal.look_at_readers()


def _tamper(terminal: Faulty, _: tuple[str, ...]) -> None:
    terminal.post(Tampered())


def _link_reader(terminal: Faulty, arguments: tuple[str, ...]) -> None:
    """A card in the slot stays where it is; the firmware learns of it when the link is back."""
    up, board = arguments == ("up",), terminal.board
    if up == board.readers.linked:
        return
    if up:
        board.readers.linked = True
    else:
        board.part_from_readers()
    for event in board.readers.standing():
        terminal.post(event)


def _fail_webhook(terminal: Faulty, arguments: tuple[str, ...]) -> None:
    if terminal.webhooks is None:
        return
    kind, *count = arguments
    terminal.webhooks.fault = ComingWebhookFault(WebhookFault(kind), *map(int, count))


def _fail_call(terminal: Faulty, arguments: tuple[str, ...]) -> None:
    if terminal.interface is not None:
        kind, *count = arguments
        terminal.interface.fail(ComingApiFault(ApiFault(kind), *map(int, count)))


def _show_certificate(terminal: Faulty, arguments: tuple[str, ...]) -> None:
    if terminal.interface is not None:
        terminal.interface.show(CertificateState(*arguments))


def _take_key(terminal: Faulty, arguments: tuple[str, ...]) -> None:
    if terminal.interface is not None:
        terminal.interface.take(SharedKeyState(*arguments))


def _open_app(terminal: Faulty, arguments: tuple[str, ...]) -> None:
    terminal.post(AppChanged(arguments == ("open",)))


_APP = NeededPart("Only where the firmware is an app.", "is no app", lambda terminal: terminal.profile.app)
_PRINTER = NeededPart(
    "Only where there is a printer.", "has no printer", lambda terminal: terminal.profile.printer is not None
)
_VIRTUAL_READERS = NeededPart(
    "Only with virtual readers.",
    "has a real reader, whose cards are not the simulator's: leave --reader out",
    lambda terminal: not terminal.has_real_readers,
)
_OWN_WIRE = NeededPart(
    "Only with virtual readers.",
    "has no line of virtual readers to disturb: leave --reader and --record out",
    lambda terminal: terminal.wire is not None,
)
_SERVICE = NeededPart(
    "Only while the terminal's service for points of sale is served.",
    "has no service that tells points of sale of events: serve it, as by --pos square",
    lambda terminal: terminal.webhooks is not None,
)
_INTERFACE = NeededPart(
    "Only while the terminal's interface for points of sale is served.",
    "is called by no point of sale: serve its interface, as by --pos",
    lambda terminal: terminal.interface is not None,
)
_TLS = NeededPart(
    "Only while the terminal's interface for points of sale is served over TLS.",
    "shows points of sale no certificate: serve its interface, as by --pos adyen",
    lambda terminal: terminal.interface is not None and terminal.interface.has_certificate,
)
_SEALED = NeededPart(
    "Only while the terminal shares a key with points of sale.",
    "shares no key with points of sale: serve its interface, as by --pos adyen, and not in clear",
    lambda terminal: terminal.interface is not None and terminal.interface.has_shared_key,
)
_API = "|".join(fault.value for fault in ApiFault)
_CERTIFICATE = "|".join(state.value for state in CertificateState)
_KEY = "|".join(state.value for state in SharedKeyState)
_WEBHOOKS = "|".join(fault.value for fault in WebhookFault)
_KINDS = "|".join(fault.value for fault in Fault)
_COUNT = Argument("N", re.compile(r"[1-9][0-9]{0,8}(?:\.\.[1-9][0-9]{0,8})?", re.ASCII))
_MAYBE = structs.replace(_COUNT, optional=True)

_CARD_FAULTS = {
    CardFault.TORN: "finds that the card is pulled out",
    CardFault.ANSWER_LOST: "is carried out, and the card is pulled out before it answers",
    CardFault.MUTE: "has no answer from the card",
    CardFault.SHORT: "is answered with one byte too few",
    CardFault.GARBAGE: "is answered with bytes without sense",
    CardFault.FAILURE: "is answered with 6F00 and nothing else",
    CardFault.RESET: "meets a card that has lost its session, and has another ATR",
    CardFault.ENDLESS: "is answered with more data to come (61FF), and so is each one behind it until the card is reset",
    CardFault.NESTED: "is answered with 252 bytes of templates, each in the one before",
}

_COMMIT_FAILURES = {
    CommitFailure.UNKNOWN: "is not durable, and its terminal is told that this is unknown",
    CommitFailure.ANSWER_LOST: "is durable, and its terminal is told that this is unknown",
    CommitFailure.DISK_FULL: "finds the storage full and is not durable",
    CommitFailure.READ_ONLY: "finds the storage read-only and is not durable",
}
_ANSWER_FAULTS = {
    AnswerFault.DUPLICATE: "arrives twice",
    AnswerFault.WRONG_AMOUNT: "names another amount",
    AnswerFault.WRONG_TRACE: "names another trace number",
    AnswerFault.WRONG_TYPE: "has the message type of an answer to something else",
}

FAULTS: tuple[BenchFault, ...] = (
    BenchFault(
        "power-cut-after", (_COUNT,), "The power fails after N more effects of the firmware.", _set_fuse
    ),
    *(
        BenchFault(
            failure.value,
            (_MAYBE,),
            f"The N-th commit of the journal from now, the next one without N, {meaning}.",
            _fail_commit(failure),
        )
        for failure, meaning in _COMMIT_FAILURES.items()
    ),
    BenchFault(
        "printer-jam",
        (),
        "The printer jams: it prints nothing until `paper in`.",
        _jam_printer,
        part=_PRINTER,
    ),
    *(
        BenchFault(
            fault.value,
            (_MAYBE,),
            f"The N-th answer of the acquirer from now, the next one without N, {meaning}.",
            _strike_answer(fault),
        )
        for fault, meaning in _ANSWER_FAULTS.items()
    ),
    *(
        BenchFault(
            fault.value,
            (_MAYBE,),
            f"The N-th command from now to a card, the next one without N, {meaning}.",
            _fail_card(fault),
            part=_VIRTUAL_READERS,
        )
        for fault, meaning in _CARD_FAULTS.items()
    ),
    BenchFault(
        CardFault.STRIPE.value,
        (_MAYBE,),
        "The N-th swipe from now, the next one without N, cannot be read.",
        _fail_card(CardFault.STRIPE),
        part=_VIRTUAL_READERS,
    ),
    BenchFault(
        "wire",
        (Argument(_KINDS, re.compile(_KINDS)), _MAYBE),
        "The N-th frame from now that the terminal sends to its reader meets this on the line, the next one without N; "
        "hang and unplug last until wire-mend.",
        _disturb_wire,
        part=_OWN_WIRE,
    ),
    BenchFault(
        "wire-mend",
        (),
        "The line to the reader is sound again, and the reader plugged in anew where it was away.",
        _mend_wire,
        part=_OWN_WIRE,
    ),
    BenchFault(
        "api",
        (Argument(_API, re.compile(_API)), _MAYBE),
        "The N-th call of a point of sale from now, the next one without N: its answer is lost, cut off in the middle, or a minute late; "
        "its connection is reset while it is served; or it is answered 503 and does nothing.",
        _fail_call,
        part=_INTERFACE,
    ),
    BenchFault(
        "certificate",
        (Argument(_CERTIFICATE, re.compile(_CERTIFICATE)),),
        "The certificate that points of sale are shown is one that has expired, or is not valid yet, until it is valid again.",
        _show_certificate,
        part=_TLS,
    ),
    BenchFault(
        "shared-key",
        (Argument(_KEY, re.compile(_KEY)),),
        "The terminal takes only the next version of the key that it shares with points of sale, until that is restored.",
        _take_key,
        part=_SEALED,
    ),
    BenchFault(
        "webhook",
        (Argument(_WEBHOOKS, re.compile(_WEBHOOKS)), _MAYBE),
        "The N-th delivery of an event to a point of sale from now, the next one without N, comes a minute late, never, behind the next one, or twice.",
        _fail_webhook,
        part=_SERVICE,
    ),
    BenchFault("tamper", (), "The housing is opened.", _tamper),
    BenchFault(
        "reader-link",
        (Argument("down|up", re.compile("down|up")),),
        "The link between the app and its reader goes down, or comes back.",
        _link_reader,
        part=_APP,
    ),
    BenchFault(
        "app",
        (Argument("closed|open", re.compile("closed|open")),),
        "The app is closed, or opened again.",
        _open_app,
        part=_APP,
    ),
)
