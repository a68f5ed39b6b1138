"""A card in a reader, examined from its directory to a cryptogram that declines; nothing of it is kept."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from terminal_drivers.base import Card, ContactSlot, Misuse
from terminal_drivers.readers.both_ends import BothEnds
from terminal_drivers.wiring.opening import open_reader
from terminal_sim.emv.kernels.examination import CardFinding, examine
from terminal_sim.emv.talk.answers import ResponseApdu
from terminal_sim.emv.talk.asks import Command
from terminal_sim.emv.talk.config import KernelConfig
from terminal_sim.emv.talk.conversation import Conversation
from terminal_sim.emv.talk.request import Interface, Request
from terminal_sim.readers.diagnostics import IN_FIELD, asked_of_person, await_card, place_for_chip, put_card


def read_card(
    address: str,
    config: KernelConfig,
    request: Callable[[Interface], Request],
    card: Card | None,
    say: Callable[[str], None],
) -> CardFinding:
    """Examine the card in the slot or field of the reader at an address; `say` asks a person for it where there is none.

    `card` goes into a reader with both ends of ours. `request` makes the request for the interface of the reader. `Misuse`: no such
    reader, or it takes no chip card; `DriverError`: no card came, or it left.
    """
    opened = open_reader(address)
    try:
        if card is not None:
            put_card(opened, address, card)
        reader = opened.host if isinstance(opened, BothEnds) else opened
        places = reader.places()
        if not places:
            raise Misuse(f"{address} takes no chip card: name a reader with a slot or a field")
        place, slot = place_for_chip(places)
        await_card(slot, reader.wait, partial(say, asked_of_person(place, address)))
        slot.power_on()
        try:
            interface = Interface.CONTACTLESS if place == IN_FIELD else Interface.CONTACT
            return _answered(examine(config, request(interface)), slot)
        finally:
            slot.power_off()
    finally:
        opened.close()


def _answered(conversation: Conversation[CardFinding], slot: ContactSlot) -> CardFinding:
    """Answers each command by the card in the `slot`."""
    try:
        ask = next(conversation)
        while True:
            if not isinstance(ask, Command):
                raise TypeError(f"an examination asks the card alone, not for {type(ask).__name__}")
            ask = conversation.send(ResponseApdu(slot.transmit(ask.apdu)))
    except StopIteration as end:
        found: CardFinding = end.value
        return found
