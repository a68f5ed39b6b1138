"""A card file in the likeness of a card that was examined: its applications and rules, with a test number of the brand and no one's name.

1. What is taken: applications with labels and priorities, languages, countries and currency, methods of verification and authentication, PDOL, and where the
   issuer's answer goes. Nothing that is masked in a trace is among it.
2. What is not: number, name, dates, keys and certificates. The file is a card of this product, signed by its own test keys.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from terminal_sim.cards.profile import card_file
from terminal_sim.datafiles.sources import ProfileError
from terminal_sim.emv.data import tags
from terminal_sim.emv.data.card_number import BRANDS, Brand, is_luhn_valid
from terminal_sim.emv.kernels.examination import ApplicationFinding, CardFinding
from terminal_sim.emv.steps.state import OdaMethod
from terminal_sim.emv.talk.config import Application
from terminal_sim.emv.talk.request import Interface
from terminal_sim.errors import BenchMisuse

_CONTACT_METHODS: Final = {
    0x01: "offline-pin",
    0x02: "online-pin",
    0x03: "offline-pin",
    0x04: "enciphered-pin",
    0x05: "enciphered-pin",
    0x1E: "signature",
    0x1F: "no-cvm",
}
"""Methods of a CVM list (EMV Book 3, C3) as card files have them."""
_WITHOUT_KEYS: Final = _CONTACT_METHODS | {0x04: "offline-pin", 0x05: "offline-pin"}
"""As above, for a card without a key of its own, which cannot decipher a PIN."""
_CONTACTLESS_METHODS: Final = {0x02: "online-pin", 0x1E: "signature"}
_ON_DEVICE, _EXTERNAL_AUTHENTICATE = 0x02, 0x04
_LONGEST_PDOL: Final = 64
_TEXT: Final = 16
_ACCOUNT: Final = "909"


def write_likeness(found: CardFinding, known: Iterable[Application], file: Path) -> None:
    """Writes `likeness` to a new `file`, whose name without its suffix is the card's id, and reads it once.

    Raises `OSError` where the file is there already, `ProfileError` and leaves none where it is no card file.
    """
    text = likeness(found, known, file.stem)
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("x", encoding="utf-8") as opened:
        opened.write(text)
    try:
        card_file.load(file)
    except ProfileError:
        file.unlink()
        raise


def likeness(found: CardFinding, known: Iterable[Application], name: str) -> str:
    """The text of a card file with the id `name`. `known` are applications by whose AIDs the brand is found.

    Raises `BenchMisuse` where the card has no application that the terminal knows.
    """
    brand = _brand(found, known)
    whole = [one for one in found.applications if not one.problem] or list(found.applications)
    first = whole[0]
    lines = [
        "# In the likeness of a card that was read: the number is a test number, and keys are those of this product.",
        "card = 1",
        f"id = {_quoted(name)}",
        f"name = {_quoted(first.label or name)}",
        f'pan = "{_test_number(brand)}"',
        'expiry = "4912"',
        f'cvc = "{"7371"[: brand.cvc]}"',
        'pin = "1234"',
        *_code("issuer_country", first, tags.ISSUER_COUNTRY),
        *_code("currency", first, tags.APPLICATION_CURRENCY),
        "",
        "[holder]",
        'name = "CARD/TEST"',
        'country = "CA"',
        *_languages(first),
        "",
    ]
    lines += _contact(whole) if found.interface is Interface.CONTACT else _contactless(whole)
    return "\n".join(lines) + "\n"


def _contact(whole: list[ApplicationFinding]) -> list[str]:
    first = whole[0]
    deciphers = first.method in (OdaMethod.DDA, OdaMethod.CDA)
    by_command = _byte(first, tags.AIP) & _EXTERNAL_AUTHENTICATE
    return [
        "[chip]",
        *_methods(first, _CONTACT_METHODS if deciphers else _WITHOUT_KEYS, []),
        *_authentication(first),
        *_pdol(first),
        f'issuer_authentication = "{"external-authenticate" if by_command else "generate-ac"}"',
        *_applications(whole),
    ]


def _contactless(whole: list[ApplicationFinding]) -> list[str]:
    first = whole[0]
    asks = _stated(first, tags.CDOL1) is not None
    own = ["on-device"] if _byte(first, tags.AIP) & _ON_DEVICE else []
    return [
        "[contactless]",
        f'cryptogram = "{"generate-ac" if asks else "processing-options"}"',
        *(_methods(first, _CONTACTLESS_METHODS, own)),
        *(_pdol(first) if asks else ()),
        *_applications(whole),
    ]


def _brand(found: CardFinding, known: Iterable[Application]) -> Brand:
    of_aid = {one.aid.hex().upper(): one.brand for one in known}
    for finding in found.applications:
        for aid, name in of_aid.items():
            if finding.aid.startswith(aid):
                return next(brand for brand in BRANDS if brand.name == name)
    raise BenchMisuse("the card has no application that this terminal knows: name another with --profile")


def _test_number(brand: Brand) -> str:
    """A number of the brand that no bundled card or host file has."""
    length = min(brand.lengths, key=lambda digits: abs(digits - 16))
    body = brand.prefixes[0][0].ljust(length - 1 - len(_ACCOUNT), "0") + _ACCOUNT
    return next(body + digit for digit in "0123456789" if is_luhn_valid(body + digit))


def _applications(whole: list[ApplicationFinding]) -> list[str]:
    lines = ["applications = ["]
    for one in whole:
        priority = _byte(one, tags.PRIORITY)
        label = (one.label or "CARD").encode("ascii", "ignore").decode()[:_TEXT] or "CARD"
        row = f'aid = "{one.aid}", label = {_quoted(label)}, priority = {priority & 0x0F}'
        lines.append(f"    {{ {row}{', confirm = true' if priority & 0x80 else ''} }},")
    return [*lines, "]"]


def _methods(finding: ApplicationFinding, known: dict[int, str], own: list[str]) -> list[str]:
    """`own` methods first, then those of the CVM list that card files have, each once; the default where there is none."""
    listed = _bytes(finding, tags.CVM_LIST)[8:]
    found = [known[code & 0x3F] for code in listed[::2] if code & 0x3F in known]
    names = list(dict.fromkeys([*own, *found]))
    return [f"cvm = {json.dumps(names)}"] if names else []


def _authentication(finding: ApplicationFinding) -> list[str]:
    """The method by which the card proves itself, whether it could be proven here or not."""
    return [f'oda = "{finding.method.value.lower()}"'] if finding.method is not None else []


def _pdol(finding: ApplicationFinding) -> list[str]:
    pdol = _bytes(finding, tags.PDOL)
    return [f'pdol = "{pdol.hex().upper()}"'] if 0 < len(pdol) <= _LONGEST_PDOL else []


def _code(name: str, finding: ApplicationFinding, tag: int) -> list[str]:
    value = _bytes(finding, tag).hex()
    return [f'{name} = "{value[1:]}"'] if len(value) == 4 and value.isdigit() else []


def _languages(finding: ApplicationFinding) -> list[str]:
    text = (_stated(finding, tags.LANGUAGES) or "").strip('"')
    names = [text[at : at + 2].lower() for at in range(0, len(text) - 1, 2)]
    return [f"languages = {json.dumps(names[:4])}"] if names and text.isalpha() and text.isascii() else []


def _byte(finding: ApplicationFinding, tag: int) -> int:
    return next(iter(_bytes(finding, tag)), 0)


def _bytes(finding: ApplicationFinding, tag: int) -> bytes:
    try:
        return bytes.fromhex(_stated(finding, tag) or "")
    except ValueError:
        return b""


def _stated(finding: ApplicationFinding, tag: int) -> str | None:
    return next((one.value for one in finding.elements if one.tag == f"{tag:X}"), None)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
