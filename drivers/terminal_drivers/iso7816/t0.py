"""T=0 between APDUs and TPDUs (ISO/IEC 7816-3, 12.2; EMV Book 1, 9.3): the terminal's side and the card's.

A TPDU command is CLA INS P1 P2 P3 and either P3 data bytes or none; its answer is data and SW1 SW2. Procedure
bytes belong to whoever moves characters (the reader). The protocol does not carry the Le of a case 4 command.

1. Case 1: P3 = 00. Case 2: P3 = Le. Cases 3 and 4: P3 = Lc, and exactly P3 data bytes.
2. 6Cxx re-issues the command once with P3 = xx.
3. 61xx where a response is expected fetches it with GET RESPONSE, no more than Le bytes in all.
4. 62xx or 63xx after a case 4 command fetches the data too, and the warning stays the status word of the
   whole.
5. Each GET RESPONSE brings at least one byte, so Le bounds the loop.
"""

from collections.abc import Generator

from terminal_drivers.base import Card, FrameError, Misuse
from terminal_drivers.iso7816.apdu import SHORT_NE, CommandApdu

GET_RESPONSE = b"\x00\xc0\x00\x00"
INS_GET_RESPONSE = 0xC0
WARNINGS = (0x62, 0x63)


def terminal(apdu: bytes) -> Generator[bytes, bytes, bytes]:
    """Yield TPDU commands, take the card's answers, return the R-APDU.

    `Misuse`: the C-APDU is malformed or extended. `FrameError`: the card's answer is shorter than a status
    word or longer than was asked for, or it announces data and brings none.
    """
    try:
        command = CommandApdu.parse(apdu)
    except FrameError as error:
        raise Misuse(f"this C-APDU cannot be sent: {error}") from error
    if command.extended:
        raise Misuse("T=0 carries short C-APDUs: send the data in parts of at most 255 bytes")
    header = apdu[:4]
    if command.data:
        answer = yield _incoming(header, command.data)
        if len(answer) != 2:
            raise FrameError(f"the card answered {len(answer)} bytes where T=0 allows only SW1 SW2")
        data = b""
    else:
        data, answer = yield from _outgoing(header, command.ne)
    if not command.ne:
        return data + answer
    if command.data and answer[0] in WARNINGS:
        # Where nothing can be fetched, the warning alone is the response.
        data, _ = yield from _outgoing(GET_RESPONSE, SHORT_NE)
    while answer[0] == 0x61 and len(data) < command.ne:
        more, answer = yield from _outgoing(GET_RESPONSE, min(answer[1] or SHORT_NE, command.ne - len(data)))
        if not more and answer[0] == 0x61:
            raise FrameError("the card announces response data with 61xx and brings none")
        data += more
    return data[: command.ne] + answer


def _incoming(header: bytes, data: bytes) -> bytes:
    return header + bytes((len(data),)) + data


def _outgoing(header: bytes, ne: int) -> Generator[bytes, bytes, tuple[bytes, bytes]]:
    answer = yield header + bytes((ne & 0xFF,))
    if ne and len(answer) == 2 and answer[0] == 0x6C:
        ne = answer[1] or SHORT_NE
        answer = yield header + answer[1:]
    if not 2 <= len(answer) <= ne + 2:
        raise FrameError(
            f"the card answered {len(answer)} bytes where at most {ne} and SW1 SW2 were asked for"
        )
    return answer[:-2], answer[-2:]


class T0Card:
    """A card of whole APDUs as a T=0 reader sees it, TPDU by TPDU.

    Each command reaches the card once: an answer that waits for GET RESPONSE or for the right Le is kept, for
    a command such as GENERATE AC must not run twice.
    """

    __slots__ = ("_refused", "_waiting", "card")

    def __init__(self, card: Card) -> None:
        self.card = card
        self._refused = b""  # the header whose Le was wrong
        self._waiting: tuple[bytes, bytes] | None = None

    def reset(self) -> bytes:
        self._refused, self._waiting = b"", None
        return self.card.reset()

    def exchange(self, tpdu: bytes) -> bytes:
        """Answer one TPDU command: header of 4 or 5 bytes, then the data; bytes beyond P3 are not for the
        card.

        `FrameError` where fewer than P3 data bytes follow; what the card raises passes through.
        """
        if len(tpdu) < 4:
            raise FrameError("a TPDU command begins with CLA INS P1 P2")
        header, p3 = tpdu[:4], tpdu[4] if len(tpdu) > 4 else 0
        refused, waiting = self._refused, self._waiting
        self._refused, self._waiting = b"", None
        if len(tpdu) > 5 and p3:
            if len(tpdu) < 5 + p3:
                raise FrameError(f"P3 announces {p3} data bytes and {len(tpdu) - 5} follow")
            return self._keep(self._transmit(tpdu[: 5 + p3]))
        ne = p3 or SHORT_NE
        if waiting is not None and (header == refused or (not refused and header[1] == INS_GET_RESPONSE)):
            return self._hand_over(header if refused else b"", ne, waiting)
        data, status = self._transmit(tpdu[:5])
        return self._hand_over(header, ne, (data, status)) if data else status

    def _transmit(self, apdu: bytes) -> tuple[bytes, bytes]:
        response = self.card.transmit(apdu)
        if not 2 <= len(response) <= SHORT_NE + 2:
            raise Misuse(f"transmit() returned {len(response)} bytes: a short R-APDU has 2 to {SHORT_NE + 2}")
        return response[:-2], response[-2:]

    def _keep(self, response: tuple[bytes, bytes]) -> bytes:
        data, status = response
        if not data:
            return status
        if status[0] in WARNINGS:
            self._waiting = data, b"\x90\x00"
            return status
        self._waiting = response
        return b"\x61" + bytes((len(data) & 0xFF,))

    def _hand_over(self, refusable: bytes, ne: int, response: tuple[bytes, bytes]) -> bytes:
        data, status = response
        if ne == len(data):
            return data + status
        self._waiting, self._refused = response, refusable
        if refusable or ne > len(data):
            return b"\x6c" + bytes((len(data) & 0xFF,))
        # ISO/IEC 7816-4, 7.6.1: GET RESPONSE for less than there is says how much is left.
        self._waiting = data[ne:], status
        return data[:ne] + b"\x61" + bytes((len(data) - ne,))
