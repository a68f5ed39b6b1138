"""The host end at TPDU and at character level: this end runs the protocol of the card.

1. After the reset comes what dwFeatures does not name: PPS for the card's own speed where the reader keeps up
   with it, parameters, the information field size.
2. A T=1 block that the reader reports as damaged, or as silence of a card that is still there, is answered as
   ISO/IEC 7816-3 says; numbers of blocks keep a command from running twice. Where the protocol gives up, or the
   reader fails while the card may have a block, the card is without power for this end: `power_on` comes next, for
   the card would answer the next command with what it has to say to this one.
3. A `Carrier` brings TPDUs and blocks to the card: whole (`WholeBlocks`) or character by character
   (`character_level`).
"""

from dataclasses import replace
from typing import Protocol

from terminal_drivers.base import (
    CardMute,
    CardUnsupported,
    DriverError,
    FrameError,
    Misuse,
    ReaderRefused,
)
from terminal_drivers.iso7816 import pps, t0
from terminal_drivers.iso7816.atr import Atr
from terminal_drivers.iso7816.block import PROLOGUE, Edc
from terminal_drivers.iso7816.t1 import Conversation, ExchangeLost, T1Terminal, Turn
from terminal_drivers.readers.ccid.commands import LONGEST_WAIT, SlotCommands, lost_on_the_line
from terminal_drivers.readers.ccid.features import Chain, Features
from terminal_drivers.readers.ccid.messages import (
    Parameters,
    SetParameters,
    T0Parameters,
    T1Parameters,
)
from terminal_drivers.readers.ccid.parameters import parameters_of
from terminal_drivers.readers.ccid.pin import PinOperation
from terminal_drivers.readers.ccid.pin_entry import enter

IFSD = 254
WHOLE = Chain.WHOLE.value


class Carrier(Protocol):
    """How this level reaches the card."""

    enters_pins: bool

    def pps(self, request: bytes) -> bytes:
        """Send a PPS request and return what the card says."""
        ...

    def tpdu(self, command: bytes) -> bytes:
        """Exchange a T=0 TPDU."""
        ...

    def block(self, turn: Turn, edc: Edc) -> bytes:
        """Send a T=1 block and return the next one: one byte where it was damaged, none where nothing came."""
        ...


class WholeBlocks:
    """TPDU level: the reader moves the characters."""

    enters_pins = True

    def __init__(self, commands: SlotCommands) -> None:
        self._commands = commands

    def tpdu(self, command: bytes) -> bytes:
        answer = self._commands.xfr_block(command)
        if answer.status:
            self._commands.check(answer)
        if answer.chain != WHOLE:
            raise FrameError("the reader sends a response in parts, which belongs to extended APDUs")
        return answer.data

    pps = tpdu

    def block(self, turn: Turn, edc: Edc) -> bytes:  # noqa: ARG002 - the reader knows the code from the parameters
        answer = self._commands.xfr_block(turn.block, bwi=turn.waits)
        lost = lost_on_the_line(answer)
        if lost is None:
            self._commands.check(answer)
        return answer.data if lost is None else lost


class TpduLevel:
    """A session with a contact card, from its reset on; `features` is dwFeatures of the slot."""

    def __init__(self, commands: SlotCommands, features: int, carrier: Carrier) -> None:
        self._commands = commands
        self._features = features
        self._carrier = carrier
        self._t1: T1Terminal | None = None
        self._edc = Edc.LRC

    def begin(self, atr: bytes) -> None:
        self._t1 = None
        self._agree(Atr.parse(atr))

    def transmit(self, apdu: bytes) -> bytes:
        if self._t1 is not None:
            return self._converse(self._t1.transmit(apdu))
        return t0.transmit(apdu, self._carrier.tpdu)

    def secure(self, operation: PinOperation) -> bytes:
        if not self._carrier.enters_pins:
            raise ReaderRefused("a reader at character level enters no PIN: it does not know the protocol", 0)
        if self._t1 is None:
            return enter(self._commands, operation)
        # bTeoPrologue is the head of the block that the reader fills in and sends.
        conversation = self._t1.transmit(operation.apdu)
        block = next(conversation).block
        if len(operation.apdu) != block[2]:
            raise Misuse("the APDU template does not fit into one block of this card")
        try:
            response = enter(self._commands, replace(operation, teo=block[:PROLOGUE]))
        except ReaderRefused:
            raise  # nothing went to the card
        except DriverError:
            self._commands.powered = False
            raise
        if len(response) == 2:
            return response  # the reader's own: nothing went to the card
        try:
            turn = conversation.send(response)
        except StopIteration as done:
            return bytes(done.value)
        if turn.block[1] < 0x80:
            # The template without the PIN must not go to the card.
            raise ExchangeLost("the card could not read the PIN command: let the cardholder type again")
        return self._converse(conversation, turn)

    def _converse(self, conversation: Conversation, turn: Turn | None = None) -> bytes:
        try:
            turn = next(conversation) if turn is None else turn
            while True:
                turn = conversation.send(self._carrier.block(turn, self._edc))
        except StopIteration as done:
            return bytes(done.value)
        except ExchangeLost:
            raise
        except DriverError:
            self._commands.powered = False
            raise

    def _agree(self, atr: Atr) -> None:
        """Settle with reader and card what the ATR asks for and the reader does not do by itself."""
        if atr.protocol not in (T0Parameters.PROTOCOL, T1Parameters.PROTOCOL):
            raise CardUnsupported(f"the card speaks T={atr.protocol}; this driver speaks T=0 and T=1")
        limits, number = self._commands.reader.descriptor, self._commands.number
        fi_di = atr.fi_di_without_pps
        if not self._features & (Features.AUTO_PPS | Features.AUTO_NEGOTIATION):
            request = pps.wanted(atr, limits.default_clock, limits.max_data_rate)
            fi_di = fi_di if request is None else self._negotiate(request)
        self._commands.waiting = min(pps.waiting_time(atr, fi_di, limits.default_clock), LONGEST_WAIT)
        if not self._features & Features.AUTO_PARAMETERS:
            parameters = parameters_of(atr, fi_di)
            seq = self._commands.reader.next_seq()
            command = SetParameters(number, seq, parameters.PROTOCOL, parameters.build())
            self._commands.check(self._commands.ask(command, Parameters))
        if atr.protocol == T1Parameters.PROTOCOL:
            self._edc = Edc.CRC if atr.crc else Edc.LRC
            self._t1 = T1Terminal.of(atr)
            if not self._features & Features.AUTO_IFSD:
                self._converse(self._t1.announce(min(IFSD, limits.max_ifsd)))

    def _negotiate(self, request: pps.Pps) -> int:
        """Ask the card for its speed, twice at most, and return the FI and DI in force."""
        for _ in range(2):
            answer = self._carrier.pps(request.build())
            try:
                return pps.agreed(request, answer)
            except FrameError:
                continue
        raise CardMute(
            f"the card in slot {self._commands.number} does not take the speed that its ATR offers"
        )
