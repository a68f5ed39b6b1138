"""One command and its whole answer: GET RESPONSE and a corrected Le where the reader leaves them to the kernel (EMV Book 1, 9.3.1).

1. 61xx is followed by GET RESPONSE; each of them must bring data, so the loop ends with the 256 bytes of a short answer.
2. 6Cxx is followed once by the same command with the Le that the card named.
3. Less than two bytes, more than 256 and the status word, or a status outside 6xxx and 9xxx is a fault of the card.
"""

from __future__ import annotations

from typing import Final, TypeVar

from terminal_sim.emv.data import apdu
from terminal_sim.emv.data.apdu import CardResponse, Instruction, StatusWord
from terminal_sim.emv.steps import commands
from terminal_sim.emv.talk.asks import Ask, Command
from terminal_sim.emv.talk.conversation import Conversation, KernelAnswer
from terminal_sim.emv.talk.outcome import Verdict

A = TypeVar("A", bound=KernelAnswer)

MAX_DATA = 256
_GET_RESPONSE: Final = Instruction.GET_RESPONSE.ins


class CardError(Exception):
    """The card broke its rules: the transaction ends as a card error. The text carries no card data."""


class Ended(Exception):
    """The transaction ends here with a foreseen verdict; carried out of the steps and turned into an `Outcome`."""

    def __init__(self, verdict: Verdict, reason: str) -> None:
        super().__init__(reason)
        self.verdict = verdict
        self.reason = reason


def put(ask: Ask, kind: type[A]) -> Conversation[A]:
    """Puts `ask` to the terminal. Raises `TypeError` where the answer is not of the `kind` that belongs to the ask."""
    answer = yield ask
    if not isinstance(answer, kind):
        raise TypeError(
            f"{type(ask).__name__} is answered by {kind.__name__}, not by {type(answer).__name__}"
        )
    return answer


def exchange(command: Command) -> Conversation[CardResponse]:
    """Sends `command`, collects the whole answer. Raises `CardError` where the card answers nonsense."""
    sending = command
    corrected = False
    collected = b""
    while True:
        answer = _response((yield sending))
        kind, low = answer.sw >> 8, answer.sw & 0xFF
        if kind == 0x6C and not corrected and _has_le(sending.apdu):
            sending = Command(sending.apdu[:-1] + bytes((low,)), command.step)
            corrected = True
            continue
        if not answer.data and sending.apdu[1] == _GET_RESPONSE and kind == 0x61:
            raise CardError("the card promises more data and sends none")
        collected += answer.data
        if len(collected) > MAX_DATA:
            raise CardError("the card answers more than 256 bytes")
        if kind != 0x61:
            return CardResponse(collected, answer.sw)
        sending = Command(commands.get_response(low), command.step)
        corrected = False


def _has_le(command: bytes) -> bool:
    return len(command) == 5 or (len(command) > 5 and len(command) == 6 + command[4])


def _response(answer: KernelAnswer) -> CardResponse:
    if not isinstance(answer, bytes):
        raise TypeError(f"a Command is answered by the bytes of an R-APDU, not by {type(answer).__name__}")
    if not 2 <= len(answer) <= MAX_DATA + 2:
        raise CardError(f"the card answers {len(answer)} bytes")
    sw = int.from_bytes(answer[-2:])
    if sw >> 12 not in (6, 9):
        raise CardError(f"the card answers with status {sw:04X}")
    return CardResponse(answer[:-2], sw)


def fault(command: str, sw: int) -> Exception:
    """What an unforeseen status word of `command` means for the transaction."""
    if sw == StatusWord.AUTHENTICATION_BLOCKED:
        return Ended(Verdict.BLOCKED, f"{command}: {sw:04X} {apdu.meaning(sw)}")
    return CardError(f"{command}: {sw:04X} {apdu.meaning(sw)}")
