"""The readers in a terminal as it has them: a CCID reader whose second slot is the field, and a serial stripe head beside it."""

from collections.abc import Callable, Mapping
from typing import NoReturn, Self

from terminal_drivers.base import (
    Card,
    ContactlessField,
    ContactSlot,
    Misuse,
    Presence,
    Stripe,
    StripeHead,
    Trace,
    Transport,
)
from terminal_drivers.captures.interceptor import NO_INTERCEPTOR, LineInterceptor
from terminal_drivers.readers.built_in.state import VirtualReaderState
from terminal_drivers.readers.ccid import capture as ccid_capture
from terminal_drivers.readers.ccid.both_ends import CcidControls, VirtualCcidReader, virtual_ccid
from terminal_drivers.readers.ccid.features import Level, level
from terminal_drivers.readers.ccid.gempc import BUILT_IN, GemPcVariant
from terminal_drivers.readers.ccid.reader import TIMEOUT, CcidReader
from terminal_drivers.readers.ccid.virtual import FIRMWARE
from terminal_drivers.readers.magstripe import capture as stripe_capture
from terminal_drivers.readers.magstripe.both_ends import (
    StripeControls,
    VirtualStripeReader,
    virtual_stripe_head,
)
from terminal_drivers.readers.magstripe.reader import SerialStripeHead
from terminal_drivers.transports.lines import LineKind

NO_FIELD = "this reader has no contactless field: choose a variant with a second slot at short APDU level"

CONTACT, CONTACTLESS = 0, 1
"""The slots of a terminal's built-in reader."""

TURN = 0.02  # s


class TerminalControls:
    """Cards in front of a terminal's built-in readers."""

    reports_late = False

    def __init__(self, ccid: CcidControls, stripe: StripeControls, slots: tuple[int, ...]) -> None:
        self._ccid = ccid
        self._stripe = stripe
        self._slots = slots

    def insert(self, card: Card) -> None:
        """Put a chip card into the slot; `Misuse` where one is in it."""
        self._ccid.insert(CONTACT, card)

    def tap(self, card: Card) -> None:
        """Hold a card into the field, where it stays until `leave` or `remove`."""
        if CONTACTLESS not in self._slots:
            raise Misuse(NO_FIELD)
        self._ccid.insert(CONTACTLESS, card)

    def leave(self) -> None:
        """Take the card away that is in the field; `Misuse` where there is none."""
        self._ccid.remove(CONTACTLESS)

    def remove(self) -> None:
        """Take away every card that is in the slot or in the field; `Misuse` where there is none."""
        held = [slot for slot in self._slots if self._ccid.holds(slot)]
        if not held:
            raise Misuse("no card is in the slot or in the field")
        for slot in held:
            self._ccid.remove(slot)

    def swipe(self, stripe: Stripe) -> None:
        """Draw a sound card through the head: track number to text with sentinels."""
        self._stripe.swipe(stripe)

    def swipe_bits(self, bits: Mapping[int, str]) -> None:
        """Draw a card through the head whose bits may be damaged or reversed."""
        self._stripe.swipe_bits(bits)


class BuiltInReader:
    """The readers in a terminal as it has them: a CCID reader whose second slot is the field, and a stripe head."""

    def __init__(self, ccid: CcidReader, stripe: SerialStripeHead) -> None:
        self._reader, self._head = ccid, stripe
        self.contact: ContactSlot = ccid.slots[CONTACT]
        self.stripe: StripeHead = stripe

    @property
    def contactless(self) -> ContactlessField:
        if len(self._reader.slots) == 1:
            raise Misuse(NO_FIELD)
        return self._reader.slots[CONTACTLESS]

    def poll(self, timeout: float = 0.0) -> list[Presence]:
        """Return what happened in front of the readers since the last call; where nothing did, wait `timeout`
        s.

        A swipe is only reported here: `stripe.poll` gives its tracks.
        """
        while True:
            # Two lines cannot be waited for at once, so the wait is cut into turns.
            turn = min(timeout, TURN)
            found = [*self._reader.poll(turn), *self._head.changes()]
            timeout -= TURN
            if found or timeout <= 0:
                return found

    def close(self) -> None:
        self._reader.close()
        self._head.close()


class VirtualReader(BuiltInReader):
    """The readers in a terminal with both ends: `device` is in front of them."""

    def __init__(self, ccid: VirtualCcidReader, stripe: VirtualStripeReader, variant: GemPcVariant) -> None:
        levels = [level(each) for each in variant.features]
        if levels not in ([Level.TPDU], [Level.TPDU, Level.SHORT_APDU]):
            raise Misuse(
                "a terminal's reader has a contact slot at TPDU level and maybe a field at short APDU level"
            )
        super().__init__(ccid.host, stripe.host)
        self._ccid, self._stripe = ccid, stripe
        self.device = TerminalControls(ccid.device, stripe.device, tuple(range(len(levels))))

    def wrap_line(self, around: Callable[[Transport], Transport]) -> None:
        """Put what `around` makes of the CCID reader's line between the line and its host."""
        self._ccid.framing.transport = around(self._ccid.framing.transport)

    def snapshot(self) -> VirtualReaderState:
        return VirtualReaderState(self._reader.seq, self._ccid.framed.begun)

    def restore(self, state: VirtualReaderState) -> None:
        """Know what was known at that moment; cards, and what is on the way, stay as they are."""

        def begin() -> None:
            self._ccid.framed.begun = state.begun

        self._reader.seq = state.seq
        self._ccid.line.act(begin)

    def restart(self) -> None:
        """Plug the CCID reader in anew: it has forgotten its host, and reports the cards that are in."""
        self._ccid.device.restart()

    def close(self) -> None:
        self._ccid.close()
        self._stripe.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def virtual_reader(
    transport: LineKind = "loopback",
    *,
    variant: GemPcVariant = BUILT_IN,
    firmware: str = FIRMWARE,
    timeout: float = TIMEOUT,
    trace: Trace | None = None,
    interceptor: LineInterceptor = NO_INTERCEPTOR,
) -> VirtualReader:
    """Build a terminal's readers with both ends: CCID by `variant`, and a serial stripe head."""
    ccid = virtual_ccid(
        transport, variant, firmware=firmware, timeout=timeout, trace=trace, interceptor=interceptor
    )
    return VirtualReader(ccid, virtual_stripe_head(transport, interceptor=interceptor), variant)


def recorded_reader(recording: LineInterceptor, trace: Trace | None = None) -> BuiltInReader:
    """A terminal's readers as `virtual_reader` recorded them."""
    end = recording.line(ccid_capture.NAME, ccid_capture.LINES, _no_line)
    ccid = CcidReader(end.link, end.features, descriptor=end.descriptor, trace=trace)
    return BuiltInReader(
        ccid, SerialStripeHead(recording.line(stripe_capture.NAME, stripe_capture.LINES, _no_line))
    )


def _no_line() -> NoReturn:
    raise Misuse("a recording opens no line")
