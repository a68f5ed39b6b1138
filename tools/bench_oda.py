"""The operations that a sale with CDA cannot leave out: RSA of the terminal and of the card, and the MACs of card and issuer.

1. Sizes are those of a common chain: a key of the scheme with 1408 bits, of the issuer with 1152, of the card with 1024; exponent 3.
2. The terminal recovers two certificates and one signature; the card signs once with its private key; card and issuer make a session key and
   a MAC each, twice.
3. Both ways of RSA take turns: `pow`, and gmpy2 where it is installed (the extra `fast`).
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from tomllib import loads
from typing import Any
from unittest.mock import patch

from bench_rig import Figure, contest

from terminal_sim.emv.keys import derivation, rsa, tdes
from terminal_sim.emv.keys.rsa import PrivateKey, PublicKey
from terminal_sim.secret import Secret

KEYS = Path(__file__).resolve().parents[1] / "profiles/keys/test-card-keys.toml"
MASTER = Secret(bytes.fromhex("0123456789ABCDEFFEDCBA9876543210"))


def authentication(quick: bool) -> list[Figure]:
    """What CDA costs at the least, by `pow` and by gmpy2."""
    ca, issuer, icc = (_key(name) for name in ("ca", "issuer", "icc"))
    made = [key.apply(b"\x6a" * key.public.size) for key in (ca, issuer, icc)]

    def terminal() -> None:
        for key, signed in zip((ca, issuer, icc), made, strict=True):
            key.public.apply(signed)

    def card() -> None:
        icc.apply(made[2])

    def macs() -> None:
        for number in (1, 2, 3, 4):
            session = derivation.session_key(MASTER, number.to_bytes(8))
            tdes.retail_mac(session.reveal(), bytes(40))

    ways: dict[str, Callable[[int, int, int], Any]] = {"pow": pow}
    if find_spec("gmpy2") is not None:
        ways["gmpy2"] = import_module("gmpy2").powmod
    runs: dict[str, Callable[[], object]] = {"MACs": macs}
    for name, powmod in ways.items():
        runs[f"terminal by {name}"] = _by(powmod, terminal)
        runs[f"card by {name}"] = _by(powmod, card)
    found = contest(runs, rounds=5 if quick else 31, calls=5)
    macs_take = found.micros("MACs")
    figures = []
    for name in ways:
        opens, signs = found.micros(f"terminal by {name}"), found.micros(f"card by {name}")
        whole = opens + signs + macs_take
        figures.append(
            Figure(
                f"the least of a CDA sale by {name}",
                f"{whole:,.0f} us, {1e6 / whole:,.0f} a second",
                notes=(
                    f"two certificates and a signature {opens:,.0f}, the card's signature {signs:,.0f}, four MACs {macs_take:,.0f}",
                ),
            )
        )
    return figures


def _by(powmod: Callable[[int, int, int], Any], work: Callable[[], object]) -> Callable[[], object]:
    def done() -> None:
        with patch.object(rsa, "powmod", powmod):
            work()

    return done


def _key(name: str) -> PrivateKey:
    row = loads(KEYS.read_text("utf-8"))[name]
    modulus, p, q = (bytes.fromhex(row[part]) for part in ("modulus", "p", "q"))
    return PrivateKey(PublicKey(modulus, 3), Secret(p), Secret(q))
