"""A client of PC/SC in a process of its own: lines of JSON, `["transmit", "00A4..."]` in, `{"result": ...}` out.

Run by tests/interop/daemon.py; it knows pyscard and nothing of ours.
"""

import json
import sys
from typing import Any

from smartcard import scard  # type: ignore[import-untyped,import-not-found,unused-ignore]

PATIENCE = 120_000  # milliseconds
PROTOCOLS = {"T=0": scard.SCARD_PROTOCOL_T0, "T=1": scard.SCARD_PROTOCOL_T1}
ANY = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1


class Failed(Exception):
    pass


def checked(result: Any) -> Any:
    code, *rest = result if isinstance(result, list | tuple) else (result,)
    if code != scard.SCARD_S_SUCCESS:
        raise Failed(scard.SCardGetErrorMessage(code))
    return rest[0] if len(rest) == 1 else rest


class Client:
    def __init__(self) -> None:
        self.context = checked(scard.SCardEstablishContext(scard.SCARD_SCOPE_SYSTEM))
        self.card: Any = None
        self.protocol = 0

    def readers(self) -> list[str]:
        return list(checked(scard.SCardListReaders(self.context, [])))

    def connect(self, reader: int = 0, protocol: str = "") -> str:
        """Returns the protocol that was agreed on."""
        name = self.readers()[reader]
        asked = PROTOCOLS.get(protocol, ANY)
        self.card, self.protocol = checked(
            scard.SCardConnect(self.context, name, scard.SCARD_SHARE_SHARED, asked)
        )
        return next(name for name, number in PROTOCOLS.items() if number == self.protocol)

    def atr(self) -> str:
        _, _, _, atr = checked(scard.SCardStatus(self.card))
        return bytes(atr).hex()

    def transmit(self, apdu: str) -> str:
        pci = scard.SCARD_PCI_T0 if self.protocol == scard.SCARD_PROTOCOL_T0 else scard.SCARD_PCI_T1
        return bytes(checked(scard.SCardTransmit(self.card, pci, list(bytes.fromhex(apdu))))).hex()

    def control(self, code: int, data: str) -> str:
        return bytes(checked(scard.SCardControl(self.card, code, list(bytes.fromhex(data))))).hex()

    def reconnect(self) -> None:
        checked(scard.SCardReconnect(self.card, scard.SCARD_SHARE_SHARED, ANY, scard.SCARD_UNPOWER_CARD))

    def disconnect(self) -> None:
        checked(scard.SCardDisconnect(self.card, scard.SCARD_UNPOWER_CARD))

    def wait(self, present: bool, reader: int = 0) -> str:
        """Wait until the card is there, or is not, and return its ATR."""
        name = self.readers()[reader]
        state, wanted = (
            scard.SCARD_STATE_UNAWARE,
            scard.SCARD_STATE_PRESENT if present else scard.SCARD_STATE_EMPTY,
        )
        while True:
            changed = checked(scard.SCardGetStatusChange(self.context, PATIENCE, [(name, state)]))
            [(_, state, atr)] = changed
            if state & wanted and not state & scard.SCARD_STATE_MUTE:
                return bytes(atr).hex()
            state &= ~scard.SCARD_STATE_CHANGED


def main() -> None:
    client = Client()
    for line in sys.stdin:
        what, *arguments = json.loads(line)
        try:
            answer = {"result": getattr(client, what)(*arguments)}
        except Failed as error:
            answer = {"error": str(error)}
        print(json.dumps(answer), flush=True)


main()
