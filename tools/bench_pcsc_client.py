"""A client of pcscd for bench_reader.py: `SALES [COMMAND ANSWER]...` runs that many sales for each line read, and prints seconds.

It stands alone, since libpcsclite reads the name of the daemon's socket once in the life of a process.
"""

from __future__ import annotations

import sys
import time
from typing import Any

from smartcard import scard  # type: ignore[import-untyped,import-not-found,unused-ignore]

PATIENCE = 15_000  # milliseconds


def checked(result: Any) -> Any:
    code, *rest = result
    if code != scard.SCARD_S_SUCCESS:
        raise RuntimeError(scard.SCardGetErrorMessage(code))
    return rest[0] if len(rest) == 1 else rest


def transmit(card: Any, command: list[int]) -> list[int]:
    """PC/SC leaves it to its client to ask again with the right length (6Cxx), and to fetch what a T=0 card holds (61xx)."""
    answer: list[int] = checked(scard.SCardTransmit(card, scard.SCARD_PCI_T0, command))
    if answer[-2] == 0x6C:
        answer = checked(scard.SCardTransmit(card, scard.SCARD_PCI_T0, [*command[:4], answer[-1]]))
    if answer[-2] == 0x61:
        answer = checked(scard.SCardTransmit(card, scard.SCARD_PCI_T0, [0, 0xC0, 0, 0, answer[-1]]))
    return answer


def main() -> None:
    sales, said = int(sys.argv[1]), [list(bytes.fromhex(each)) for each in sys.argv[2:]]
    exchanges = list(zip(said[::2], said[1::2], strict=True))
    context = checked(scard.SCardEstablishContext(scard.SCARD_SCOPE_SYSTEM))
    name = checked(scard.SCardListReaders(context, []))[0]
    state = scard.SCARD_STATE_UNAWARE
    while not state & scard.SCARD_STATE_PRESENT:
        [(_, state, _)] = checked(scard.SCardGetStatusChange(context, PATIENCE, [(name, state)]))
        state &= ~scard.SCARD_STATE_CHANGED
    card, _ = checked(scard.SCardConnect(context, name, scard.SCARD_SHARE_SHARED, scard.SCARD_PROTOCOL_T0))
    for _ in sys.stdin:
        began = time.perf_counter()
        for _ in range(sales):
            for command, answer in exchanges:
                if transmit(card, command) != answer:
                    raise RuntimeError("the card gave another answer")
        print(time.perf_counter() - began, flush=True)


main()
