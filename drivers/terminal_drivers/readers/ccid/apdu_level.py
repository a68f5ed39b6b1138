"""The host end at APDU level: the reader runs the protocol, whole APDUs come and go.

1. At short APDU level one XfrBlock carries one C-APDU.
2. Extended APDUs go in parts where they are longer than a message, and so do their responses (6.1.4, 6.2.1).
"""

from terminal_drivers.base import FrameError, Misuse
from terminal_drivers.iso7816.t1 import LONGEST_RESPONSE
from terminal_drivers.readers.ccid.codec import HEADER
from terminal_drivers.readers.ccid.commands import SlotCommands
from terminal_drivers.readers.ccid.features import Chain
from terminal_drivers.readers.ccid.pin import PinOperation
from terminal_drivers.readers.ccid.pin_entry import enter

CHAINS: dict[int, Chain] = {chain: chain for chain in Chain}


class ShortApduLevel:
    """An exchange of short APDUs."""

    def __init__(self, commands: SlotCommands) -> None:
        self._commands = commands

    def begin(self, atr: bytes) -> None:
        """Nothing is left to settle: the reader has done it (`Exchange`)."""

    def transmit(self, apdu: bytes) -> bytes:
        if len(apdu) > 5 and not apdu[4]:
            raise Misuse("this reader takes short C-APDUs only")
        chain, response = self._part(Chain.WHOLE, apdu)
        if chain is not Chain.WHOLE:
            raise FrameError("the reader sends a response in parts, which belongs to extended APDUs")
        return response

    def secure(self, operation: PinOperation) -> bytes:
        return enter(self._commands, operation)

    def _part(self, part: Chain, data: bytes) -> tuple[Chain, bytes]:
        answer = self._commands.xfr_block(data, part)
        self._commands.check(answer)
        chain = CHAINS.get(answer.chain)
        if chain is None:
            raise FrameError(f"bChainParameter {answer.chain:02X} is none")
        return chain, answer.data


class ExtendedApduLevel(ShortApduLevel):
    """An exchange of APDUs of any length."""

    def transmit(self, apdu: bytes) -> bytes:
        most = self._commands.reader.descriptor.max_message - HEADER
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
