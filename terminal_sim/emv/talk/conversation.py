"""The kernel as a conversation: a generator that yields asks, is sent their answers and returns an `Outcome`.

| ask                      | answer                             |
|--------------------------|------------------------------------|
| `Command`                | R-APDU as `bytes` (data, SW1, SW2) |
| `ChooseApplication`      | `ApplicationChoice`                |
| `EnterPin`, offline PIN  | `TypedPin`                         |
| `EnterPin`, online PIN   | `PinBlock`                         |
| `GoOnline`               | `HostDecision`                     |

The kernel never waits, reads no clock and draws no random number, so it can be paused, torn and replayed at each ask. Where
the card disappears, the caller closes the generator. A decline, a fallback or "use the other interface" is an `Outcome`; an
exception means that we broke a rule.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeVar

from terminal_sim.emv.talk.answers import Answer, PinBlock
from terminal_sim.emv.talk.asks import Ask, Command

T = TypeVar("T")

KernelAsk = Command | Ask
KernelAnswer = bytes | PinBlock | Answer

Conversation = Generator[KernelAsk, KernelAnswer, T]
