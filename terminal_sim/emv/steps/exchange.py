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
from terminal_sim.emv.talk.answers import CardGone, Loss, ResponseApdu
from terminal_sim.emv.talk.asks import Ask, Command, LookUp, Show
from terminal_sim.emv.talk.conversation import Conversation, KernelAnswer
from terminal_sim.emv.talk.messages import DisplayMessage
from terminal_sim.emv.talk.outcome import Verdict
from terminal_sim.emv.talk.request import Start
from terminal_sim.emv.talk.rules import Rule
from terminal_sim.emv.talk.torn import TornTransaction

A = TypeVar("A", bound=KernelAnswer)

MAX_DATA = 256
_GET_RESPONSE: Final = Instruction.GET_RESPONSE.ins


class CardError(Exception):
    """The card broke its rules: the transaction ends as a card error. The text carries no card data."""


class Ended(Exception):
    """The transaction ends here with a foreseen verdict by `rule`; carried out of the steps and turned into an `Outcome`.

    `start`, `messages`, `field_off` and `torn` are those of the outcome.
    """

    def __init__(
        self,
        verdict: Verdict,
        rule: Rule,
        detail: str = "",
        *,
        start: Start | None = None,
        messages: tuple[DisplayMessage, ...] = (),
        field_off: int = 0,
        torn: TornTransaction | None = None,
    ) -> None:
        super().__init__(detail or rule.sentence)
        self.verdict = verdict
        self.rule = rule
        self.detail = detail
        self.start = start
        self.messages = messages
        self.field_off = field_off
        self.torn = torn


class Gone(Exception):
    """A command has no answer, since the card left or the link to it failed; a step may catch it, else the transaction ends."""

    def __init__(self, gone: CardGone) -> None:
        super().__init__(gone.detail or gone.loss.value)
        self.loss = gone.loss
        self.detail = gone.detail


LOST: Final = {
    Loss.REMOVED: Rule.CARD_REMOVED,
    Loss.MUTE: Rule.CARD_MUTE,
    Loss.TRANSMISSION: Rule.CARD_UNREADABLE,
}
"""What became of a command that has no answer."""


def put(ask: Ask | LookUp, kind: type[A]) -> Conversation[A]:
    """Puts `ask` to the terminal. Raises `TypeError` where the answer is not of the `kind` that belongs to the ask."""
    answer = yield ask
    if not isinstance(answer, kind):
        raise TypeError(
            f"{type(ask).__name__} is answered by {kind.__name__}, not by {type(answer).__name__}"
        )
    return answer


def show(message: DisplayMessage) -> Conversation[None]:
    """Has the terminal show `message`; the kernel does not wait for it."""
    yield Show(message)


def exchange(command: Command) -> Conversation[CardResponse]:
    """Sends `command`, collects the whole answer. Raises `CardError` where the card answers nonsense, `Gone` where it does not answer."""
    sending = command
    corrected = False
    collected = b""
    microseconds = 0
    while True:
        answer = _response((yield sending))
        microseconds += answer.microseconds
        kind, low = answer.sw >> 8, answer.sw & 0xFF
        if kind == 0x6C and not corrected and _has_le(sending.apdu):
            sending = Command(sending.apdu[:-1] + bytes((low,)), command.step, command.wanted)
            corrected = True
            continue
        if kind != 0x61 and sending is command:  # the whole answer at once, as readers that run T=0 bring it
            return answer
        if not answer.data and sending.apdu[1] == _GET_RESPONSE and kind == 0x61:
            raise CardError("the card promises more data and sends none")
        collected += answer.data
        if len(collected) > MAX_DATA:
            raise CardError("the card answers more than 256 bytes")
        if kind != 0x61:
            return CardResponse(collected, answer.sw, microseconds)
        sending = Command(commands.get_response(low), command.step)
        corrected = False


def _has_le(command: bytes) -> bool:
    return len(command) == 5 or (len(command) > 5 and len(command) == 6 + command[4])


def _response(answer: KernelAnswer) -> CardResponse:
    if not isinstance(answer, ResponseApdu):
        if isinstance(answer, CardGone):
            raise Gone(answer)
        raise TypeError(f"a Command is answered by ResponseApdu or CardGone, not by {type(answer).__name__}")
    data = answer.data
    if not 2 <= len(data) <= MAX_DATA + 2:
        raise CardError(f"the card answers {len(data)} bytes")
    sw = int.from_bytes(data[-2:])
    if sw >> 12 not in (6, 9):
        raise CardError(f"the card answers with status {sw:04X}")
    return CardResponse(data[:-2], sw, answer.microseconds)


def fault(command: str, sw: int) -> Exception:
    """What an unforeseen status word of `command` means for the transaction."""
    if sw == StatusWord.AUTHENTICATION_BLOCKED:
        return Ended(Verdict.BLOCKED, Rule.COMMAND_BLOCKED, f"{command}: {sw:04X} {apdu.meaning(sw)}")
    return CardError(f"{command}: {sw:04X} {apdu.meaning(sw)}")
