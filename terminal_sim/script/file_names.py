"""Names of files for what belongs to one run of a scenario: readable, and never one name for two runs.

The words of a name are plain small letters and digits, which any file system keeps apart; what they leave out (case, signs,
letters of other scripts, the end of a long title) is in a short digest of all that the name stands for.
"""

from __future__ import annotations

import re
from functools import lru_cache
from hashlib import sha256
from unicodedata import normalize

LONGEST_WORDS = 48  # of each part; a file's name has at most 255 bytes
_DIGEST = 8
_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")


@lru_cache(maxsize=256)
def file_name(*parts: str, apart: str = "") -> str:
    """`script--a-title--v400m--en-ca--1f0c22ab`: the parts that have words, and a digest of all parts. It has no suffix.

    `apart` is what tells two runs apart whose parts are the same; no word of it is in the name.
    """
    composed = [normalize("NFC", part) for part in parts]
    told_apart = [*composed, normalize("NFC", apart)] if apart else composed
    identity = "".join(f"{len(part)}:{part}" for part in told_apart)
    digest = sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGEST]
    plain = (_NOT_IN_NAMES.sub("-", _bare(part))[:LONGEST_WORDS].strip("-") for part in composed)
    return "--".join([*filter(None, plain), digest])


def _bare(text: str) -> str:
    """Small letters without their accents."""
    return "".join(
        letter for letter in normalize("NFKD", text.casefold()) if not 0x300 <= ord(letter) < 0x370
    )
