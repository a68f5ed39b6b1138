"""T=0 between APDUs and TPDUs (ISO/IEC 7816-3, 12.2; EMV Book 1, 9.3): the terminal's side and the card's.

A TPDU command is CLA INS P1 P2 P3 and either P3 data bytes or none; its answer is data and SW1 SW2. Procedure
bytes belong to the reader, which moves the characters. The protocol does not carry the Le of a case 4 command.

1. Case 1: P3 = 00. Case 2: P3 = Le. Cases 3 and 4: P3 = Lc, and exactly P3 data bytes.
2. 6Cxx re-issues the command once with P3 = xx.
3. 61xx where a response is expected fetches it with GET RESPONSE, no more than Le bytes in all.
4. 62xx or 63xx after a case 4 command fetches the data too, and the warning stays the status word of the
   whole.
5. Each GET RESPONSE brings at least one byte, so Le bounds the loop.
6. An extended command whose data fit a short one goes as that one does, with P3 = 00 for more than 256 expected
   bytes (12.2.6 to 12.2.8). Where they do not, the whole C-APDU goes in the data of ENVELOPE commands, each
   answered by 9000; the answer to the last is the command's (ISO/IEC 7816-4, 7.6.2). Le is never cut from the
   data before it, so that a card which counts by Lc knows the last part.
"""

from collections.abc import Callable
from itertools import pairwise

from terminal_drivers.base import Card, FrameError, Misuse
from terminal_drivers.iso7816.apdu import EXTENDED_NE, HEADER, SHORT_NC, SHORT_NE, CommandApdu

INS_GET_RESPONSE, INS_ENVELOPE = 0xC0, 0xC2
PROPRIETARY = 0x80  # the bit of CLA
NORMAL = b"\x90\x00"
EXTENDED_HEADER, LE = 7, 2  # CLA INS P1 P2 00 Lc Lc
WARNINGS = (0x62, 0x63)
_BYTES = tuple(bytes((value,)) for value in range(0x100))

Exchange = Callable[[bytes], bytes]
"""Brings a TPDU command to the card and returns its answer."""


def transmit(apdu: bytes, exchange: Exchange, get_response: int = 0, envelope: int = 0) -> bytes:
    """Exchange a C-APDU as TPDU commands and return the R-APDU; the two numbers are the classes of GET RESPONSE and
    ENVELOPE.

    `Misuse`: the C-APDU is malformed. `FrameError`: the card's answer is shorter than a status word or longer than
    was asked for, or it announces data and brings none. What `exchange` raises passes through.
    """
    sent, ne = _data_and_ne(apdu)
    header = apdu[:HEADER]
    if not sent:
        data, answer = _outgoing(exchange, header, min(ne, SHORT_NE))
    elif len(sent) <= SHORT_NC:
        data, answer = b"", _incoming(exchange, header, sent)
    else:
        data, answer = b"", _enveloped(exchange, apdu, bytes((envelope, INS_ENVELOPE, 0, 0)))
    if not ne:
        return data + answer
    fetch = bytes((get_response, INS_GET_RESPONSE, 0, 0))
    if sent and answer[0] in WARNINGS:
        # Where nothing can be fetched, the warning alone is the response.
        data, _ = _outgoing(exchange, fetch, SHORT_NE)
    while answer[0] == 0x61 and len(data) < ne:
        more, answer = _outgoing(exchange, fetch, min(answer[1] or SHORT_NE, ne - len(data)))
        if not more and answer[0] == 0x61:
            raise FrameError("the card announces response data with 61xx and brings none")
        data += more
    return data[:ne] + answer


def _data_and_ne(apdu: bytes) -> tuple[bytes, int]:
    """The data of a C-APDU and how many bytes it expects."""
    size = len(apdu)
    if size == HEADER + 1:  # case 2, which most commands of a payment are
        return b"", apdu[HEADER] or SHORT_NE
    end = HEADER + 1 + apdu[HEADER] if size > HEADER and apdu[HEADER] else 0
    if end and size == end + 1:  # case 4, short, which the others are
        return apdu[HEADER + 1 : end], apdu[end] or SHORT_NE
    try:
        command = CommandApdu.parse(apdu)
    except FrameError as error:
        raise Misuse(f"this C-APDU cannot be sent: {error}") from error
    return command.data, command.ne


def _enveloped(exchange: Exchange, apdu: bytes, header: bytes) -> bytes:
    """Send a whole C-APDU in parts and return the answer to the last, or to one that the card refuses."""
    cuts = list(range(0, len(apdu), SHORT_NC))
    if len(apdu) - cuts[-1] <= LE:
        cuts[-1] -= LE
    for at, end in pairwise((*cuts, len(apdu))):
        answer = _incoming(exchange, header, apdu[at:end])
        if answer != NORMAL:
            return answer
    return NORMAL


def _incoming(exchange: Exchange, header: bytes, data: bytes) -> bytes:
    answer = exchange(header + _BYTES[len(data)] + data)
    if len(answer) != 2:
        raise FrameError(f"the card answered {len(answer)} bytes where T=0 allows only SW1 SW2")
    return answer


def _outgoing(exchange: Exchange, header: bytes, ne: int) -> tuple[bytes, bytes]:
    answer = exchange(header + _BYTES[ne & 0xFF])
    size = len(answer)
    if size == 2 and answer[0] == 0x6C and ne:
        ne = answer[1] or SHORT_NE
        answer = exchange(header + answer[1:])
        size = len(answer)
    if not 2 <= size <= ne + 2:
        raise FrameError(
            f"the card answered {len(answer)} bytes where at most {ne} and SW1 SW2 were asked for"
        )
    return answer[:-2], answer[-2:]


class T0Card:
    """A card of whole APDUs as a T=0 reader sees it, TPDU by TPDU.

    Each command reaches the card once: an answer that waits for GET RESPONSE or for the right Le is kept, for
    a command such as GENERATE AC must not run twice. A card of `extended` lengths takes ENVELOPE of the
    interindustry class, and may have more than 256 bytes to say.
    """

    __slots__ = ("_enveloped", "_extended", "_most", "_refused", "_waiting", "card")

    def __init__(self, card: Card, *, extended: bool = False) -> None:
        self.card = card
        self._extended = extended
        self._most = (EXTENDED_NE if extended else SHORT_NE) + 2  # with the status word
        self._enveloped = b""
        self._refused = b""  # the header whose Le was wrong
        self._waiting: tuple[bytes, bytes] | None = None

    def reset(self) -> bytes:
        self._enveloped, self._refused, self._waiting = b"", b"", None
        return self.card.reset()

    def exchange(self, tpdu: bytes) -> bytes:
        """Answer one TPDU command: header of 4 or 5 bytes, then the data; bytes beyond P3 are not for the
        card.

        `FrameError` where fewer than P3 data bytes follow; what the card raises passes through.
        """
        size = len(tpdu)
        if size < HEADER:
            raise FrameError("a TPDU command begins with CLA INS P1 P2")
        header, p3 = tpdu[:HEADER], tpdu[HEADER] if size > HEADER else 0
        refused, waiting, begun = self._refused, self._waiting, self._enveloped
        self._refused, self._waiting, self._enveloped = b"", None, b""
        if size > 5 and p3:
            if size < 5 + p3:
                raise FrameError(f"P3 announces {p3} data bytes and {size - 5} follow")
            if self._extended and header[1] == INS_ENVELOPE and not header[0] & PROPRIETARY:
                return self._unwrap(begun + tpdu[5 : 5 + p3])
            return self._keep(self._transmit(tpdu[: 5 + p3]))
        ne = p3 or SHORT_NE
        if waiting is not None and (header == refused or (not refused and header[1] == INS_GET_RESPONSE)):
            return self._hand_over(header if refused else b"", ne, waiting)
        data, status = self._transmit(tpdu[:5])
        return self._hand_over(header, ne, (data, status)) if data else status

    def _unwrap(self, apdu: bytes) -> bytes:
        """Run the command that ENVELOPE carries once it is whole by its Lc."""
        if len(apdu) < EXTENDED_HEADER or len(apdu) < EXTENDED_HEADER + int.from_bytes(apdu[5:7]):
            self._enveloped = apdu
            return NORMAL
        return self._keep(self._transmit(apdu))

    def _transmit(self, apdu: bytes) -> tuple[bytes, bytes]:
        response = self.card.transmit(apdu)
        if not 2 <= len(response) <= self._most:
            raise Misuse(
                f"transmit() returned {len(response)} bytes: this card's R-APDUs have 2 to {self._most}"
            )
        return response[:-2], response[-2:]

    def _keep(self, response: tuple[bytes, bytes]) -> bytes:
        data, status = response
        if not data:
            return status
        if status[0] in WARNINGS:
            self._waiting = data, NORMAL
            return status
        self._waiting = response
        return _count(0x61, data)

    def _hand_over(self, refusable: bytes, ne: int, response: tuple[bytes, bytes]) -> bytes:
        data, status = response
        there = len(data)
        if ne == there:
            return data + status
        if ne > there or (refusable and ne < min(there, SHORT_NE)):
            self._waiting, self._refused = response, refusable
            return _count(0x6C, data)
        # ISO/IEC 7816-4, 7.6.1: GET RESPONSE for less than there is says how much is left.
        self._waiting = data[ne:], status
        return data[:ne] + _count(0x61, data[ne:])


def _count(sw1: int, data: bytes) -> bytes:
    """SW1 and how many bytes there are; 00 is 256 or more."""
    there = len(data)
    return bytes((sw1, there if there < SHORT_NE else 0))
