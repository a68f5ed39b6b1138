"""Kernel 2 (EMV Book C-2, M/Chip): the card makes its cryptogram by GENERATE AC after its records.

1. 9F33 is built for the tap: card data input DF8117, verification DF8118 from the limit on or DF8119 below it, security DF811F,
   each where the application's configuration has it, else by the terminal's capabilities.
2. The action codes are DF8120 (default), DF8121 (denial) and DF8122 (online) where the configuration has them, else the TACs.
3. The amount is compared with its limits by itself: a limit is exceeded, not reached.

4. Where the configuration has them, relay resistance (`relay`) goes before the records, and recovery (`torn`) after them.
5. The method of offline data authentication is CDA. One that fails declines; an AAC is not signed.
6. A card without EMV mode is read in mag-stripe mode (`magstripe`) where the application's configuration has it.

The kernel has no data exchange and no data storage.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from terminal_sim.emv.data import tags
from terminal_sim.emv.data.apdu import Cryptogram
from terminal_sim.emv.kernels import magstripe, relay, torn
from terminal_sim.emv.steps import analysis, cvm, tap
from terminal_sim.emv.steps.entry_point import Combination
from terminal_sim.emv.steps.exchange import Ended, Gone
from terminal_sim.emv.steps.state import Transaction
from terminal_sim.emv.talk.conversation import Conversation
from terminal_sim.emv.talk.outcome import Verdict
from terminal_sim.emv.talk.request import Start
from terminal_sim.emv.talk.rules import Rule

_CARD_DATA_INPUT: Final = 0xDF8117
_CVM_REQUIRED: Final = 0xDF8118
_CVM_NOT_REQUIRED: Final = 0xDF8119
_SECURITY: Final = 0xDF811F
_TAC_DEFAULT: Final = 0xDF8120
_TAC_DENIAL: Final = 0xDF8121
_TAC_ONLINE: Final = 0xDF8122


def certify(transaction: Transaction, combination: Combination) -> Conversation[None]:
    """Asks the card for its cryptogram. Raises `Ended` where the issuer is not to be asked."""
    if magstripe.applies(transaction):
        yield from magstripe.certify(transaction, combination)
        return
    yield from relay.resist(transaction)
    yield from tap.read_card(transaction)
    tap.require(transaction)
    recovered = yield from torn.recover(transaction)
    if recovered is None:
        asked = yield from _decide(transaction, combination)
        made = yield from _generate(transaction, asked)
    else:
        asked, made = recovered.asked, recovered.made
        tap.require_proof(transaction, made, signed=recovered.signed)
    yield from tap.conclude(transaction, asked, made)


def _decide(transaction: Transaction, combination: Combination) -> Conversation[Cryptogram]:
    """The steps between the records and GENERATE AC, up to what is asked of the card."""
    transaction.terminal[tags.CAPABILITIES] = capabilities(transaction, required=combination.cvm_required)
    yield from tap.authenticate_card(transaction)
    yield from tap.check(transaction, combination)
    yield from tap.walk(transaction, combination)
    _use_action_codes(transaction)
    return analysis.first_decision(transaction)


def _generate(transaction: Transaction, asked: Cryptogram) -> Conversation[Cryptogram]:
    """GENERATE AC; a card that leaves before it answers is wanted again where it can be recovered."""
    signed = tap.wants_signature(transaction, asked)
    try:
        return (yield from tap.generate_signed(transaction, asked, signed=signed))
    except Gone:
        kept = torn.keep(transaction, asked, signed=signed)
        if kept is None:
            raise
        raise Ended(Verdict.TRY_AGAIN, Rule.TORN_KEPT, start=Start.PROTOCOL_ACTIVATION, torn=kept) from None


def capabilities(transaction: Transaction, *, required: bool) -> bytes:
    """9F33 of this tap (Book C-2, 3.8): no offline PIN, since the card leaves."""
    first, second, third = transaction.config.capabilities
    second = second & tap.ONLINE_PIN_OR_SIGNATURE if required else cvm.CAN_NO_CVM
    built = bytes((first, second, third))
    wanted = _CVM_REQUIRED if required else _CVM_NOT_REQUIRED
    return b"".join(
        transaction.terminal.get(tag, built[at : at + 1])[:1]
        for at, tag in enumerate((_CARD_DATA_INPUT, wanted, _SECURITY))
    )


def _use_action_codes(transaction: Transaction) -> None:
    known = transaction.selected()
    terminal = transaction.terminal
    transaction.application = replace(
        known,
        tac_default=terminal.get(_TAC_DEFAULT, known.tac_default),
        tac_denial=terminal.get(_TAC_DENIAL, known.tac_denial),
        tac_online=terminal.get(_TAC_ONLINE, known.tac_online),
    )
