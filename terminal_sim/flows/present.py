"""The screen that asks for a card: the ways that it names, and what it says of the last card or way that was not taken."""

from __future__ import annotations

from msgspec import Struct

from terminal_sim.core import effects as fx
from terminal_sim.core.flow import Firmware
from terminal_sim.core.message import EntryMode
from terminal_sim.core.screen import Screen, TextLine, Tone
from terminal_sim.core.text import Text, say
from terminal_sim.flows import fields
from terminal_sim.flows.card_payment import CardPaymentFlow

# What each prompt asks for, and so what the reader is opened for.
_WANTED = {
    "present-card": (EntryMode.CHIP, EntryMode.CONTACTLESS, EntryMode.STRIPE),
    "insert-instead": (EntryMode.CHIP,),
    "swipe-instead": (EntryMode.STRIPE,),
    "clearpay-tap": (EntryMode.CONTACTLESS,),
}
# What `present-card` reads, by the ways that it names.
_PRESENT = {
    (EntryMode.CHIP, EntryMode.CONTACTLESS, EntryMode.STRIPE): "present-card",
    (EntryMode.CHIP, EntryMode.CONTACTLESS): "present-card-tap-insert",
    (EntryMode.CHIP, EntryMode.STRIPE): "present-card-swipe-insert",
    (EntryMode.CONTACTLESS, EntryMode.STRIPE): "present-card-tap-swipe",
    (EntryMode.CHIP,): "present-card-insert",
    (EntryMode.CONTACTLESS,): "present-card-tap",
    (EntryMode.STRIPE,): "present-card-swipe",
}


class RefusedWay(Struct, frozen=True):
    """A way to pay that was not taken: an entry mode, or the id of a choice. `brand` is that of the card, where it is known.

    Why it is not taken is asked anew for each screen, so that a reason which is gone is not told.
    """

    way: EntryMode | str
    brand: str = ""


class PresentFlow(CardPaymentFlow):
    """`prompt` is the wording of the screen that asks for a card, `remark` what was wrong with the last one, or the way that was not taken."""

    __slots__ = ("prompt", "remark")

    def __init__(self, terminal: Firmware) -> None:
        super().__init__(terminal)
        self.prompt = "present-card"
        self.remark: Text | RefusedWay | None = None

    @property
    def taken(self) -> tuple[EntryMode, ...]:
        """The ways in which the terminal reads cards."""
        return self.terminal.profile.entries.read

    def refuse(self, way: EntryMode | str, brand: str = "") -> None:
        """Say why a payment by `way` is not taken, as long as it is not."""
        self.remark = RefusedWay(way, brand)
        self.terminal.order(fx.Beep("bad"))

    def present(self) -> Screen:
        asked, remark = self._asked_for(), self._remark_that_holds
        said = (TextLine(remark, remark.id, Tone.BAD),) if remark is not None and remark != asked.text else ()
        environment = self.terminal.environment
        card = (
            (TextLine(say("remove-card"), "remove-card"),)
            if environment.card_spent or (self.prompt == "swipe-instead" and environment.card_in)
            else ()
        )
        return Screen(
            self.prompt,
            (*self.sum(), asked, *said, *card, fields.CANCEL),
        )

    def _asked_for(self) -> TextLine:
        """The prompt; one that asks for any card names the ways that are taken now, or says why there is none."""
        wording = self.prompt
        if self.prompt == "present-card":
            refused = [self.refusal_of_way(entry) for entry in self.readable]
            taken = tuple(entry for entry, why in zip(self.readable, refused, strict=True) if why is None)
            why_not = next((why for why in refused if why is not None), None)
            if not taken and why_not is not None:
                return TextLine(why_not, why_not.id, Tone.BAD)
            wording = _PRESENT.get(taken, wording)
        return TextLine(say(wording), self.prompt, Tone.BIG)

    @property
    def _remark_that_holds(self) -> Text | None:
        if isinstance(self.remark, RefusedWay):
            return self.refusal_of_way(self.remark.way, self.remark.brand)
        return self.remark

    @property
    def readable(self) -> tuple[EntryMode, ...]:
        """The ways that the prompt asks for and the payment takes."""
        return tuple([entry for entry in _WANTED[self.prompt] if entry in self.taken])
