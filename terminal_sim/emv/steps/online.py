"""Online processing: the authorization request and the issuer's decision (EMV Book 3, 10.9)."""

from __future__ import annotations

from terminal_sim.emv.data import tags, tlv
from terminal_sim.emv.data.tlv import TlvError
from terminal_sim.emv.steps.exchange import Conversation
from terminal_sim.emv.steps.state import Transaction
from terminal_sim.emv.talk.answers import HostDecision
from terminal_sim.emv.talk.asks import GoOnline


def go_online(transaction: Transaction) -> Conversation[HostDecision]:
    """Asks the issuer; keeps the response code (8A). Raises `ValueError` where the caller answers with no response code."""
    answer = yield GoOnline(
        card=transaction.card_data(),
        icc_data=transaction.icc_data(),
        pin_block=transaction.pin_block,
    )
    if not isinstance(answer, HostDecision):
        raise TypeError(f"GoOnline is answered by a HostDecision, not by {type(answer).__name__}")
    code = answer.response_code
    if code is not None:
        if len(code) != 2 or not (code.isascii() and code.isalnum()):
            raise ValueError("a response code has two letters or digits (ISO 8583:1987, field 39)")
        transaction.terminal[tags.AUTHORISATION_RESPONSE_CODE] = code.encode()
        transaction.went_online = True
    return answer


def decision_of(response_code: str, icc_data: bytes) -> HostDecision:
    """The issuer's decision as DE 39 and DE 55 of the answer say it: tag 91, and scripts as the templates 71 and 72.

    What is no BER-TLV goes to the kernel as a script, which fails as Book 3, 10.10 has it.
    """
    try:
        objects = tlv.split(icc_data)
    except TlvError:
        return HostDecision(response_code=response_code, scripts=icc_data)
    authentication = next((value for tag, value in objects if tag == tags.ISSUER_AUTHENTICATION_DATA), b"")
    scripts = [each for each in objects if each[0] in (tags.SCRIPT_BEFORE, tags.SCRIPT_AFTER)]
    return HostDecision(
        response_code=response_code, issuer_authentication=authentication, scripts=tlv.join(scripts)
    )
