"""A card examined without paying: its applications, what each states, whether its certificates hold, and a transaction that it must decline.

1. The applications are those of the directory (1PAY.SYS.DDF01, or 2PAY.SYS.DDF01 in a field), else those of our own AIDs that it knows.
2. Each is selected, started for an amount of zero, read, asked for its counters, and authenticated as in a payment (Book 3, 10.3).
3. The end is a GENERATE AC that asks for an AAC, which no card may refuse to give; its transaction counter goes up by one all the same.
4. What a finding says is masked as in a trace, so that nothing here can be used in the place of the card.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from terminal_sim.emv.data import apdu, describe, tags, tlv, tvr
from terminal_sim.emv.data.apdu import Cryptogram, StatusWord
from terminal_sim.emv.data.dol import DolError
from terminal_sim.emv.data.tags import DICTIONARY
from terminal_sim.emv.data.tlv import TlvError
from terminal_sim.emv.kernels import transaction_log
from terminal_sim.emv.kernels.transaction_log import LoggedTransaction
from terminal_sim.emv.steps import commands, generate, initiate, read, select
from terminal_sim.emv.steps.authenticate import authenticate
from terminal_sim.emv.steps.card_objects import CardObjects, Source
from terminal_sim.emv.steps.exchange import CardError, Ended, exchange, fault
from terminal_sim.emv.steps.state import OdaMethod, Transaction
from terminal_sim.emv.talk.asks import Step
from terminal_sim.emv.talk.config import Application, KernelConfig
from terminal_sim.emv.talk.conversation import Conversation
from terminal_sim.emv.talk.request import Interface, Request

_COUNTERS: Final = (tags.ATC, tags.LAST_ONLINE_ATC, tags.PIN_TRY_COUNTER)
_FAILURES: Final = tvr.SDA_FAILED | tvr.DDA_FAILED | tvr.CDA_FAILED | tvr.ICC_DATA_MISSING


@dataclass(frozen=True, slots=True)
class StatedElement:
    """A data element as the card states it: `where` it stands, its tag in hexadecimal, its name, and its masked value."""

    where: str
    tag: str
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class ApplicationFinding:
    """What one application is. `aid` in hexadecimal; `problem` is what kept it from being examined to its end, empty where nothing did.

    `method` is the authentication that was tried, `proven` whether it held, `test_key` whether a key did that is marked as test;
    `reasons` are the sentences of what failed. `cryptogram` is the kind that the card gave in the end. `log` are the transactions that it
    has logged, the newest first.
    """

    aid: str
    label: str
    elements: tuple[StatedElement, ...]
    method: OdaMethod | None
    proven: bool
    test_key: bool
    reasons: tuple[str, ...]
    cryptogram: Cryptogram | None
    problem: str
    log: tuple[LoggedTransaction, ...] = ()


@dataclass(frozen=True, slots=True)
class CardFinding:
    """What a card is by one of its interfaces, application by application in the order of its directory."""

    interface: Interface
    applications: tuple[ApplicationFinding, ...]


def examine(config: KernelConfig, request: Request) -> Conversation[CardFinding]:
    """Examines the card that answers the commands, application by application. Raises `Gone` where it leaves."""
    names = yield from _directory(request.interface)
    if not names:
        names = yield from _known(config)
    found = []
    for name in names:
        finding = yield from _application(config, request, name)
        found.append(finding)
    return CardFinding(request.interface, tuple(found))


def _directory(interface: Interface) -> Conversation[list[bytes]]:
    """The names in the directory, in its order; none where it has no directory that can be read."""
    contact = interface is Interface.CONTACT
    try:
        response = yield from exchange(commands.select(apdu.PSE if contact else apdu.PPSE))
        if response.sw != StatusWord.OK:
            return []
        properties = select.proprietary(response.data)
        if not contact:
            return _names(tlv.split(properties))
        sfi = dict(tlv.split(properties)).get(tags.DIRECTORY_SFI, b"")
        if len(sfi) != 1 or not 1 <= sfi[0] <= 10:
            return []
        names: list[bytes] = []
        for record in range(1, select.MAX_DIRECTORY_RECORDS + 1):
            response = yield from exchange(commands.read_record(sfi[0], record, Step.SELECT))
            if response.sw != StatusWord.OK:
                break
            names += _names(tlv.split(tlv.only(response.data, tags.RECORD)))
    except (CardError, TlvError):
        return []
    return names


def _names(objects: list[tuple[int, bytes]]) -> list[bytes]:
    """The AIDs (4F) of application templates (61), within an issuer's BF0C too."""
    names: list[bytes] = []
    for tag, value in objects:
        if tag == tags.FCI_DISCRETIONARY:
            names += _names(tlv.split(value))
        elif tag == tags.APPLICATION_TEMPLATE:
            names += [name for inner, name in tlv.primitives(value) if inner == tags.AID_CARD and name]
    return names


def _known(config: KernelConfig) -> Conversation[list[bytes]]:
    """The names by which the card knows our AIDs."""
    names: list[bytes] = []
    for application in config.applications:
        try:
            response = yield from exchange(commands.select(application.aid))
            if response.sw != StatusWord.OK:
                continue
            name = dict(tlv.split(tlv.only(response.data, tags.FCI))).get(tags.DF_NAME)
        except (CardError, TlvError):
            continue
        if name and name not in names:
            names.append(name)
    return names


def _application(config: KernelConfig, request: Request, name: bytes) -> Conversation[ApplicationFinding]:
    transaction = Transaction(config, request)
    counters: list[StatedElement] = []
    cryptogram, problem = None, ""
    logged: list[LoggedTransaction] = []
    try:
        yield from _read(transaction, name)
        counters = yield from _counters()
        logged = yield from transaction_log.read_log(transaction.directory.get(tags.LOG_ENTRY, b""))
        yield from authenticate(transaction)
        if tags.CDOL1 in transaction.card:
            cryptogram = yield from generate.generate_ac(transaction, Cryptogram.AAC, tags.CDOL1, Step.GENAC1)
    except (CardError, Ended, TlvError, DolError) as error:
        problem = str(error)
    method = transaction.method
    proven = method is not None and not problem and not transaction.tvr & _FAILURES
    return ApplicationFinding(
        aid=name.hex().upper(),
        label=transaction.label,
        elements=(*_stated(transaction), *counters),
        method=method,
        proven=proven,
        test_key=proven and _is_test(transaction),
        reasons=tuple(reason.text for reason in transaction.reasons),
        cryptogram=cryptogram,
        problem=problem,
        log=tuple(logged),
    )


def _read(transaction: Transaction, name: bytes) -> Conversation[None]:
    known = [one for one in transaction.config.applications if name.startswith(one.aid)]
    closest = max(known, key=lambda one: len(one.aid), default=Application(aid=name, brand=""))
    candidate = select.candidate_of(transaction, name, CardObjects(), closest)
    refused = yield from select.select_finally(transaction, candidate)
    if refused is not None:
        raise fault("SELECT", refused)
    response = yield from initiate.get_processing_options(transaction)
    if response.sw != StatusWord.OK:
        raise fault("GET PROCESSING OPTIONS", response.sw)
    initiate.take_processing_options(transaction, response.data)
    if tags.AFL in transaction.card:
        yield from read.read_records(transaction, transaction.card[tags.AFL])


def _counters() -> Conversation[list[StatedElement]]:
    """What GET DATA gives (Book 3, 6.5.7); a card may have none of them."""
    found = []
    for tag in _COUNTERS:
        response = yield from exchange(commands.get_data(tag))
        if response.sw != StatusWord.OK:
            continue
        try:
            value = tlv.only(response.data, tag)
        except TlvError:
            continue
        found.append(_element("GET DATA", tag, value))
    return found


def _stated(transaction: Transaction) -> list[StatedElement]:
    stated = []
    for objects in (transaction.directory, transaction.card, transaction.cryptogram):
        for tag in objects:
            origin = objects.origin(tag)
            if origin is None:
                continue  # Recovered from a certificate, not stated.
            where = origin.source.value
            if origin.source is Source.RECORD:
                where = f"record {origin.number} of file {origin.sfi}"
            stated.append(_element(where, tag, objects.raw(tag) or b""))
    return stated


def _element(where: str, tag: int, value: bytes) -> StatedElement:
    element = DICTIONARY.get(tag)
    name = element.name if element is not None else "unknown"
    return StatedElement(where, f"{tag:X}", name, describe.masked_value(tag, value))


def _is_test(transaction: Transaction) -> bool:
    """Whether the key of the scheme that the card's authentication began with is marked as test."""
    rid, index = transaction.directory[tags.DF_NAME][:5], transaction.card[tags.CA_KEY_INDEX][0]
    return any(key.test for key in transaction.config.ca_keys if (key.rid, key.index) == (rid, index))
