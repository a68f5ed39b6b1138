"""Online processing: the authorization request and the issuer's answer to it (EMV Book 3, 10.9)."""

from __future__ import annotations

from dataclasses import dataclass

from terminal_sim.emv.data import tags, tlv, tvr
from terminal_sim.emv.data.tlv import TlvError
from terminal_sim.emv.steps.exchange import put
from terminal_sim.emv.steps.state import Transaction
from terminal_sim.emv.talk.answers import HostDecision
from terminal_sim.emv.talk.asks import GoOnline
from terminal_sim.emv.talk.conversation import Conversation


@dataclass(frozen=True, slots=True)
class IssuerAnswer:
    """The issuer's decision taken apart: response code (8A), issuer authentication data (91), scripts by their tag (71, 72).

    `response_code` is None where the issuer could not be reached.
    """

    response_code: str | None
    authentication: bytes = b""
    scripts: tuple[tuple[int, bytes], ...] = ()


def go_online(transaction: Transaction) -> Conversation[IssuerAnswer]:
    """Asks the issuer; keeps the response code (8A). Raises `ValueError` where the caller answers with no response code."""
    ask = GoOnline(
        card=transaction.card_data(),
        icc_data=transaction.icc_data(),
        pin_block=transaction.pin_block,
        key_serial=transaction.key_serial,
        cvm=transaction.cvm,
        verified=not transaction.tvr & (tvr.CVM_FAILED | tvr.PIN_TRIES_EXCEEDED),
    )
    decision = yield from put(ask, HostDecision)
    code = decision.response_code
    if code is not None:
        if len(code) != 2 or not (code.isascii() and code.isalnum()):
            raise ValueError("a response code has two letters or digits (ISO 8583:1987, field 39)")
        transaction.terminal[tags.AUTHORISATION_RESPONSE_CODE] = code.encode()
        transaction.went_online = True
    return issuer_answer(decision)


def issuer_answer(decision: HostDecision) -> IssuerAnswer:
    """Takes the DE 55 of `decision` apart.

    A DE 55 that is no BER-TLV counts as one script, which then fails before the second GENERATE AC (Book 3, 10.10).
    """
    try:
        objects = tlv.split(decision.icc_data, tlv.ZERO)
    except TlvError:
        return IssuerAnswer(decision.response_code, scripts=((tags.SCRIPT_BEFORE, decision.icc_data),))
    authentication = next((value for tag, value in objects if tag == tags.ISSUER_AUTHENTICATION_DATA), b"")
    scripts = tuple(each for each in objects if each[0] in (tags.SCRIPT_BEFORE, tags.SCRIPT_AFTER))
    return IssuerAnswer(decision.response_code, authentication, scripts)
