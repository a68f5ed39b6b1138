"""The reader `emv` (PyPI) at a card in a reader of a pcscd: it prints what it finds as JSON.

Run by tests/interop/test_readers_of_others.py with the number of tries of a card's PIN; it knows `emv` and pyscard and nothing of ours.
"""

import json
import sys

from emv.card import Card  # type: ignore[import-untyped,import-not-found,unused-ignore]
from emv.exc import InvalidPINException  # type: ignore[import-untyped,import-not-found,unused-ignore]
from emv.protocol.data import Tag  # type: ignore[import-untyped,import-not-found,unused-ignore]
from smartcard.System import readers  # type: ignore[import-untyped,import-not-found,unused-ignore]


def main(pin: str) -> None:
    # Later releases of pyscard wrap a connection without the constants that this reader asks it for.
    card = Card(readers()[0].createConnection().component)
    applications = card.list_applications()
    name = applications[0][Tag.ADF_NAME]
    card.select_application(name)
    options = card.get_processing_options()
    data = card.get_application_data(options["AFL"])
    try:
        card.verify_pin("0000")
        refused = False
    except InvalidPINException:
        refused = True
    before = card.get_metadata()
    print(
        json.dumps(
            {
                "names": [bytes(one[Tag.ADF_NAME]).hex().upper() for one in applications],
                "number": bytes(data[Tag.PAN]).hex(),
                "elements": len(data),
                "refused": refused,
                "counters": before,
                "cap": str(card.generate_cap_value(pin)),
                "after": card.get_metadata(),
            }
        )
    )


main(sys.argv[1])
