"""The kernel as a conversation: a generator that yields asks, is sent their answers and returns an `Outcome`.

| ask                  | answer                                                   |
|----------------------|----------------------------------------------------------|
| `Command`            | `ResponseApdu`, or `CardGone` where there is no response |
| `Show`               | none: the generator is sent None at once                 |
| `FindException`      | `ListedCard`                                                  |
| `SumAmounts`         | `Amounts`                                                |
| `FindTorn`           | `FoundTorn`                                              |
| `ChooseApplication`  | `ApplicationChoice`                                      |
| `EnterPin`           | `PinBlock`                                               |
| `GoOnline`           | `HostDecision`                                           |
| `PresentAgain`       | `PresentedAgain`                                         |

The kernel never waits, reads no clock and draws no random number, so it can be paused, torn and replayed at each ask. A decline, a fallback or "use the other interface" is an `Outcome`; an
exception means that we broke a rule.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeVar

from terminal_sim.emv.talk.answers import Answer, CardAnswer, LookUpAnswer, PinBlock
from terminal_sim.emv.talk.asks import Ask, Command, LookUp, Show

T = TypeVar("T")

KernelAsk = Command | Show | LookUp | Ask
KernelAnswer = CardAnswer | LookUpAnswer | PinBlock | Answer | None

Conversation = Generator[KernelAsk, KernelAnswer, T]
