"""Application selection: which applications card and terminal share, and which one is used (EMV Book 1, 12). Contactless, `entry_point` finds them.

1. Contact: the directory 1PAY.SYS.DDF01 first; where it is missing, blocked, unreadable or names nothing of ours, the list of
   our AIDs is tried one by one, a partial name with all its occurrences.
   The list goes on after an occurrence that is blocked or answers with a warning (62xx, 63xx).
2. The lowest priority number comes first, none (0) last. More than one application, or one that asks for confirmation, is the
   cardholder's choice.
3. What is shown is the preferred name where the terminal has its code table, else the label. A name in the directory is written
   in the table that the directory names, unless the entry names its own.
4. A card that is blocked (6A81) or offers only blocked applications (6283) is BLOCKED; one that knows none of ours is not
   accepted; one that answers the selection with nonsense cannot be read: the stripe may serve (fallback).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from terminal_sim.emv.data import apdu, tags, tlv
from terminal_sim.emv.data.apdu import CardResponse, StatusWord
from terminal_sim.emv.data.fields import is_digits, printable
from terminal_sim.emv.data.tlv import TlvError
from terminal_sim.emv.steps import commands
from terminal_sim.emv.steps.card_objects import CardObjects, DataOrigin, Source
from terminal_sim.emv.steps.exchange import CardError, Ended, Gone, exchange, put, show
from terminal_sim.emv.steps.state import Transaction
from terminal_sim.emv.talk.answers import ApplicationChoice, Loss
from terminal_sim.emv.talk.asks import ChooseApplication, Step
from terminal_sim.emv.talk.config import Application
from terminal_sim.emv.talk.conversation import Conversation
from terminal_sim.emv.talk.messages import DisplayMessage
from terminal_sim.emv.talk.outcome import Verdict
from terminal_sim.emv.talk.rules import Rule

MAX_DIRECTORY_RECORDS = 16
MAX_OCCURRENCES = 16
_FCI: Final = DataOrigin(Source.FCI)
_NO_TABLE: Final = b"\x00"


class Candidate(Struct, frozen=True):
    """An application of the card that the terminal supports. `priority` is 1 to 15, 16 where the card gives none."""

    name: bytes
    label: str
    priority: int
    confirm: bool
    application: Application


def candidates(transaction: Transaction) -> Conversation[list[Candidate]]:
    """The contact candidate list, best first (Book 1, 12.3). Raises `Ended` where it is empty."""
    try:
        found = yield from _from_directory(transaction)
        if not found:
            found = yield from _from_aids(transaction)
    except Gone as gone:
        if gone.loss is Loss.REMOVED:
            raise
        raise Ended(Verdict.USE_STRIPE, Rule.SELECT_UNREADABLE, "the chip does not answer") from None
    except (CardError, TlvError) as error:
        raise Ended(Verdict.USE_STRIPE, Rule.SELECT_UNREADABLE, f"the chip cannot be read: {error}") from None
    return found


def choose(transaction: Transaction, found: list[Candidate]) -> Conversation[Candidate]:
    """Takes one of `found`, by the cardholder where it must be, and selects it finally (Book 1, 12.4).

    An application that refuses SELECT or answers with a damaged FCI is removed from `found`, and the choice is made again (Book 4, 11.3). Raises
    `Ended` where nothing is left: a card whose last word was 6A81 is blocked.
    """
    blocked = False
    while found:
        candidate = yield from _pick(found, transaction.languages())
        refused = yield from select_finally(transaction, candidate)
        if refused is None:
            return candidate
        blocked = refused == StatusWord.NO_FUNCTION
        found.remove(candidate)
        if found:
            yield from show(DisplayMessage.TRY_AGAIN)
    if blocked:
        raise Ended(Verdict.BLOCKED, Rule.SELECT_CARD_BLOCKED)
    raise Ended(Verdict.NOT_ACCEPTED, Rule.SELECT_NONE_LEFT)


def select_finally(transaction: Transaction, candidate: Candidate) -> Conversation[int | None]:
    """SELECT of the application itself: None where it is selected, else the status word of an answer that does not select it.

    An FCI that is damaged or names another application selects nothing (Book 1, 12.4), whatever its status word.
    """
    response = yield from exchange(commands.select(candidate.name))
    if response.sw != StatusWord.OK:
        return response.sw
    try:
        directory = _directory(response)
    except (CardError, TlvError):
        return response.sw
    if directory[tags.DF_NAME] != candidate.name:
        return response.sw
    label = _label(transaction, directory) or candidate.label
    transaction.use(candidate.application, label, directory)
    return None


def _from_directory(transaction: Transaction) -> Conversation[list[Candidate]]:
    response = yield from exchange(commands.select(apdu.PSE))
    if response.sw == StatusWord.NO_FUNCTION:
        raise Ended(Verdict.BLOCKED, Rule.SELECT_CARD_BLOCKED)
    if response.sw != StatusWord.OK:
        return []
    found: list[Candidate] = []
    try:
        directory = CardObjects.of(tlv.primitives(proprietary(response.data)), _FCI)
        # The cardholder's languages may be needed before an application is selected (Book 1, 10.4 and 12.2.2).
        transaction.card_languages = directory.raw(tags.LANGUAGES) or b""
        table = directory.raw(tags.CODE_TABLE) or _NO_TABLE
        sfi = directory.raw(tags.DIRECTORY_SFI) or b""
        if len(sfi) != 1 or not 1 <= sfi[0] <= 10:
            return []
        for record in range(1, MAX_DIRECTORY_RECORDS + 1):
            response = yield from exchange(commands.read_record(sfi[0], record, Step.SELECT))
            if response.sw == StatusWord.RECORD_NOT_FOUND:
                break
            if response.sw != StatusWord.OK:
                return []
            entries = tlv.split(tlv.only(response.data, tags.RECORD))
            found += _directory_entries(transaction, entries, transaction.config.applications, table)
    except TlvError:
        return []
    return _by_priority(found)


class _Search:
    """The search by the list of AIDs (Book 1, 12.3.3): what was found, and what kept the rest from being found."""

    __slots__ = ("blocked", "damaged", "found", "statuses")

    def __init__(self) -> None:
        self.found: list[Candidate] = []
        self.statuses: set[int] = set()
        self.blocked = self.damaged = False


def _from_aids(transaction: Transaction) -> Conversation[list[Candidate]]:
    search = _Search()
    for application in transaction.config.applications:
        for occurrence in range(MAX_OCCURRENCES):
            response = yield from exchange(commands.select(application.aid, following=occurrence > 0))
            search.statuses.add(response.sw)
            if response.sw == StatusWord.NO_FUNCTION and occurrence == 0:
                raise Ended(Verdict.BLOCKED, Rule.SELECT_CARD_BLOCKED)
            if not _another_may_follow(transaction, search, application, response, occurrence):
                break
    if search.found:
        return _by_priority(search.found)
    if search.blocked:
        raise Ended(Verdict.BLOCKED, Rule.SELECT_APPLICATION_BLOCKED)
    if not search.damaged and search.statuses <= {StatusWord.OK, StatusWord.NOT_FOUND}:
        raise Ended(Verdict.NOT_ACCEPTED, Rule.SELECT_NONE_SHARED)
    raise Ended(Verdict.USE_STRIPE, Rule.SELECT_REFUSED)


def _another_may_follow(
    transaction: Transaction,
    search: _Search,
    application: Application,
    response: CardResponse,
    occurrence: int,
) -> bool:
    """Takes one answer to SELECT into the `search`; whether the card may have another occurrence of the name (12.3.3, steps 3 and 4)."""
    warned = response.sw >> 8 in (0x62, 0x63)
    if response.sw == StatusWord.FILE_BLOCKED:
        search.blocked = True
    elif warned:
        return occurrence > 0
    elif response.sw != StatusWord.OK:
        return False
    if warned and not response.data:
        return occurrence > 0
    try:
        directory = _directory(response)
        name = directory[tags.DF_NAME]
    except (CardError, TlvError):
        search.damaged = True
        return False
    if not _matches(application, name):
        return False
    if not warned and all(one.name != name for one in search.found):
        search.found.append(candidate_of(transaction, name, directory, application))
    return application.partial and name != application.aid


def _pick(found: list[Candidate], languages: tuple[str, ...]) -> Conversation[Candidate]:
    if len(found) == 1 and not found[0].confirm:
        return found[0]
    ask = ChooseApplication(tuple(candidate.label for candidate in found), languages)
    choice = yield from put(ask, ApplicationChoice)
    if not 0 <= choice.index < len(found):
        raise ValueError(f"ChooseApplication offers {len(found)} applications, the answer was {choice.index}")
    return found[choice.index]


def _directory_entries(
    transaction: Transaction,
    entries: Iterable[tuple[int, bytes]],
    supported: Iterable[Application],
    table: bytes,
) -> list[Candidate]:
    """The supported ones of application templates (61); an entry that cannot be read is passed over (Book 1, 12.3.2).

    `table` is the code table (9F11) of the names where an entry has none of its own.
    """
    found: list[Candidate] = []
    for tag, template in entries:
        if tag != tags.APPLICATION_TEMPLATE:
            continue
        try:
            entry = CardObjects.of(tlv.primitives(template), _FCI)
            entry.require_sound()
            if tags.CODE_TABLE not in entry:
                entry[tags.CODE_TABLE] = table
            name = entry.get(tags.AID_CARD, b"")
        except (CardError, TlvError):
            continue
        matching = [application for application in supported if _matches(application, name)]
        if matching:
            closest = max(matching, key=lambda application: len(application.aid))
            found.append(candidate_of(transaction, name, entry, closest))
    return found


def candidate_of(
    transaction: Transaction, name: bytes, known: CardObjects, application: Application
) -> Candidate:
    priority = (known.raw(tags.PRIORITY) or b"\x00")[0]
    return Candidate(
        name=name,
        label=_label(transaction, known) or name.hex().upper(),
        priority=priority & 0x0F or 16,
        confirm=bool(priority & 0x80),
        application=application,
    )


def _by_priority(found: list[Candidate]) -> list[Candidate]:
    return sorted(found, key=lambda candidate: candidate.priority)


def _matches(application: Application, name: bytes) -> bool:
    return name == application.aid or (application.partial and name.startswith(application.aid))


def proprietary(fci: bytes) -> bytes:
    """The FCI proprietary template (A5) of an FCI (6F)."""
    for tag, value in tlv.split(tlv.only(fci, tags.FCI)):
        if tag == tags.FCI_PROPRIETARY:
            return value
    raise TlvError("the FCI has no proprietary template A5")


def _directory(response: CardResponse) -> CardObjects:
    """The data elements of the FCI of an application; the DF name (84) must be there.

    What the FCI holds besides 84, A5 and the issuer's own BF0C is left closed (Book 1, 11.3.4).
    """
    directory = CardObjects.of(_fci_objects(tlv.only(response.data, tags.FCI)), _FCI)
    if tags.DF_NAME not in directory:
        raise CardError("the FCI has no DF name")
    return directory


def _fci_objects(fci: bytes) -> list[tuple[int, bytes]]:
    """The primitive data objects of an FCI and its A5, then those of BF0C that neither of them has."""
    objects: list[tuple[int, bytes]] = []
    discretionary: list[tuple[int, bytes]] = []
    for tag, value in tlv.split(fci):
        if tag != tags.FCI_PROPRIETARY:
            objects += [] if tlv.is_constructed(tag) else [(tag, value)]
            continue
        for inner, content in tlv.split(value):
            if inner == tags.FCI_DISCRETIONARY:
                discretionary += tlv.primitives(content)
            elif not tlv.is_constructed(inner):
                objects.append((inner, content))
    known = {tag for tag, _ in objects}
    return objects + [(tag, value) for tag, value in discretionary if tag not in known]


def _label(transaction: Transaction, known: CardObjects) -> str:
    """The preferred name where the terminal has its code table, else the label (Book 1, 12.4).

    The number of the table is numeric, so that 10 hex is table 10 (Book 3, Annex A). What cannot be shown is left out.
    """
    table = (known.raw(tags.CODE_TABLE) or _NO_TABLE).hex()
    preferred = known.raw(tags.PREFERRED_NAME)
    if preferred is not None and is_digits(table) and _has_code_table(transaction, int(table)):
        return printable(preferred, f"iso8859_{int(table)}")
    return printable(known.raw(tags.LABEL) or b"")


def _has_code_table(transaction: Transaction, table: int) -> bool:
    """Code table n is bit n of the last two bytes of the additional terminal capabilities (Book 4, A3)."""
    tables = int.from_bytes(transaction.config.additional_capabilities[3:5])
    return 1 <= table <= 10 and bool(tables >> table - 1 & 1)
