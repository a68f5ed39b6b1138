"""A reader of the system's PC/SC service as our reader, through pyscard.

1. The card is held exclusively while it is powered: no other program's APDUs come between ours.
2. Over T=0 the host runs GET RESPONSE and repeats on 6Cxx, as at TPDU level; over T=1 the service hands on whole
   APDUs.
3. The service reports insertions and removals; `poll` returns both where a card was changed between two calls.
4. The service itself waits as long as it likes for a card: no time-out of ours ends an exchange.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from terminal_drivers.base import (
    CardAbsent,
    CardMute,
    CardRemoved,
    CardUnsupported,
    Change,
    ContactSlot,
    DriverError,
    FrameError,
    Misuse,
    PartedReader,
    Presence,
    ReaderLost,
    ReaderRefused,
)
from terminal_drivers.iso7816 import t0
from terminal_drivers.readers.ccid.pin import PinModify, PinOperation
from terminal_drivers.readers.parted import SlotReader
from terminal_drivers.readers.pcsc.codec import (
    HISTORICAL,
    UID,
    Feature,
    PinProperties,
    build_pin,
    get_data,
    parse_features,
    parse_properties,
)
from terminal_drivers.transports.extras import missing

try:
    from smartcard import scard  # type: ignore[import-untyped,import-not-found,unused-ignore]  # pyscard has no types
except ImportError as error:
    raise missing("pyscard", "pcsc") from error

GET_FEATURE_REQUEST = scard.SCARD_CTL_CODE(3400)
START = "start it: systemctl start pcscd, or pcscd"
NO_FIELD = "this reader has no contactless field: one of the PC/SC service is a reader of its own"
OK = bytes.fromhex("9000")
LONGEST_WAIT = 1_000_000  # ms
COUNTER_SHIFT = 16
"""The upper half of a state counts insertions and removals."""


def _codes(*names: str) -> frozenset[int]:
    return frozenset(getattr(scard, name) & 0xFFFF_FFFF for name in names)


REMOVED = _codes("SCARD_W_REMOVED_CARD", "SCARD_W_RESET_CARD")
ABSENT = _codes("SCARD_E_NO_SMARTCARD")
MUTE = _codes("SCARD_W_UNRESPONSIVE_CARD", "SCARD_W_UNPOWERED_CARD")
UNSUPPORTED = _codes("SCARD_E_PROTO_MISMATCH", "SCARD_W_UNSUPPORTED_CARD")
FAILED = _codes("SCARD_E_NOT_TRANSACTED", "SCARD_F_COMM_ERROR")
LOST = _codes(
    "SCARD_E_NO_SERVICE",
    "SCARD_E_SERVICE_STOPPED",
    "SCARD_E_READER_UNAVAILABLE",
    "SCARD_E_UNKNOWN_READER",
    "SCARD_E_NO_READERS_AVAILABLE",
    "SCARD_E_INVALID_HANDLE",
)
BUSY = _codes("SCARD_E_SHARING_VIOLATION")
NO_FEATURES = _codes("SCARD_E_UNSUPPORTED_FEATURE")
NOTHING_NEW = _codes("SCARD_E_TIMEOUT")


def readers() -> list[str]:
    """The names of the readers that the service knows; `ReaderLost` where there is no service."""
    context = _context()
    try:
        result, names = scard.SCardListReaders(context, [])
        code = result & 0xFFFF_FFFF
        if code in _codes("SCARD_E_NO_READERS_AVAILABLE"):
            return []
        _check(code, "list its readers")
        return list(names)
    finally:
        scard.SCardReleaseContext(context)


class PcscReader:
    """A reader by its name, or by a part of it that only one has; it is the slot, too. One thread at a time."""

    def __init__(self, name: str) -> None:
        self.name = _only(name, readers())
        self._context: Any = _context()
        self._card: Any = None
        self._protocol = scard.SCARD_PROTOCOL_UNDEFINED
        try:
            self._state = self._look(0, scard.SCARD_STATE_UNAWARE) or scard.SCARD_STATE_UNAWARE
        except DriverError:
            self.close()
            raise

    def present(self) -> bool:
        state = self._look(0, scard.SCARD_STATE_UNAWARE)
        return bool((state or 0) & scard.SCARD_STATE_PRESENT)

    def poll(self, timeout: float = 0.0) -> list[Presence]:
        """Return what changed since the last call; where nothing did, wait `timeout` s for it."""
        end = time.monotonic() + timeout
        while True:
            left = max(0.0, end - time.monotonic())
            # The service compares with the state that it is given and sets the CHANGED bit where they differ.
            state = self._look(left, self._state & ~scard.SCARD_STATE_CHANGED)
            changes = [] if state is None else self._compare(state)
            # Other programs that use the reader change its state too.
            if changes or not left:
                return changes

    def _compare(self, state: int) -> list[Presence]:
        """Take note of a state and return what has changed."""
        was, now = (bool(each & scard.SCARD_STATE_PRESENT) for each in (self._state, state))
        counted = self._state >> COUNTER_SHIFT != state >> COUNTER_SHIFT
        self._state = state
        changes = []
        if was and (counted or not now):
            changes.append(Presence(Change.REMOVED, 0))
        if now and (counted or not was):
            changes.append(Presence(Change.INSERTED, 0))
        return changes

    def power_on(self) -> bytes:
        protocols = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
        context = self._open()
        self.power_off()
        what = "power the card"
        result, card, protocol = scard.SCardConnect(
            context, self.name, scard.SCARD_SHARE_EXCLUSIVE, protocols
        )
        self._check(result, what)
        self._card, self._protocol = card, protocol
        result, _, _, _, atr = scard.SCardStatus(card)
        self._check(result, what)
        return bytes(atr)

    def power_off(self) -> None:
        self._open()
        if self._card is not None:
            card, self._card = self._card, None
            scard.SCardDisconnect(card, scard.SCARD_UNPOWER_CARD)

    def transmit(self, apdu: bytes) -> bytes:
        if len(apdu) < 4:
            raise Misuse(f"a C-APDU has at least 4 bytes, this one {len(apdu)}")
        if self._protocol != scard.SCARD_PROTOCOL_T0:
            return self._exchange(apdu)
        return t0.transmit(apdu, self._exchange)

    def uid(self) -> bytes | None:
        """The UID of the powered contactless card; None for a contact card."""
        return self._ask_reader(UID)

    def historical(self) -> bytes | None:
        """The historical bytes of the powered contactless card; None where the reader does not give them."""
        return self._ask_reader(HISTORICAL)

    def features(self) -> dict[int, int]:
        """The control code of each `Feature` that the reader has; a card is powered."""
        try:
            return parse_features(self.control(GET_FEATURE_REQUEST))
        except ReaderRefused as refused:
            if refused.code in NO_FEATURES:
                return {}
            raise

    def pin_properties(self) -> PinProperties:
        """What the reader's keypad and display can do; `Misuse` where it has none."""
        return PinProperties.parse(self.control(self._feature(Feature.IFD_PIN_PROPERTIES)))

    def properties(self) -> dict[int, bytes]:
        """The reader's properties by `Property`; `Misuse` where it has none."""
        return parse_properties(self.control(self._feature(Feature.GET_TLV_PROPERTIES)))

    def secure(self, operation: PinOperation) -> bytes:
        """Let the cardholder type at the reader's PIN pad (`pin.PinPad`)."""
        direct = Feature.MODIFY_PIN_DIRECT if isinstance(operation, PinModify) else Feature.VERIFY_PIN_DIRECT
        response = self.control(self._feature(direct), build_pin(operation))
        if len(response) < 2:
            raise FrameError("the card's response has no SW1 SW2")
        return response

    def control(self, code: int, data: bytes = b"") -> bytes:
        """Exchange a command with the reader's driver; a card is powered."""
        result, response = scard.SCardControl(self._powered(), code, list(data))
        self._check(result, f"run control {code:08X}")
        return bytes(response)

    def parted(self) -> PartedReader:
        return SlotReader(self, (self,), NO_FIELD)

    def about(self) -> Iterator[tuple[str, str]]:
        yield "reader", self.name

    def places(self) -> Mapping[str, ContactSlot]:
        return {"slot 0": self}

    def wait(self, timeout: float) -> None:
        self._look(timeout, self._state & ~scard.SCARD_STATE_CHANGED)

    def close(self) -> None:
        if self._context is not None:
            self.power_off()
            context, self._context = self._context, None
            scard.SCardReleaseContext(context)

    def _ask_reader(self, what: int) -> bytes | None:
        response = self._exchange(get_data(what))
        return response[:-2] if response[-2:] == OK else None

    def _exchange(self, apdu: bytes) -> bytes:
        header = {
            scard.SCARD_PROTOCOL_T0: scard.SCARD_PCI_T0,
            scard.SCARD_PROTOCOL_T1: scard.SCARD_PCI_T1,
        }
        card = self._powered()
        if self._protocol not in header:
            raise CardUnsupported("the service has agreed with the card on neither T=0 nor T=1")
        result, response = scard.SCardTransmit(card, header[self._protocol], list(apdu))
        self._check(result, "carry the APDU")
        if len(response) < 2:
            raise FrameError("the card's response has no SW1 SW2")
        return bytes(response)

    def _feature(self, feature: Feature) -> int:
        found = self.features()
        if feature not in found:
            raise Misuse(f"the reader {self.name} has no {feature.name.lower().replace('_', ' ')}")
        return found[feature]

    def _look(self, timeout: float, known: int) -> int | None:
        """The state of the reader, at once where it is not the known one; None where it stays that."""
        wait = min(round(timeout * 1000), LONGEST_WAIT)
        result, states = scard.SCardGetStatusChange(self._open(), wait, [(self.name, known)])
        if result & 0xFFFF_FFFF in NOTHING_NEW:
            return None
        _check(result, "tell whether a card is there")
        state = int(states[0][1])
        if state & (scard.SCARD_STATE_UNKNOWN | scard.SCARD_STATE_UNAVAILABLE):
            self._card = None
            raise ReaderLost(f"the reader {self.name} is gone: plug it in")
        return state

    def _check(self, result: int, what: str) -> None:
        """Raise what went wrong with the card, which is then without power."""
        code = result & 0xFFFF_FFFF
        if not code:
            return
        powered = self._card is not None
        gone = code in ABSENT or (code in FAILED and not self.present())
        if code in REMOVED | ABSENT | MUTE | FAILED | LOST:
            self.power_off()
        if powered and (gone or code in REMOVED):
            raise CardRemoved(f"the card was taken out of {self.name}")
        if gone:
            raise CardAbsent(f"the reader {self.name} is empty")
        if code in FAILED:
            raise CardMute(f"the card in {self.name} does not answer")
        _check(code, what)

    def _open(self) -> Any:
        if self._context is None:
            raise Misuse("this reader is closed: open it again")
        return self._context

    def _powered(self) -> Any:
        self._open()
        if self._card is None:
            raise Misuse("the card has no power: call power_on first")
        return self._card


def _context() -> Any:
    result, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
    _check(result, "answer")
    return context


def _only(name: str, known: list[str]) -> str:
    """The reader with that name, or the only one whose name contains it."""
    found = [name] if name in known else [each for each in known if name in each]
    if len(found) == 1:
        return found[0]
    there = ", ".join(map(repr, known)) or "none"
    if found:
        raise Misuse(f"{name!r} is a part of several readers' names; there are {there}")
    raise ReaderLost(f"the PC/SC service knows no reader {name!r}; there are {there}")


def _check(result: int, what: str) -> None:
    code = result & 0xFFFF_FFFF
    if not code:
        return
    kinds: list[tuple[frozenset[int], Callable[[str], DriverError], str]] = [
        (LOST, ReaderLost, START),
        (ABSENT, CardAbsent, "put a card in"),
        (REMOVED, CardRemoved, "put it in again"),
        (MUTE, CardMute, "is it the right way round?"),
        (UNSUPPORTED, CardUnsupported, "it speaks neither T=0 nor T=1"),
    ]
    text = f"the PC/SC service cannot {what}: {scard.SCardGetErrorMessage(result).rstrip('.')}"
    for codes, error, cure in kinds:
        if code in codes:
            raise error(f"{text}: {cure}")
    if code in BUSY:
        text = f"{text}: another program uses the card, end it or wait"
    raise ReaderRefused(text, code)
