"""How a card certifies a transaction, by whichever face it is asked: the request read, the cryptogram made, the signature along with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from terminal_sim.cards.profile.faces import OdaFault
from terminal_sim.cards.system import signing
from terminal_sim.cards.system.command import CardCommand, Refusal
from terminal_sim.cards.system.memory import Memory
from terminal_sim.cards.system.results import CardFacts, verification_results
from terminal_sim.emv.data import tags, tlv
from terminal_sim.emv.data.apdu import Cryptogram, StatusWord
from terminal_sim.emv.keys import issuer_data
from terminal_sim.emv.keys.cryptogram_versions import CryptogramVersion

_KEY_INDEX: Final = 0x01
_COMBINED: Final = 0x10
_KIND: Final = 0xC0


def requested(command: CardCommand, *, signs: bool) -> tuple[Cryptogram, bool]:
    """What GENERATE AC asks for, and whether with a combined signature, which only a card that `signs` has (Book 3, 6.5.5).

    Raises `Refusal` for parameters that ask for nothing of it.
    """
    combined = signs and command.p1 & ~_KIND == _COMBINED
    if (command.p1 & ~_KIND and not combined) or command.p1 & _KIND == _KIND or command.p2:
        raise Refusal(StatusWord.WRONG_PARAMETERS)
    return Cryptogram(command.p1 & _KIND), combined


def signs(combined: bool, asked: Cryptogram, kind: Cryptogram) -> bool:
    """Whether the answer `kind` to what was `asked` carries a combined signature.

    A TC and an ARQC do where the terminal wants one, an AAC instead of them does not (Book 2, 6.6.1). The books have no terminal that
    asks for an AAC with a signature; one that does gets it, beside the cryptogram in clear.
    """
    return combined and (kind is not Cryptogram.AAC or asked is Cryptogram.AAC)


def certified(
    version: CryptogramVersion, memory: Memory, aip: bytes, facts: CardFacts, values: Mapping[int, bytes]
) -> tuple[bytes, bytes]:
    """The cryptogram over the terminal's `values` and the card's own, and 9F10 with the card's `facts`."""
    data = issuer_data.build(
        version.layout, _KEY_INDEX, version.number, verification_results(version.layout, facts)
    )
    whole = {**values, tags.AIP: aip, tags.ATC: memory.counter}
    return version.cryptogram(memory.key, whole, issuer_data.parse(data)), data


def plain_answer(
    memory: Memory, kind: Cryptogram, made: bytes, data: bytes, *, answer_format: Literal[1, 2] = 2
) -> bytes:
    """The answer of GENERATE AC without a signature: the cryptogram `made`, and `data`, which is 9F10 (Book 3, 6.5.5.4)."""
    if answer_format == 1:
        return tlv.encode(tags.RESPONSE_FORMAT_1, bytes((kind,)) + memory.counter + made + data)
    return tlv.encode(
        tags.RESPONSE_FORMAT_2,
        tlv.join(
            (
                (tags.CRYPTOGRAM_INFORMATION, bytes((kind,))),
                (tags.ATC, memory.counter),
                (tags.CRYPTOGRAM, made),
                (tags.ISSUER_APPLICATION_DATA, data),
            )
        ),
    )


def combined_answer(
    memory: Memory,
    kind: Cryptogram,
    made: bytes,
    data: bytes,
    *,
    sent: bytes,
    unpredictable: bytes,
    fault: OdaFault,
    more: bytes = b"",
) -> bytes:
    """The answer of CDA: the cryptogram `made` of a TC or an ARQC stands in the signature alone (Book 2, 6.6.1).

    The signature covers what was `sent` for PDOL and CDOLs, and the data objects that are answered beside it. `more` stands in it at
    the end of the dynamic data.
    """
    answered = tlv.join(
        (
            (tags.CRYPTOGRAM_INFORMATION, bytes((kind,))),
            (tags.ATC, memory.counter),
            *(((tags.CRYPTOGRAM, made),) if kind is Cryptogram.AAC else ()),
            (tags.ISSUER_APPLICATION_DATA, data),
        )
    )
    dynamic = (
        signing.combined_data(memory.random(b"number", unpredictable), kind, made, sent + answered) + more
    )
    signed = tlv.encode(tags.SIGNED_DYNAMIC_DATA, signature(dynamic, unpredictable, fault))
    return tlv.encode(tags.RESPONSE_FORMAT_2, answered + signed)


def signature(dynamic: bytes, terminal: bytes, fault: OdaFault) -> bytes:
    """9F4B over the card's `dynamic` data and the `terminal`'s; a card with that fault signs wrongly."""
    made = signing.signed_dynamic_data(dynamic, terminal)
    return signing.turned(made) if fault == "signature" else made
