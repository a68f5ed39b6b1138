"""The words of `host answers`, which rules of a host file use as well.

| word             | what the host does with the message               | what the terminal gets         |
|------------------|---------------------------------------------------|--------------------------------|
| `approved`       | approves it, whatever the account and rules say   | the answer                     |
| `declined`       | declines it with 05                               | the answer                     |
| `declined:CODE`  | declines it with CODE                             | the answer                     |
| `partial:AMOUNT` | approves AMOUNT (minor units) of a larger payment | the answer                     |
| `timeout`        | decides as usual                                  | nothing, ever                  |
| `late:TIME`      | decides as usual                                  | the answer after TIME          |
| `garbage`        | decides as usual                                  | bytes that are no message      |

So a host that stays silent has charged the card, and only the reversal gives the money back.
"""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from terminal_sim.core.moment import Duration

APPROVED, PARTIAL, DECLINED = "00", "10", "05"
PIN_TRIES_EXCEEDED = "75"
_AT_ONCE = Duration(0)


class AnswerFate(Enum):
    """What becomes of an answer on its way."""

    ARRIVES = "arrives"
    LOST = "timeout"
    GARBLED = "garbage"


class ScriptedAnswer(Struct, frozen=True, kw_only=True):
    """`code` overrules the host's own decision unless it is empty; `partial` in minor units goes with code 10, `text` with any."""

    code: str = ""
    partial: int = 0
    text: str = ""
    fate: AnswerFate = AnswerFate.ARRIVES
    late: Duration = _AT_ONCE

    def __str__(self) -> str:
        """As `parse` reads it."""
        if self.fate is not AnswerFate.ARRIVES:
            return str(self.fate.value)
        if self.late:
            return f"late:{self.late}"
        if self.partial:
            return f"partial:{self.partial}"
        return "approved" if self.code == APPROVED else f"declined:{self.code}"

    @staticmethod
    def parse(text: str) -> ScriptedAnswer:
        """Raises `ValueError` that names the text and shows what may stand there."""
        word, colon, value = text.partition(":")
        if text == "approved":
            return ScriptedAnswer(code=APPROVED)
        if text == "declined":
            return ScriptedAnswer(code=DECLINED)
        if text in ("timeout", "garbage"):
            return ScriptedAnswer(fate=AnswerFate(text))
        if colon and word == "declined":
            if not _is_response_code(value) or value in (APPROVED, PARTIAL):
                raise ValueError(
                    f"{text!r}: a decline has a response code of two letters or digits, such as 51"
                )
            return ScriptedAnswer(code=value)
        if colon and word == "late":
            return ScriptedAnswer(late=Duration.parse(value))
        if colon and word == "partial":
            if not (value.isascii() and value.isdigit() and 0 < len(value) <= 12 and int(value)):
                raise ValueError(f"{text!r}: a partial approval has an amount in minor units, such as 500")
            return ScriptedAnswer(code=PARTIAL, partial=int(value))
        raise ValueError(
            f"{text!r} is no answer of a host: write approved, declined, declined:51, timeout, late:30s, garbage"
            " or partial:500"
        )


def _is_response_code(text: str) -> bool:
    return len(text) == 2 and text.isascii() and text.isalnum()
