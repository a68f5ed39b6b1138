"""Public test cards that answer as they were recorded, whole or with one answer changed."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

from terminal_sim.emv.data import tlv

CARDS = Path(__file__).parents[1] / "vectors" / "emv" / "cards"
SELECT, READ_RECORD, GPO, GENERATE_AC, VERIFY = 0xA4, 0xB2, 0xA8, 0xAE, 0x20
_UNKNOWN = {SELECT: b"\x6a\x82", READ_RECORD: b"\x6a\x83", VERIFY: b"\x90\x00"}


@dataclass
class RecordedCard:
    """Gives GET PROCESSING OPTIONS and GENERATE AC the recorded answers in order, other commands the answer to the same command."""

    exchanges: list[tuple[bytes, bytes]]
    said: list[bytes] = field(default_factory=list)

    def transmit(self, apdu: bytes, /) -> bytes:
        self.said.append(apdu)
        kind = apdu[1]
        if kind in (GPO, GENERATE_AC):
            answers = [answer for command, answer in self.exchanges if command[1] == kind]
            return answers[min(len(self.asked(kind)), len(answers)) - 1] if answers else b"\x69\x85"
        same = (answer for command, answer in self.exchanges if apdu == command)
        return next(same, _UNKNOWN.get(kind, b"\x69\x85"))

    def asked(self, kind: int) -> list[bytes]:
        return [apdu for apdu in self.said if apdu[1] == kind]


def recorded(name: str, of: str = "", put: str = "") -> RecordedCard:
    """The card `name`, with `put` (hex) in place of `of` within the one template that has it."""
    told = json.loads((CARDS / f"{name}.json").read_text("utf-8"))
    exchanges = [(bytes.fromhex(one["command"]), bytes.fromhex(one["response"])) for one in told["exchanges"]]
    was = bytes.fromhex(of)
    if was:
        at = next(number for number, (_, answer) in enumerate(exchanges) if was in answer)
        command, answer = exchanges[at]
        [(tag, value)] = tlv.split(answer[:-2])
        exchanges[at] = command, tlv.encode(tag, value.replace(was, bytes.fromhex(put), 1)) + answer[-2:]
    return RecordedCard(exchanges)
