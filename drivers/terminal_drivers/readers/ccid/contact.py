"""The host end of one slot: a card is powered, settled with, and commands reach it.

1. At TPDU level this end does what dwFeatures do not name: PPS for the card's own speed where the reader keeps
   up with it, parameters, the information field size, T=0 and T=1.
2. A T=1 block that the reader reports as damaged, or as silence of a card that is still there, is answered as
   ISO/IEC 7816-3 says; numbers of blocks keep a command from running twice. Where the protocol gives up, the
   card is without power for this end: `power_on` comes next.
3. Extended APDUs go in parts where the reader takes them and they are longer than a message.
"""

from dataclasses import replace
from typing import Protocol, TypeVar

from terminal_drivers.base import (
    CardAbsent,
    CardMute,
    CardRemoved,
    CardUnsupported,
    FrameError,
    Misuse,
    ReaderRefused,
)
from terminal_drivers.iso7816 import pps, t0
from terminal_drivers.iso7816.atr import INVERSE, Atr
from terminal_drivers.iso7816.t1 import LONGEST_RESPONSE, Conversation, ExchangeLost, T1Terminal, Turn
from terminal_drivers.readers.ccid.codec import HEADER
from terminal_drivers.readers.ccid.descriptor import ClassDescriptor
from terminal_drivers.readers.ccid.features import Chain, Features, Level, level
from terminal_drivers.readers.ccid.messages import (
    Abort,
    Answer,
    Command,
    CommandStatus,
    DataBlock,
    DataRateAndClockFrequency,
    EscapeResponse,
    GetParameters,
    GetSlotStatus,
    IccClock,
    IccPowerOff,
    IccPowerOn,
    IccStatus,
    Mechanical,
    Parameters,
    ResetParameters,
    Secure,
    SetDataRateAndClockFrequency,
    SetParameters,
    SlotError,
    SlotStatus,
    T0Parameters,
    T1Parameters,
    XfrBlock,
    error_name,
)
from terminal_drivers.readers.ccid.pin import PinOperation

POWER_AUTOMATIC, POWER_5V = 0, 1
INVERSE_CONVENTION = 0x02  # bmTCCKST0, bit 1
DAMAGED = frozenset(
    (SlotError.BAD_ATR_TS, SlotError.BAD_ATR_TCK, SlotError.XFR_PARITY_ERROR, SlotError.XFR_OVERRUN)
)

LINE_DAMAGED = frozenset((SlotError.XFR_PARITY_ERROR, SlotError.XFR_OVERRUN))
DAMAGED_BLOCK = b"\xff"
"""What T=1 is told where the reader has seen a block and could not read it."""
IFSD = 254
CHAINS: dict[int, Chain] = {chain: chain for chain in Chain}
PIN_PATIENCE = 90.0  # s; a person types
SW_PIN = {SlotError.PIN_TIMEOUT: b"\x64\x00", SlotError.PIN_CANCELLED: b"\x64\x01"}
CHECKSUM_CRC, INVERSE_T1, T1_FIXED = 0x01, 0x02, 0x10  # bmTCCKST1

A = TypeVar("A", DataBlock, SlotStatus, Parameters, EscapeResponse, DataRateAndClockFrequency)


class Exchanger(Protocol):
    """What a slot needs of its reader."""

    descriptor: ClassDescriptor

    def next_seq(self) -> int:
        """The bSeq of the next command."""
        ...

    def announce(self, abort: Abort) -> None:
        """Tell the reader of an abort to come, where its line has a control pipe."""
        ...

    def exchange(self, command: Command, expected: type[A], patience: float | None = None) -> A:
        """Send a command and return its answer, which may say that it failed."""
        ...


class CcidSlot:
    """A contact slot or a contactless field of a reader, whichever its level."""

    def __init__(self, reader: Exchanger, number: int, dw_features: int) -> None:
        self._reader = reader
        self._number = number
        self._features = dw_features
        self.level = level(dw_features)
        self._powered = False
        self._t1: T1Terminal | None = None
        if self.level is Level.CHARACTER:
            raise Misuse(
                "a reader at character level is not supported: its dwFeatures name no TPDU or APDU level"
            )

    def present(self) -> bool:
        answer = self._ask(GetSlotStatus(self._number, self._reader.next_seq()), SlotStatus)
        if answer.status & 3 == IccStatus.ABSENT:
            self._powered = False
            return False
        self._check(answer)
        return True

    def power_on(self) -> bytes:
        self._powered, self._t1 = False, None
        select = POWER_5V if self.level is Level.TPDU else POWER_AUTOMATIC
        answer = self._ask(IccPowerOn(self._number, self._reader.next_seq(), select), DataBlock)
        self._check(answer)
        if self.level is Level.TPDU:
            self._agree(Atr.parse(answer.data))
        self._powered = True
        return answer.data

    def power_off(self) -> None:
        self._powered = False
        answer = self._ask(IccPowerOff(self._number, self._reader.next_seq()), SlotStatus)
        if answer.status & 3 != IccStatus.ABSENT:
            self._check(answer)

    def transmit(self, apdu: bytes) -> bytes:
        if not self._powered:
            raise Misuse("the card has no power: call power_on first")
        if len(apdu) < 4:
            raise Misuse(f"a C-APDU has at least 4 bytes, this one {len(apdu)}")
        if self.level is Level.EXTENDED_APDU:
            response = self._parts(apdu)
        elif self.level is Level.SHORT_APDU:
            if len(apdu) > 5 and not apdu[4]:
                raise Misuse("this reader takes short C-APDUs only")
            response = self._transfer(apdu)
        elif self._t1 is not None:
            response = self._converse(self._t1.transmit(apdu))
        else:
            response = self._t0(apdu)
        if len(response) < 2:
            raise FrameError("the card's response has no SW1 SW2")
        return response

    def secure(self, operation: PinOperation) -> bytes:
        """Let the cardholder type at the reader's PIN pad (`pin.PinPad`)."""
        if not self._powered:
            raise Misuse("the card has no power: call power_on first")
        if self._t1 is None:
            return self._enter(operation.build())
        # At TPDU level bTeoPrologue is the head of the block that the reader fills in and sends.
        conversation = self._t1.transmit(operation.apdu)
        block = next(conversation).block
        if len(operation.apdu) != block[2]:
            raise Misuse("the APDU template does not fit into one block of this card")
        response = self._enter(replace(operation, teo=block[:3]).build())
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

    def abort(self) -> None:
        """Give up what runs in the slot (5.3.1)."""
        command = Abort(self._number, self._reader.next_seq())
        self._reader.announce(command)
        self._check(self._ask(command, SlotStatus))

    def clock(self, *, stop: bool) -> None:
        """Stop or restart the card's clock."""
        self._check(self._ask(IccClock(self._number, self._reader.next_seq(), stop), SlotStatus))

    def mechanical(self, function: int) -> None:
        """Move the card: 1 accept, 2 eject, 3 capture, 4 lock, 5 unlock."""
        self._check(self._ask(Mechanical(self._number, self._reader.next_seq(), function), SlotStatus))

    def rate(self, clock: int, rate: int) -> tuple[int, int]:
        """Ask for a clock (kHz) and a data rate (bit/s); return those in force."""
        command = SetDataRateAndClockFrequency(self._number, self._reader.next_seq(), clock, rate)
        answer = self._ask(command, DataRateAndClockFrequency)
        self._check(answer)
        return answer.clock, answer.rate

    def parameters(self, *, reset: bool = False) -> T0Parameters | T1Parameters:
        """Ask for the parameters in force; `reset` sets the reader's defaults first."""
        kind = ResetParameters if reset else GetParameters
        answer = self._ask(kind(self._number, self._reader.next_seq()), Parameters)
        self._check(answer)
        known = T1Parameters if answer.protocol == T1Parameters.PROTOCOL else T0Parameters
        return known.parse(answer.data)

    def _ask(self, command: Command, expected: type[A], patience: float | None = None) -> A:
        return self._reader.exchange(command, expected, patience)

    def _t0(self, apdu: bytes) -> bytes:
        tpdus = t0.terminal(apdu)
        tpdu = next(tpdus)
        while True:
            answer = self._transfer(tpdu)
            try:
                tpdu = tpdus.send(answer)
            except StopIteration as done:
                return bytes(done.value)

    def _converse(self, conversation: Conversation, turn: Turn | None = None) -> bytes:
        try:
            turn = next(conversation) if turn is None else turn
            while True:
                turn = conversation.send(self._block(turn))
        except StopIteration as done:
            return bytes(done.value)
        except CardMute:
            self._powered = False
            raise

    def _block(self, turn: Turn) -> bytes:
        """Send a T=1 block; what the reader could not read and what did not come is T=1's to answer."""
        sequence = self._reader.next_seq()
        command = XfrBlock(self._number, sequence, turn.waits, 0, turn.block)
        answer = self._ask(command, DataBlock)
        if answer.status == CommandStatus.FAILED << 6 | IccStatus.ACTIVE:
            if answer.error in LINE_DAMAGED:
                return DAMAGED_BLOCK
            if answer.error == SlotError.ICC_MUTE:
                return b""
        self._check(answer)
        return answer.data

    def _transfer(self, data: bytes) -> bytes:
        chain, answer = self._part(Chain.WHOLE, data)
        if chain is not Chain.WHOLE:
            raise FrameError("the reader sends a response in parts, which belongs to extended APDUs")
        return answer

    def _part(self, part: Chain, data: bytes) -> tuple[Chain, bytes]:
        command = XfrBlock(self._number, self._reader.next_seq(), 0, part, data)
        answer = self._ask(command, DataBlock)
        self._check(answer)
        chain = CHAINS.get(answer.chain)
        if chain is None:
            raise FrameError(f"bChainParameter {answer.chain:02X} is none")
        return chain, answer.data

    def _parts(self, apdu: bytes) -> bytes:
        """Exchange an APDU of any length at extended APDU level."""
        most = self._reader.descriptor.max_message - HEADER
        part = Chain.WHOLE if len(apdu) <= most else Chain.BEGINS
        chain, response = self._part(part, apdu[:most])
        for at in range(most, len(apdu), most):
            if chain is not Chain.GO_ON or response:
                raise FrameError("the reader answers before it has the whole command")
            part = Chain.ENDS if at + most >= len(apdu) else Chain.CONTINUES
            chain, response = self._part(part, apdu[at : at + most])
        if chain is Chain.WHOLE:
            return response
        if chain is not Chain.BEGINS:
            raise FrameError(f"a response does not begin with a part that says {chain.name}")
        while chain is not Chain.ENDS:
            chain, more = self._part(Chain.GO_ON, b"")
            response += more
            if chain not in (Chain.CONTINUES, Chain.ENDS) or not more or len(response) > LONGEST_RESPONSE:
                raise FrameError("the reader sends a response in parts that are empty or without end")
        return response

    def _agree(self, atr: Atr) -> None:
        """Settle with reader and card what the ATR asks for and the reader does not do by itself."""
        if atr.protocol not in (T0Parameters.PROTOCOL, T1Parameters.PROTOCOL):
            raise CardUnsupported(f"the card speaks T={atr.protocol}; this driver speaks T=0 and T=1")
        fi_di = atr.fi_di_without_pps
        if not self._features & (Features.AUTO_PPS | Features.AUTO_NEGOTIATION):
            limits = self._reader.descriptor
            request = pps.wanted(atr, limits.default_clock, limits.max_data_rate)
            fi_di = fi_di if request is None else self._negotiate(request)
        if not self._features & Features.AUTO_PARAMETERS:
            parameters = _parameters(atr, fi_di)
            command = SetParameters(
                self._number, self._reader.next_seq(), parameters.PROTOCOL, parameters.build()
            )
            self._check(self._ask(command, Parameters))
        if atr.protocol == T1Parameters.PROTOCOL:
            self._t1 = T1Terminal.of(atr)
            if not self._features & Features.AUTO_IFSD:
                self._converse(self._t1.announce(min(IFSD, self._reader.descriptor.max_ifsd)))

    def _negotiate(self, request: pps.Pps) -> int:
        """Ask the card for its speed, twice at most, and return the FI and DI in force."""
        for _ in range(2):
            answer = self._transfer(request.build())
            try:
                return pps.agreed(request, answer)
            except FrameError:
                continue
        raise CardMute(f"the card in slot {self._number} does not take the speed that its ATR offers")

    def _enter(self, data: bytes) -> bytes:
        """Run a PIN operation; a time-out and a cancel of the person are status words."""
        patience = max(PIN_PATIENCE, data[1] + 10.0)
        command = Secure(self._number, self._reader.next_seq(), 0, 0, data)
        answer = self._ask(command, DataBlock, patience)
        if answer.status >> 6 == CommandStatus.FAILED and answer.error in SW_PIN:
            return SW_PIN[SlotError(answer.error)]
        self._check(answer)
        if len(answer.data) < 2:
            raise FrameError("the card's response has no SW1 SW2")
        return answer.data

    def _check(self, answer: Answer) -> None:
        """Raise what a failed answer means."""
        if answer.status >> 6 != CommandStatus.FAILED:
            return
        icc, in_use = answer.status & 3, self._powered
        self._powered = in_use and icc == IccStatus.ACTIVE
        if in_use and not self._powered:
            raise CardRemoved(f"the card was taken out of slot {self._number}")
        if icc == IccStatus.ABSENT:
            raise CardAbsent(f"slot {self._number} is empty")
        if answer.error == SlotError.ICC_MUTE:
            raise CardMute(f"the card in slot {self._number} does not answer")
        text = f"{error_name(answer.error)} in slot {self._number}"
        if answer.error in DAMAGED:
            raise FrameError(f"the card's answer was damaged: {text}")
        raise ReaderRefused(f"the reader failed the command: {text}", answer.error)


def _parameters(atr: Atr, fi_di: int) -> T0Parameters | T1Parameters:
    """What an ATR says of the line (6.1.7)."""
    inverse = atr.convention == INVERSE
    if atr.protocol == T1Parameters.PROTOCOL:
        checksum = T1_FIXED | (CHECKSUM_CRC if atr.crc else 0) | (INVERSE_T1 if inverse else 0)
        return T1Parameters(fi_di, checksum, atr.guard_time, atr.bwi_cwi, ifsc=atr.ifsc)
    convention = INVERSE_CONVENTION if inverse else 0
    return T0Parameters(fi_di, convention, atr.guard_time, atr.waiting_integer)
