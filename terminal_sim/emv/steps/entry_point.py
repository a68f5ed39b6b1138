"""The entry point of contactless transactions: which combinations of application and kernel may be used, and which of them the card has.

1. Pre-processing (EMV Contactless Book B, 3.1.1) compares the amount with the limits of each combination, and sets the bits of
   byte 2 of its TTQ. It depends on configuration and request alone, so that a transaction which begins again at start B has
   the same combinations as at start A.
2. A combination is not allowed for an amount that reaches its contactless limit, and for an amount of zero where zero is not
   allowed or the reader cannot go online. Reaching the limit of cardholder verification requires one; an amount over the floor
   limit asks for an online cryptogram, and so do a merchant who wants the issuer asked, and a refund, which no advice can carry.
3. A kernel with limits of its own compares otherwise: its limits are exceeded and not reached (Book C-2).
4. The directory 2PAY.SYS.DDF01 is the whole list (3.3.2). An entry belongs to a combination where its name begins with the AID and it
   asks for that kernel or for any. The cardholder is not asked.
5. A kernel with dynamic limits compares the amount once more where the selected application names its program (9F5A) and the
   configuration has limits for it (Book C-3). Of several that fit the longest one counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final

from msgspec import Struct

from terminal_sim.emv.data import apdu, qualifiers, tags, tlv
from terminal_sim.emv.data.apdu import StatusWord
from terminal_sim.emv.data.tlv import TlvError
from terminal_sim.emv.steps import commands, cvm, select
from terminal_sim.emv.steps.card_objects import CardObjects, DataOrigin, Source
from terminal_sim.emv.steps.exchange import CardError, exchange
from terminal_sim.emv.steps.state import Transaction
from terminal_sim.emv.talk.config import Application, KernelConfig, ReaderLimits
from terminal_sim.emv.talk.conversation import Conversation
from terminal_sim.emv.talk.request import Request

ANY_KERNEL: Final = 0
"""The kernel identifier by which a card asks for no certain kernel (3.3.2.5)."""

_CAPABLE_OF_CHIP: Final = 0x20
_REFUND: Final = "20"
_OFFLINE_ONLY: Final = "36"
_FCI: Final = DataOrigin(Source.FCI)


class KernelTraits(Struct, frozen=True):
    """What the entry point knows of a kernel: its `identifier`, and the `rid` whose cards use it where they name none.

    The limits of a kernel with `own_limits` are exceeded, and those of others reached; one that `uses_qualifiers` gets the TTQ (9F66), and
    one that `needs_qualifiers` is only for a card whose PDOL asks for it. One with `dynamic_limits` looks at the card's program, one with `issuer_update` gives the card at a second tap what its issuer sent.
    """

    identifier: int
    rid: bytes
    own_limits: bool = False
    uses_qualifiers: bool = False
    needs_qualifiers: bool = False
    dynamic_limits: bool = False
    issuer_update: bool = False


class Combination(Struct, frozen=True):
    """A combination that is allowed for the amount. `qualifiers` is the TTQ of 4 bytes with the bits of this transaction."""

    application: Application
    kernel: KernelTraits
    qualifiers: bytes
    zero_amount: bool
    floor_limit_exceeded: bool
    cvm_required: bool


class DirectoryEntry(Struct, frozen=True):
    """An application template (61): the name of the application, and the kernel that it asks for, `ANY_KERNEL` for any."""

    name: bytes
    kernel: int
    objects: CardObjects


class ContactlessCandidate(Struct, frozen=True):
    """An application of the card with the combination that it is used by."""

    candidate: select.Candidate
    combination: Combination


def preprocess(
    config: KernelConfig, request: Request, application: Application, kernel: KernelTraits
) -> Combination | None:
    """The combination for this amount, or None where it is not allowed (3.1.1)."""
    ttq = bytearray(application.qualifiers or terminal_qualifiers(config))
    if kernel.issuer_update and not application.qualifiers:
        ttq[2] |= qualifiers.TTQ3_ISSUER_UPDATE
    ttq[1] &= ~(qualifiers.TTQ2_ONLINE_CRYPTOGRAM | qualifiers.TTQ2_CVM_REQUIRED) & 0xFF
    amount = request.amount
    offline_only = bool(ttq[0] & qualifiers.TTQ1_OFFLINE_ONLY)
    if amount == 0 and (offline_only or not application.zero_amount_allowed):
        return None
    meets = _exceeds if kernel.own_limits else _reaches
    if not application.contactless or meets(amount, application.contactless_limit):
        return None
    floor = application.contactless_floor_limit
    exceeded = amount > (application.floor_limit if floor is None else floor)
    required = meets(amount, application.contactless_cvm_limit)
    status_check = application.status_check and amount == 10**config.currency_exponent
    refund = request.transaction_type == _REFUND
    if amount == 0 or exceeded or status_check or refund or request.forced_online:
        ttq[1] |= qualifiers.TTQ2_ONLINE_CRYPTOGRAM
    if required:
        ttq[1] |= qualifiers.TTQ2_CVM_REQUIRED
    return Combination(
        application=application,
        kernel=kernel,
        qualifiers=bytes(ttq),
        zero_amount=amount == 0,
        floor_limit_exceeded=exceeded,
        cvm_required=required,
    )


def for_program(transaction: Transaction, combination: Combination) -> Combination | None:
    """The combination with the limits of the selected card's program, as it is where there are none; None where they do not allow the amount."""
    if not combination.kernel.dynamic_limits:
        return combination
    limits = _limits_of(combination.application, transaction.directory.raw(tags.APPLICATION_PROGRAM) or b"")
    if limits is None:
        return combination
    application = replace(
        combination.application,
        contactless_limit=limits.contactless_limit,
        contactless_cvm_limit=limits.contactless_cvm_limit,
        contactless_floor_limit=limits.contactless_floor_limit,
        zero_amount_allowed=limits.zero_amount_allowed,
        status_check=limits.status_check,
    )
    return preprocess(transaction.config, transaction.request, application, combination.kernel)


def _limits_of(application: Application, program: bytes) -> ReaderLimits | None:
    fitting = [one for one in application.reader_limits if program.startswith(one.program)]
    return max(fitting, key=lambda one: len(one.program), default=None)


def terminal_qualifiers(config: KernelConfig) -> bytes:
    """The TTQ of a terminal of these capabilities (Book A, 5.7), without the bits of a transaction."""
    return _qualifiers_of(config.capabilities, config.terminal_type, config.has_pin_key)


@lru_cache(maxsize=64)
def _qualifiers_of(capabilities: bytes, terminal_type: str, has_pin_key: bool) -> bytes:
    """What pre-processing asks for each application of a terminal, at every payment."""
    first = qualifiers.TTQ1_EMV_MODE
    if capabilities[0] & _CAPABLE_OF_CHIP:
        first |= qualifiers.TTQ1_CONTACT_CHIP
    if terminal_type[-1:] in _OFFLINE_ONLY:
        first |= qualifiers.TTQ1_OFFLINE_ONLY
    if has_pin_key and capabilities[1] & cvm.CAN_ONLINE_PIN:
        first |= qualifiers.TTQ1_ONLINE_PIN
    if capabilities[1] & cvm.CAN_SIGNATURE:
        first |= qualifiers.TTQ1_SIGNATURE
    return bytes((first, 0, qualifiers.TTQ3_ON_DEVICE, 0))


def entries(fci: bytes, kernels: Iterable[KernelTraits]) -> list[DirectoryEntry]:
    """The applications that the FCI of the directory lists; an entry that cannot be read is passed over (3.3.2).

    Raises `TlvError` where the FCI itself cannot be read. An entry without kernel identifier asks for that of its RID in `kernels`.
    """
    by_rid = {kernel.rid: kernel.identifier for kernel in kernels}
    found: list[DirectoryEntry] = []
    for template in _application_templates(fci):
        try:
            objects = CardObjects.of(tlv.primitives(template), _FCI)
            name = objects.get(tags.AID_CARD, b"")
        except (CardError, TlvError):
            continue
        default = by_rid.get(name[:5], ANY_KERNEL)
        kernel = requested_kernel(objects.raw(tags.KERNEL_IDENTIFIER) or b"", default)
        if kernel is not None and name:
            found.append(DirectoryEntry(name, kernel, objects))
    return found


def requested_kernel(identifier: bytes, default: int) -> int | None:
    """The kernel that 9F2A asks for: one byte, or three for a domestic kernel; None where one of those is cut short (3.3.2.5)."""
    if not identifier:
        return default
    if identifier[0] & 0x80:
        return int.from_bytes(identifier[:3]) if len(identifier) >= 3 else None
    return identifier[0]


def match(
    allowed: Sequence[Combination], listed: Iterable[DirectoryEntry]
) -> list[tuple[DirectoryEntry, Combination]]:
    """Which entries belong to which combinations, best first: by priority, then as the directory has them, then the longest AID."""
    nearest = sorted(allowed, key=lambda combination: -len(combination.application.aid))
    found = [
        (entry, combination)
        for entry in listed
        for combination in nearest
        if _names(combination.application, entry.name)
        and entry.kernel in (ANY_KERNEL, combination.kernel.identifier)
    ]
    return sorted(found, key=lambda pair: _priority(pair[0]))


def candidates(
    transaction: Transaction, allowed: Sequence[Combination], kernels: Iterable[KernelTraits]
) -> Conversation[list[ContactlessCandidate]]:
    """The candidate list, best first; empty where the directory is missing, unreadable or names none of `allowed` (3.3.2)."""
    response = yield from exchange(commands.select(apdu.PPSE))
    if response.sw != StatusWord.OK:
        return []
    try:
        listed = entries(response.data, kernels)
    except TlvError:
        return []
    return [
        ContactlessCandidate(
            select.candidate_of(
                transaction, _extended(entry, combination), entry.objects, combination.application
            ),
            combination,
        )
        for entry, combination in match(allowed, listed)
    ]


def _application_templates(fci: bytes) -> list[bytes]:
    return [
        template
        for tag, content in tlv.split(select.proprietary(fci))
        if tag == tags.FCI_DISCRETIONARY
        for inner, template in tlv.split(content)
        if inner == tags.APPLICATION_TEMPLATE
    ]


def _extended(entry: DirectoryEntry, combination: Combination) -> bytes:
    """The name to select, with the extended selection (9F29) where the terminal supports it for this application (3.3.3)."""
    more = entry.objects.raw(tags.EXTENDED_SELECTION) or b""
    whole = entry.name + more if combination.application.extended_selection else entry.name
    return whole if len(whole) <= 16 else entry.name


def _names(application: Application, name: bytes) -> bool:
    return name == application.aid or (application.partial and name.startswith(application.aid))


def _priority(entry: DirectoryEntry) -> int:
    return (entry.objects.raw(tags.PRIORITY) or b"\x00")[0] & 0x0F or 16


def _reaches(amount: int, limit: int | None) -> bool:
    return limit is not None and amount >= limit


def _exceeds(amount: int, limit: int | None) -> bool:
    return limit is not None and amount > limit
