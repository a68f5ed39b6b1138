"""Initiate application processing: GET PROCESSING OPTIONS, answered with AIP and AFL (EMV Book 3, 6.5.8 and 10.1)."""

from __future__ import annotations

from terminal_sim.emv.data import dol, tags, tlv
from terminal_sim.emv.data.apdu import CardResponse
from terminal_sim.emv.steps import commands
from terminal_sim.emv.steps.card_objects import DataOrigin, Source
from terminal_sim.emv.steps.exchange import CardError, exchange
from terminal_sim.emv.steps.state import Transaction
from terminal_sim.emv.talk.conversation import Conversation


def get_processing_options(transaction: Transaction) -> Conversation[CardResponse]:
    """Sends the data that the PDOL asks for; the answer is not yet read, since its status decides what happens next."""
    wanted = transaction.directory.get(tags.PDOL, b"")
    transaction.sent = dol.build(wanted, transaction.value)
    response = yield from exchange(commands.get_processing_options(transaction.sent, wanted))
    return response


def take_processing_options(transaction: Transaction, data: bytes) -> None:
    """Keeps AIP and AFL of format 1 (80: AIP, AFL) or everything of format 2 (77: data objects)."""
    origin = DataOrigin(Source.OPTIONS)
    objects = tlv.split(data)
    if len(objects) != 1:
        raise CardError("GET PROCESSING OPTIONS is answered by other than one data object")
    tag, value = objects[0]
    if tag == tags.RESPONSE_FORMAT_1:
        if len(value) < 6:
            raise CardError("GET PROCESSING OPTIONS, format 1, is too short for AIP and AFL")
        transaction.card.take([(tags.AIP, value[:2]), (tags.AFL, value[2:])], origin)
    elif tag == tags.RESPONSE_FORMAT_2:
        transaction.card.take(tlv.primitives(value), origin)
    else:
        raise CardError(f"GET PROCESSING OPTIONS is answered by {tag:X}")
    if tags.AIP not in transaction.card:
        raise CardError("GET PROCESSING OPTIONS gives no AIP")
