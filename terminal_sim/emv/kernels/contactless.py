"""The contactless transaction: pre-processing, directory, combination selection, the kernel, and the issuer's answer.

Which combinations there are is the entry point's (`steps/entry_point`), and how a card comes to its cryptogram the kernel's (`registry`).
One cryptogram is all that is taken: the card has left when the issuer answers, and the issuer's answer ends the transaction.
"""

from __future__ import annotations

from typing import Final, TypeVar

from msgspec import structs

from terminal_sim.emv.data import tags
from terminal_sim.emv.data.apdu import StatusWord
from terminal_sim.emv.data.dol import parse
from terminal_sim.emv.data.response_code import APPROVALS
from terminal_sim.emv.kernels import issuer_update, registry
from terminal_sim.emv.kernels.registry import Kernel
from terminal_sim.emv.steps import entry_point, initiate, select, tap
from terminal_sim.emv.steps.entry_point import Combination, ContactlessCandidate
from terminal_sim.emv.steps.exchange import LOST, Ended, Gone, fault
from terminal_sim.emv.steps.online import go_online
from terminal_sim.emv.steps.state import Transaction
from terminal_sim.emv.talk.conversation import Conversation
from terminal_sim.emv.talk.messages import DisplayMessage
from terminal_sim.emv.talk.outcome import Outcome, Verdict
from terminal_sim.emv.talk.request import Start
from terminal_sim.emv.talk.rules import Rule

T = TypeVar("T")

_MESSAGES: Final = {
    Verdict.APPROVED: DisplayMessage.APPROVED,
    Verdict.DECLINED: DisplayMessage.NOT_AUTHORISED,
    Verdict.USE_CHIP: DisplayMessage.INSERT_CARD,
    Verdict.USE_STRIPE: DisplayMessage.INSERT_OR_SWIPE,
    Verdict.NOT_ACCEPTED: DisplayMessage.TRY_ANOTHER_CARD,
    Verdict.CARD_ERROR: DisplayMessage.TRY_ANOTHER_CARD,
    Verdict.BLOCKED: DisplayMessage.TRY_ANOTHER_CARD,
    Verdict.TRY_AGAIN: DisplayMessage.PRESENT_CARD_AGAIN,
    Verdict.SEE_PHONE: DisplayMessage.SEE_PHONE,
    Verdict.CARD_GONE: DisplayMessage.PRESENT_CARD_AGAIN,
}
"""The message of an outcome that has none of its own (Book A, 9.4)."""


def pay(transaction: Transaction) -> Conversation[Outcome]:
    """The contactless transaction from pre-processing to the issuer's answer."""
    kernel, combination = yield from _activate(transaction)
    yield from kernel.certify(transaction, combination)
    decision = yield from go_online(transaction)
    if decision.response_code is None:
        return transaction.outcome(Verdict.DECLINED, Rule.ISSUER_UNREACHED)
    if kernel.traits.issuer_update:
        yield from issuer_update.update(transaction, combination, decision)
    if decision.response_code in APPROVALS:
        return transaction.outcome(Verdict.APPROVED)
    return transaction.outcome(
        Verdict.DECLINED, Rule.ISSUER_DECLINED, f"declined by the issuer ({decision.response_code})"
    )


def with_parameters(outcome: Outcome) -> Outcome:
    """The outcome with the message and receipt that belong to it (Book A, 6.2 and 9.4)."""
    approved = outcome.verdict is Verdict.APPROVED
    message = _MESSAGES.get(outcome.verdict, DisplayMessage.NOTHING)
    if approved and outcome.cvm == "signature":
        message = DisplayMessage.APPROVED_SIGN
    return structs.replace(outcome, receipt=approved, messages=outcome.messages or (message,))


def allowed_combinations(transaction: Transaction) -> list[tuple[Kernel, Combination]]:
    """The combinations that pre-processing allows for this amount (Book B, 3.1.1)."""
    allowed = []
    for application in transaction.config.applications:
        kernel = registry.kernel_of(application)
        if kernel is None:
            continue
        combination = entry_point.preprocess(
            transaction.config, transaction.request, application, kernel.traits
        )
        if combination is not None:
            allowed.append((kernel, combination))
    return allowed


def _activate(transaction: Transaction) -> Conversation[tuple[Kernel, Combination]]:
    """Selects the first combination whose card accepts GET PROCESSING OPTIONS (Book B, 3.3.3; Book C-3, 4.2)."""
    allowed = allowed_combinations(transaction)
    if not allowed:
        raise _other_interface(Rule.CONTACTLESS_NOT_ALLOWED, DisplayMessage.INSERT_OR_SWIPE)
    found = yield from _in_selection(
        entry_point.candidates(transaction, [combination for _, combination in allowed], registry.TRAITS)
    )
    if not found:
        raise _other_interface(Rule.SELECT_NOT_CONTACTLESS, DisplayMessage.TRY_ANOTHER_CARD)
    over_limit = False
    for each in found:
        refused = yield from _in_selection(select.select_finally(transaction, each.candidate))
        if refused is not None or not _asks_as_its_kernel_must(transaction, each):
            continue
        combination = entry_point.for_program(transaction, each.combination)
        if combination is None:
            over_limit = True
        elif (yield from _accepts(transaction, combination)):
            return next(kernel for kernel, one in allowed if one is each.combination), combination
    if over_limit:
        raise _other_interface(Rule.CONTACTLESS_NOT_ALLOWED, DisplayMessage.INSERT_OR_SWIPE)
    raise _other_interface(Rule.SELECT_CONTACTLESS_NONE_LEFT, DisplayMessage.TRY_ANOTHER_CARD)


def _in_selection(selecting: Conversation[T]) -> Conversation[T]:
    """A card that is lost before its application is selected begins again: nothing of it was used (Book B, 3.3; start B)."""
    try:
        return (yield from selecting)
    except Gone as gone:
        raise Ended(
            Verdict.TRY_AGAIN, LOST[gone.loss], gone.detail, start=Start.PROTOCOL_ACTIVATION
        ) from None


def _asks_as_its_kernel_must(transaction: Transaction, each: ContactlessCandidate) -> bool:
    """A card of kernel 3 whose PDOL does not ask for the TTQ is none of that kernel (3.3.3.5)."""
    pdol = transaction.directory.get(tags.PDOL, b"")
    return not each.combination.kernel.needs_qualifiers or tags.TTQ in {entry.tag for entry in parse(pdol)}


def _accepts(transaction: Transaction, combination: Combination) -> Conversation[bool]:
    """GET PROCESSING OPTIONS; False where the card passes on to the next combination (Select Next)."""
    transaction.terminal.pop(tags.TTQ, None)
    if combination.kernel.uses_qualifiers:
        transaction.terminal[tags.TTQ] = combination.qualifiers
    response = yield from initiate.get_processing_options(transaction)
    if response.sw == StatusWord.OK:
        initiate.take_processing_options(transaction, response.data)
        return True
    if response.sw == StatusWord.REFERENCE_UNUSABLE:
        raise _other_interface(Rule.CONTACTLESS_OTHER_INTERFACE, DisplayMessage.INSERT_CARD)
    if response.sw == StatusWord.NOT_ALLOWED:
        raise Ended(
            Verdict.SEE_PHONE,
            Rule.CONTACTLESS_SEE_PHONE,
            start=Start.PROTOCOL_ACTIVATION,
            messages=(DisplayMessage.SEE_PHONE,),
            field_off=tap.CONSENT,
        )
    if response.sw != StatusWord.CONDITIONS:
        raise fault("GET PROCESSING OPTIONS", response.sw)
    return False


def _other_interface(rule: Rule, message: DisplayMessage) -> Ended:
    return Ended(Verdict.USE_CHIP, rule, messages=(message,))
