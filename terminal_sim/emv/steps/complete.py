"""Completion on contact: issuer authentication, scripts and the second GENERATE AC (EMV Book 3, 10.9 to 10.11).

1. Issuer authentication data go to the card by EXTERNAL AUTHENTICATE where the AIP has that bit, else within the data of the CDOL2.
2. Scripts 71 run before the second GENERATE AC, scripts 72 after it; a script stops at the first command that the card refuses,
   and the transaction goes on.
3. A referral (01, 02) is declined at the terminal, which shows that the issuer wants to be called: no one here enters its word later.
4. A host that could not be reached leaves the decision to the default action codes: Y3 asks for a TC, Z3 for an AAC.
"""

from __future__ import annotations

from typing import Final

from terminal_sim.emv.data import bits, tags, tlv, tvr
from terminal_sim.emv.data.apdu import Cryptogram, StatusWord
from terminal_sim.emv.data.response_code import APPROVALS, OFFLINE_DECLINED, REFERRALS, UNREACHED_DECLINED
from terminal_sim.emv.data.tlv import TlvError
from terminal_sim.emv.steps import analysis, commands, generate
from terminal_sim.emv.steps.exchange import CardError, exchange, show
from terminal_sim.emv.steps.online import IssuerAnswer
from terminal_sim.emv.steps.state import Transaction
from terminal_sim.emv.talk.asks import Command, Step
from terminal_sim.emv.talk.conversation import Conversation
from terminal_sim.emv.talk.messages import DisplayMessage
from terminal_sim.emv.talk.outcome import Outcome, Verdict
from terminal_sim.emv.talk.rules import Rule

_AIP_ISSUER_AUTHENTICATION: Final = 0x04
_ADVICE_REQUIRED: Final = 0x08

_NOT_PERFORMED, _FAILED, _SUCCESSFUL = 0x00, 0x10, 0x20


def complete(transaction: Transaction, answer: IssuerAnswer) -> Conversation[Outcome]:
    """Gives the card the issuer's answer; the card's second cryptogram decides."""
    if answer.response_code is None:
        asked = analysis.unreached_decision(transaction)
    else:
        approved = answer.response_code in APPROVALS
        asked = Cryptogram.TC if approved else Cryptogram.AAC
        yield from _authenticate_issuer(transaction, answer.authentication)
        yield from _run(transaction, answer.scripts, tags.SCRIPT_BEFORE, tvr.SCRIPT_FAILED_BEFORE)
    signed = generate.wants_signature(transaction, asked, second=True)
    made = yield from _generate_last(transaction, asked, signed=signed)
    yield from _run(transaction, answer.scripts, tags.SCRIPT_AFTER, tvr.SCRIPT_FAILED_AFTER)
    if made is Cryptogram.TC and signed and transaction.tvr & tvr.CDA_FAILED:
        return transaction.outcome(Verdict.DECLINED, Rule.ODA_CDA_FAILED)
    if made is Cryptogram.TC:
        offline = Rule.CARD_APPROVED_OFFLINE if answer.response_code is None else None
        return transaction.outcome(Verdict.APPROVED, offline)
    note_advice(transaction)
    if answer.response_code is None:
        transaction.terminal[tags.AUTHORISATION_RESPONSE_CODE] = UNREACHED_DECLINED
    if answer.response_code in REFERRALS:
        yield from show(DisplayMessage.CALL_YOUR_BANK)
    return transaction.outcome(Verdict.DECLINED, *_why(answer, asked))


def decline_unproven(transaction: Transaction) -> Conversation[Outcome]:
    """The end after an ARQC whose combined signature failed: the issuer is not asked, and the card is asked for an AAC at once (Book 2, 6.6.2)."""
    transaction.terminal[tags.AUTHORISATION_RESPONSE_CODE] = OFFLINE_DECLINED
    yield from _generate_last(transaction, Cryptogram.AAC, signed=False)
    return transaction.outcome(Verdict.DECLINED, Rule.ODA_CDA_FAILED)


def _generate_last(transaction: Transaction, asked: Cryptogram, *, signed: bool) -> Conversation[Cryptogram]:
    """The second GENERATE AC, which a card answers with a TC or an AAC (Book 3, 9.3 and 10.8)."""
    made = yield from generate.generate_ac(transaction, asked, tags.CDOL2, Step.GENAC2, signed=signed)
    if made is Cryptogram.ARQC:
        raise CardError("the card answers the second GENERATE AC with an ARQC")
    return made


def note_advice(transaction: Transaction) -> None:
    """Notes that a card which declines wants its issuer to be advised (Book 3, table 15: CID, bit 4)."""
    if transaction.cryptogram[tags.CRYPTOGRAM_INFORMATION][0] & _ADVICE_REQUIRED:
        names = bits.names(tags.CRYPTOGRAM_INFORMATION, bytes((_ADVICE_REQUIRED,)))
        transaction.note(Rule.CARD_ADVICE, tags.CRYPTOGRAM_INFORMATION, names)


def _why(answer: IssuerAnswer, asked: Cryptogram) -> tuple[Rule, str]:
    """Why a card that was asked for a cryptogram of the kind `asked` declined in the end."""
    if asked is Cryptogram.TC:
        return Rule.CARD_DECLINED, ""
    if answer.response_code is None:
        return Rule.ISSUER_UNREACHED, ""
    if answer.response_code in REFERRALS:
        return Rule.ISSUER_REFERRAL, f"the issuer wants to be called ({answer.response_code})"
    return Rule.ISSUER_DECLINED, f"declined by the issuer ({answer.response_code})"


def _authenticate_issuer(transaction: Transaction, data: bytes) -> Conversation[None]:
    if not data:
        return
    transaction.terminal[tags.ISSUER_AUTHENTICATION_DATA] = data
    if not transaction.card[tags.AIP][0] & _AIP_ISSUER_AUTHENTICATION:
        return
    transaction.tsi |= tvr.TSI_ISSUER_AUTHENTICATION_PERFORMED
    if (yield from authenticates(data)):
        return
    transaction.mark(tvr.ISSUER_AUTHENTICATION_FAILED, Rule.ISSUER_AUTHENTICATION_FAILED)


def authenticates(data: bytes) -> Conversation[bool]:
    """EXTERNAL AUTHENTICATE with the value of tag 91: whether the card takes it for its issuer's (10.9)."""
    if not 8 <= len(data) <= 16:
        return False
    response = yield from exchange(commands.external_authenticate(data))
    return response.sw == StatusWord.OK


def _run(
    transaction: Transaction, scripts: tuple[tuple[int, bytes], ...], kind: int, failed: int
) -> Conversation[None]:
    """Runs the scripts of one `kind`."""
    for tag, script in scripts:
        if tag != kind:
            continue
        transaction.tsi |= tvr.TSI_SCRIPT_PERFORMED
        step = Step.ONLINE if kind == tags.SCRIPT_BEFORE else Step.OTHER
        if not (yield from run_script(transaction, script, step)):
            transaction.mark(failed, Rule.SCRIPT_FAILED)


def run_script(transaction: Transaction, script: bytes, step: Step) -> Conversation[bool]:
    """Runs one script and appends its five bytes of result (Book 4, 12.2.4: 9F5B); whether all of its commands were done."""
    identifier, result = yield from _run_script(script, step)
    results = transaction.terminal.get(tags.SCRIPT_RESULTS, b"")
    transaction.terminal[tags.SCRIPT_RESULTS] = results + bytes((result,)) + identifier
    return result & 0xF0 == _SUCCESSFUL


def _run_script(script: bytes, step: Step) -> Conversation[tuple[bytes, int]]:
    """The script's identifier and its result: how it ended, and the number of the command that failed (0 to 15)."""
    identifier = bytes(4)
    commands: list[bytes] = []
    try:
        for tag, value in tlv.split(script, tlv.ZERO):
            if tag == tags.SCRIPT_IDENTIFIER:
                identifier = value[:4].ljust(4, b"\x00")
            elif tag == tags.SCRIPT_COMMAND and 4 <= len(value) <= 261:
                commands.append(value)
            else:
                return identifier, _NOT_PERFORMED
    except TlvError:
        return identifier, _NOT_PERFORMED
    for number, command in enumerate(commands, start=1):
        try:
            response = yield from exchange(Command(command, step))
        except CardError:
            return identifier, _FAILED | min(number, 15)
        if response.sw >> 8 not in (0x90, 0x62, 0x63):
            return identifier, _FAILED | min(number, 15)
    return identifier, _SUCCESSFUL
