"""One slot of a virtual CCID reader: its card, and what the card makes of a command at the slot's level.

1. TPDU level: PPS, T=0 commands and T=1 blocks go to the card as they are. Character level: so do their characters.
2. APDU levels: the reader itself runs T=0 or T=1 with the same code as a host at TPDU level. A card that asks
   for time makes the reader ask its host for time.
3. A contactless field hands whole APDUs over and builds the ATR (PC/SC part 3).
4. Extended APDUs come and go in parts where they are longer than a message (6.1.4, 6.2.1).
"""

from collections.abc import Callable, Iterable
from typing import Final, TypeVarTuple

from terminal_drivers.base import Card, CardCollision, CardMute, FrameError
from terminal_drivers.iso7816 import t0
from terminal_drivers.iso7816.apdu import CommandApdu
from terminal_drivers.iso7816.atr import Atr, contactless
from terminal_drivers.iso7816.block import LONGEST_INF, Edc, Supervision
from terminal_drivers.iso7816.characters import CharacterChip
from terminal_drivers.iso7816.chip import Chip
from terminal_drivers.iso7816.pps import PPSS, Pps
from terminal_drivers.iso7816.t1 import Conversation, T1Terminal
from terminal_drivers.iso7816.t1card import Interlude
from terminal_drivers.readers.ccid.features import RUNS_PROTOCOL, Chain, Features, Level, level
from terminal_drivers.readers.ccid.messages import IccStatus, SlotError, T0Parameters, T1Parameters
from terminal_drivers.readers.ccid.parameters import parameters_of

AT_LENGTH, AT_SLOT, AT_SPECIFIC, AT_LEVEL, AT_DATA = 1, 5, 7, 8, 10  # offsets of message fields, for bError

Given = TypeVarTuple("Given")

LONGEST_COMMAND = 65_544
_PPS = bytes((PPSS,))
ECHO_CLASS = 0xFF
_WHOLE: Final = Chain.WHOLE
_TPDU: Final = Level.TPDU
_EXTENDED_APDU: Final = Level.EXTENDED_APDU
_ACTIVE: Final = IccStatus.ACTIVE


class Refused(Exception):
    """The command fails with this bError."""

    def __init__(self, error: int) -> None:
        super().__init__(error)
        self.error: Final = error


class VirtualSlot:
    """A slot: `features` is its dwFeatures, `field` whether cards are held into it, `most` the longest data of
    a message, `classes` bClassGetResponse and bClassEnvelope. `icc` is the state of its card.
    """

    def __init__(
        self, number: int, features: int, *, field: bool, most: int, classes: tuple[int, int]
    ) -> None:
        self.number = number
        self.features = features
        self.level = level(features)
        self.field = field
        self.chip: Chip | None = None
        self.icc = IccStatus.ABSENT
        self.locked = False
        self.clock = 0  # bClockStatus
        self.get_response, self.envelope = classes
        self.parameters: T0Parameters | T1Parameters = T0Parameters()
        self._most = most
        self._terminal = T1Terminal()
        self._characters: CharacterChip | None = None
        self._command: bytes | None = None
        self._response = b""

    def put(self, card: Card | None, interludes: Iterable[Interlude] = ()) -> None:
        """Change the card; the session is lost."""
        self.chip = None if card is None else Chip(card, interludes)
        self.power_off()

    def power_off(self) -> None:
        self.icc = IccStatus.ABSENT if self.chip is None else IccStatus.INACTIVE
        self.clock, self._characters = 0, None
        self.give_up()

    def give_up(self) -> None:
        """Forget the parts of an extended APDU."""
        self._command, self._response = None, b""

    @property
    def powered(self) -> bool:
        return self.icc is _ACTIVE

    def present(self) -> Chip:
        if self.chip is None:
            raise Refused(SlotError.ICC_MUTE)
        return self.chip

    def power_on(self) -> bytes:
        """Reset the card and return the ATR that the host sees."""
        self.power_off()
        chip = self.present()
        atr = self._ask(chip, chip.reset)
        self.parameters = T0Parameters()
        if self.field:
            if chip.atr is None:
                raise Refused(SlotError.ICC_MUTE)
            atr = contactless(chip.atr.historical)
        elif chip.atr is not None and chip.protocol == T1Parameters.PROTOCOL:
            self.parameters = T1Parameters()
            if self.level in RUNS_PROTOCOL:
                self._begin(chip, chip.atr)
        if self.features & Features.AUTO_PARAMETERS and chip.atr is not None and not self.field:
            self.parameters = parameters_of(chip.atr, chip.atr.fi_di_without_pps)
        if self.level is Level.CHARACTER:
            self._characters = CharacterChip(chip)
        self.icc = _ACTIVE
        return atr

    def _begin(self, chip: Chip, atr: Atr) -> None:
        def announce() -> bytes:
            self._terminal = T1Terminal.of(atr)
            return self._converse(chip, self._terminal.announce(), lambda _: None)

        self._ask(chip, announce)

    def choose(self, protocol: int) -> None:
        """Switch a card that offers several protocols, where this reader does PPS by itself."""
        chip = self.present()
        if protocol == chip.protocol or self.field or not self.features & Features.AUTO_PPS:
            return
        self._ask(chip, chip.exchange, Pps(protocol).build())
        if protocol == T1Parameters.PROTOCOL and chip.atr is not None:
            self._begin(chip, chip.atr)

    def transfer(self, part: int, data: bytes, more_time: Callable[[int], None]) -> tuple[Chain, bytes]:
        """Run what an XfrBlock carries; `more_time` makes the host wait that many times as long."""
        if self.icc is not _ACTIVE:
            raise Refused(SlotError.ICC_MUTE)
        self.clock = 0
        if self._characters is not None:
            return _WHOLE, self._exchange_characters(self._characters, data, part)
        if self.level is not _EXTENDED_APDU:
            if part:
                raise Refused(AT_LEVEL)
            return _WHOLE, self.exchange(data, more_time)
        begun, waiting = self._command, self._response
        self._command, self._response = None, b""
        if part == Chain.GO_ON:
            if not waiting or data:
                raise Refused(AT_LEVEL)
            return self._hand_over(waiting, first=False)
        if part in (Chain.WHOLE, Chain.BEGINS):
            command = data
        elif part in (Chain.CONTINUES, Chain.ENDS) and begun is not None:
            command = begun + data
        else:
            raise Refused(AT_LEVEL)
        if len(command) > LONGEST_COMMAND:
            raise Refused(SlotError.XFR_OVERRUN)
        if part in (Chain.BEGINS, Chain.CONTINUES):
            self._command = command
            return Chain.GO_ON, b""
        return self._hand_over(self.exchange(command, more_time), first=True)

    def transfer_tpdu(self, part: int, data: bytes) -> bytes:
        """As `transfer` at TPDU level, where the card neither gets nor says anything in parts, and no time is asked for."""
        if self.icc is not _ACTIVE:
            raise Refused(SlotError.ICC_MUTE)
        self.clock = 0
        if part:
            raise Refused(AT_LEVEL)
        return self._tpdu(data)

    def _tpdu(self, data: bytes) -> bytes:
        chip = self.chip
        if chip is None:
            raise Refused(SlotError.ICC_MUTE)
        if chip.protocol != self.parameters.PROTOCOL and not data.startswith(_PPS):
            raise Refused(SlotError.ICC_PROTOCOL_NOT_SUPPORTED)
        return self._ask(chip, chip.exchange, data)

    def _exchange_characters(self, characters: CharacterChip, data: bytes, expect: int) -> bytes:
        if expect > self._most:
            raise Refused(AT_LEVEL)
        return self._ask(self.present(), characters.exchange, data, expect)

    def _hand_over(self, response: bytes, *, first: bool) -> tuple[Chain, bytes]:
        part, self._response = response[: self._most], response[self._most :]
        if self._response:
            return Chain.BEGINS if first else Chain.CONTINUES, part
        return Chain.WHOLE if first else Chain.ENDS, part

    def exchange(self, data: bytes, more_time: Callable[[int], None]) -> bytes:
        """Let the card run a TPDU or an APDU, as the level says."""
        if self.level is _TPDU:
            return self._tpdu(data)
        chip = self.chip
        if chip is None:
            raise Refused(SlotError.ICC_MUTE)
        if self.field:
            # What a field's card cannot read is the card's to refuse: nothing here depends on it.
            if len(data) < 4 or (len(data) > 5 and not data[4] and self.level is Level.SHORT_APDU):
                raise Refused(AT_LENGTH)
            return self._ask(chip, chip.card.transmit, data)
        try:
            command = CommandApdu.parse(data)
        except FrameError as error:
            raise Refused(AT_LENGTH) from error
        if command.extended and self.level is Level.SHORT_APDU:
            raise Refused(AT_LENGTH)
        if chip.protocol == T1Parameters.PROTOCOL:
            conversation = self._terminal.transmit(data)
            return self._ask(chip, self._converse, chip, conversation, more_time)
        return self._ask(chip, self._t0, chip, data)

    def present_pin(self, apdu: bytes, teo: bytes, more_time: Callable[[int], None]) -> bytes:
        """Let the card run a command with a PIN in it; at TPDU level a T=1 block goes to it and comes back."""
        if not self.powered:
            raise Refused(SlotError.ICC_MUTE)
        if self.level is Level.TPDU and self.parameters.PROTOCOL == T1Parameters.PROTOCOL:
            if len(apdu) > LONGEST_INF:
                raise Refused(AT_DATA)
            checked = self.chip is not None and self.chip.atr is not None and self.chip.atr.crc
            body = teo[:2] + bytes((len(apdu),)) + apdu
            return self.exchange(body + (Edc.CRC if checked else Edc.LRC).of(body), more_time)
        return self.exchange(apdu, more_time)

    def _t0(self, chip: Chip, apdu: bytes) -> bytes:
        # bClassGetResponse and bClassEnvelope: FF means the class of the command.
        classes = (apdu[0] if each == ECHO_CLASS else each for each in (self.get_response, self.envelope))
        return t0.transmit(apdu, chip.exchange, *classes)

    @staticmethod
    def _converse(chip: Chip, conversation: Conversation, more_time: Callable[[int], None]) -> bytes:
        turn = next(conversation)
        while True:
            answer = chip.exchange(turn.block)
            try:
                turn = conversation.send(answer)
            except StopIteration as done:
                return bytes(done.value)
            if answer[1] == Supervision.WTX:
                more_time(turn.waits)

    def _ask(self, chip: Chip, what: Callable[[*Given], bytes], *given: *Given) -> bytes:
        """Let the card work; it may be mute, say that it was pulled out, or be pulled out meanwhile."""
        try:
            answer = what(*given)
        except (CardMute, CardCollision, FrameError) as error:
            raise self._refusal(error) from error
        if self.chip is not chip:
            raise Refused(SlotError.ICC_MUTE)
        return answer

    def _refusal(self, error: CardMute | CardCollision | FrameError) -> Refused:
        """What the host is told where the card did not answer, was not alone, or could not be read."""
        if isinstance(error, CardMute):
            return Refused(SlotError.ICC_MUTE)
        if isinstance(error, CardCollision):
            return Refused(SlotError.CARD_COLLISION)
        return Refused(AT_LENGTH if self.level is _TPDU else SlotError.XFR_PARITY_ERROR)
