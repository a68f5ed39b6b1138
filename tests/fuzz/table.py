"""Every fuzz target, by the module that it is in."""

from __future__ import annotations

from tests.fuzz import ccid, emv, files, iso7816, links, stripe, vivotech
from tests.fuzz.target import Target

FAMILIES: dict[str, tuple[Target, ...]] = {
    "iso7816": iso7816.TARGETS,
    "ccid": ccid.TARGETS,
    "vivotech": vivotech.TARGETS,
    "stripe": stripe.TARGETS,
    "links": links.TARGETS,
    "emv": emv.TARGETS,
    "files": files.TARGETS,
}
TARGETS = {target.name: target for family in FAMILIES.values() for target in family}
