"""Makes the RSA keys of the virtual cards anew, and the public keys by which the terminals check them: `profiles/keys`.

They are made by chance and kept as files, so that a card's certificates are the same in every run. They are test keys: their private
halves are public, and no scheme has any of them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric import rsa

from terminal_sim.emv.keys.ca import checksum
from terminal_sim.emv.keys.rsa import PublicKey

FOLDER: Final = Path(__file__).resolve().parents[1] / "profiles" / "keys"
REVOKED: Final = "00DEAD"
"""The serial number of an issuer's certificate that the authority has taken back."""
INDEX: Final = 0xB7
"""No scheme has published a key of this index, live or for tests."""
EXPONENT: Final = 3

SCHEMES: Final = {
    "A000000003": "Visa",
    "A000000004": "Mastercard and Maestro",
    "A000000025": "American Express",
    "A000000042": "Cartes Bancaires",
    "A000000065": "JCB",
    "A000000152": "Discover",
    "A000000277": "Interac",
    "A000000333": "UnionPay",
}
BITS: Final = {"ca": 1408, "issuer": 1152, "icc": 1024, "pin": 1024}

_PUBLIC_HEAD: Final = """# The public keys of the test certification authority that has certified the virtual cards: one for each scheme.
# They are TEST keys; their private half is public too (test-card-keys.toml). A terminal in a shop must never trust them.
# Keys of your own stand in a file of the same form, which a kernel file names by `ca_keys`.
keys = 1
"""
_PRIVATE_HEAD: Final = """# The private keys of the virtual cards: TEST keys, known to everybody. `ca` signs the issuer's key, `issuer` the card's and its static
# data, `icc` what the card signs, and `pin` deciphers a PIN. All numbers in hex.
keys = 1
"""


def main() -> None:
    """Writes both files."""
    made = {name: rsa.generate_private_key(EXPONENT, bits) for name, bits in BITS.items()}
    authority = _public(made["ca"])
    parts = [_PUBLIC_HEAD]
    for rid, name in SCHEMES.items():
        check = checksum(bytes.fromhex(rid), INDEX, authority).hex().upper()
        parts.append(
            f'\n# {name}\n[[ca]]\nrid = "{rid}"\nindex = "{INDEX:02X}"\nexponent = "03"\n'
            f'modulus = "{authority.modulus.hex().upper()}"\nchecksum = "{check}"\nexpires = "491231"\ntest = true\nrevoked = ["{REVOKED}"]\n'
        )
    (FOLDER / "test-ca.toml").write_text("".join(parts), encoding="utf-8")
    parts = [_PRIVATE_HEAD]
    for name, key in made.items():
        numbers = key.private_numbers()
        modulus = _public(key).modulus.hex().upper()
        p, q = (f"{number:X}" for number in (numbers.p, numbers.q))
        parts.append(f'\n[{name}]\nexponent = "03"\nmodulus = "{modulus}"\np = "{p}"\nq = "{q}"\n')
    (FOLDER / "test-card-keys.toml").write_text("".join(parts), encoding="utf-8")


def _public(key: rsa.RSAPrivateKey) -> PublicKey:
    modulus = key.public_key().public_numbers().n
    return PublicKey(modulus.to_bytes(key.key_size // 8), EXPONENT)


if __name__ == "__main__":
    main()
