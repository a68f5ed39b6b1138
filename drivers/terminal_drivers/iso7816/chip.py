"""A card behind eight contacts: reset, maybe PPS, then TPDUs of the protocol in force (ISO/IEC 7816-3)."""

from collections import deque
from collections.abc import Iterable

from terminal_drivers.base import Card, CardMute, FrameError
from terminal_drivers.iso7816.atr import Atr
from terminal_drivers.iso7816.block import Edc
from terminal_drivers.iso7816.pps import PPSS, Pps, respond
from terminal_drivers.iso7816.t0 import T0Card
from terminal_drivers.iso7816.t1card import Interlude, T1Card


class Chip:
    """A card of whole APDUs as its reader's contacts see it; `interludes` are of T=1, `protocol` is the T of the one in force."""

    def __init__(self, card: Card, interludes: Iterable[Interlude] = ()) -> None:
        self.card = card
        self.interludes = deque(interludes)
        self._atr: Atr | None = None
        self._speaker: T0Card | T1Card = T0Card(card)
        self.protocol = 0
        self._fresh = False

    @property
    def atr(self) -> Atr | None:
        """The ATR of the last reset; None where it is none."""
        return self._atr

    def reset(self) -> bytes:
        """Reset the card and return its ATR, whatever it is worth. `CardMute` where it does not answer."""
        atr = self.card.reset()
        if not atr:
            self._atr = None
            raise CardMute("the card does not answer to reset")
        try:
            self._atr = Atr.parse(atr)
        except FrameError:
            self._atr = None
        self._fresh = True
        self._speak(self._atr.protocol if self._atr is not None else 0)
        return atr

    def exchange(self, tpdu: bytes) -> bytes:
        """Answer a PPS, a T=0 command or a T=1 block.

        `FrameError`: half a T=0 command. `CardMute`: the card does not take this PPS, or says nothing.
        """
        if tpdu and tpdu[0] == PPSS:
            fresh, self._fresh = self._fresh, False
            return self._pps(tpdu, fresh)
        self._fresh = False
        return self._speaker.exchange(tpdu)

    def _speak(self, protocol: int) -> None:
        self.protocol = 1 if protocol == 1 else 0
        if protocol == 1:
            crc = self._atr is not None and self._atr.crc
            speaker = T1Card(self.card, Edc.CRC if crc else Edc.LRC)
            speaker.interludes = self.interludes  # what has not happened yet outlives the reset
            self._speaker = speaker
        else:
            extended = self._atr is not None and self._atr.extended_lengths
            self._speaker = T0Card(self.card, extended=extended)

    def _pps(self, data: bytes, fresh: bool) -> bytes:
        try:
            request = Pps.parse(data)
        except FrameError as error:
            raise CardMute("the card cannot read this PPS") from error
        answer = respond(request, self._atr) if fresh and self._atr is not None else None
        if answer is None:
            raise CardMute("the card does not take this PPS")
        self._speak(request.protocol)
        return answer.build()
