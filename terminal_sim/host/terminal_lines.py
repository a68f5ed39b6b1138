"""The acquirer's end of its terminals' lines: who sent a message, network management, and PIN blocks under the keys of a line."""

from __future__ import annotations

from msgspec import Struct, structs

from terminal_sim.core.message import HostRequest
from terminal_sim.host.answers import APPROVED
from terminal_sim.host.authentication import sealed
from terminal_sim.host.config import AcquirerConfig
from terminal_sim.host.dialect import Dialect, MessageError, NotAuthentic
from terminal_sim.host.management import ManagementFunction, ManagementReply, ManagementRequest
from terminal_sim.host.terminal_keys import KeysIssued, TerminalKeys, WorkingKeys

NOT_SUPPORTED = "40"  # requested function not supported (ISO 8583:1987 DE 39)


class Managed(Struct, frozen=True):
    """The answer to a message of network management, what the log says of it, and the keys that it gives: they are in the books before it leaves."""

    reply: bytes
    note: str
    issued: tuple[KeysIssued, ...]


class TerminalLines:
    """See the module. `keys` are those of the terminals."""

    def __init__(self, config: AcquirerConfig) -> None:
        self._config = config
        self.keys = TerminalKeys(config)

    def authenticating(self, message: bytes, terminal: str, dialect: Dialect) -> WorkingKeys | None:
        """The keys with which `terminal` has made the code of a message, None where messages have none. Raises `NotAuthentic`."""
        if dialect.mac is None:
            return None
        keys = self.keys.authenticating(message, terminal, dialect.mac)
        if keys is None:
            raise NotAuthentic(f"the message authentication code is not one of {terminal}")
        return keys

    def sealed(self, reply: bytes, keys: WorkingKeys | None, dialect: Dialect) -> bytes:
        """A reply with its code, made with the keys of the request."""
        return reply if keys is None or dialect.mac is None else sealed(reply, dialect.mac, keys.mac)

    def translated(self, request: HostRequest, keys: WorkingKeys | None) -> HostRequest:
        """The request with its PIN block under the key of the host file, which the issuer knows, where the terminal has another."""
        if keys is None or not keys.number or request.pin_block is None or request.key_serial:
            return request
        from terminal_sim.emv.keys import pinblock  # only an online PIN needs ciphers

        clear = pinblock.decipher(request.pin_block, keys.pin)
        return structs.replace(request, pin_block=pinblock.encipher(clear, self._config.pin_key))

    def managed(self, message: bytes, dialect: Dialect) -> Managed:
        """What is answered: everything is accepted, with new keys where they are asked for. Raises `MessageError`."""
        request = dialect.decode_management(message)
        if not isinstance(request, ManagementRequest):
            raise MessageError("an answer of network management answers nothing here")
        keys = self.authenticating(message, request.terminal, dialect)
        code, new = APPROVED, None
        if request.function is ManagementFunction.NEW_KEYS:
            # Without a code it could not be told which keys a terminal has.
            if keys is None or not self._config.test_keys.has("transport_key"):
                code = NOT_SUPPORTED
            else:
                new = self.keys.following(request.terminal, keys)
        reply = ManagementReply(
            function=request.function,
            terminal=request.terminal,
            stan=request.stan,
            response_code=code,
            key_blocks=() if new is None or dialect.mac is None else self.keys.blocks(new, dialect.mac),
        )
        return Managed(
            self.sealed(dialect.encode_management(reply), keys, dialect),
            f"{request.function.value} of {request.terminal}: {code}",
            () if new is None else (KeysIssued(request.terminal, new.number),),
        )
