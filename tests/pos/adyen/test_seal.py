"""The seal of local messages opens what the vendor's libraries seal, makes the same bytes, and refuses everything else alike."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal_sim.pos.adyen.wire.reading import read_envelope
from terminal_sim.pos.adyen.wire.seal import (
    NONCE_BYTES,
    SealBroken,
    Sealed,
    SharedKey,
    Trailer,
    derive,
    seal,
    unseal,
)
from terminal_sim.secret import Secret
from tests.pos.vectors import vectors

CRYPTO = vectors("adyen_local_crypto")
ASCII = [vector for vector in CRYPTO["vectors"] if vector["key"]["Passphrase"].isascii()]
KEY = SharedKey("mykey", 1, Secret("mykeypassphrase-Test1!"))


def key_of(vector: dict[str, Any]) -> SharedKey:
    key = vector["key"]
    return SharedKey(key["KeyIdentifier"], key["KeyVersion"], Secret(key["Passphrase"]))


def sealed_of(envelope: dict[str, Any]) -> Sealed:
    (body,) = envelope.values()
    return msgspec.convert({name: body[name] for name in ("NexoBlob", "SecurityTrailer")}, Sealed)


@pytest.mark.parametrize("vector", ASCII, ids=lambda vector: str(vector["name"]))
def test_a_message_sealed_by_the_vendors_library_opens(vector: dict[str, Any]) -> None:
    text, key = unseal(sealed_of(vector["envelope"]), [KEY, key_of(vector)])
    assert text.decode() == vector["plaintext"]
    assert key.identifier == vector["key"]["KeyIdentifier"]


@pytest.mark.parametrize("vector", ASCII, ids=lambda vector: str(vector["name"]))
def test_the_seal_has_the_bytes_of_the_vendors_library(vector: dict[str, Any]) -> None:
    made = seal(vector["plaintext"].encode(), key_of(vector), bytes.fromhex(vector["nonce"]))
    assert made == sealed_of(vector["envelope"])


@pytest.mark.parametrize(
    "vector",
    [vector for vector in ASCII if "same_plaintext_sealed_by_java" in vector],
    ids=lambda vector: str(vector["name"]),
)
def test_a_message_sealed_by_the_java_library_opens(vector: dict[str, Any]) -> None:
    theirs, trailer = (
        vector["same_plaintext_sealed_by_java"],
        vector["envelope"][vector["kind"]]["SecurityTrailer"],
    )
    sealed = Sealed(
        theirs["NexoBlob"],
        Trailer(1, theirs["Hmac"], trailer["KeyIdentifier"], trailer["KeyVersion"], theirs["Nonce"]),
    )
    assert unseal(sealed, [key_of(vector)])[0].decode() == vector["plaintext"]


@pytest.mark.parametrize("case", CRYPTO["must_be_refused"], ids=lambda case: str(case["name"]))
def test_a_seal_that_must_be_refused_is_refused(case: dict[str, Any]) -> None:
    with pytest.raises(SealBroken):
        unseal(sealed_of(case["envelope"]), [KEY])


def test_keys_are_derived_as_published() -> None:
    for name, parts in CRYPTO["derived_keys"].items():
        passphrase, _, note = name.partition(" (")
        coded = passphrase.encode("latin-1" if note.startswith("Latin-1") else "utf-8")
        derived = derive(Secret(coded))
        assert derived.hmac.reveal().hex() == parts["hmac_key"]
        assert derived.cipher.reveal().hex() == parts["cipher_key"]
        assert derived.iv.reveal().hex() == parts["iv"]


@given(st.binary(max_size=200), st.binary(min_size=NONCE_BYTES, max_size=NONCE_BYTES))
def test_what_was_sealed_opens_to_the_same_bytes(text: bytes, nonce: bytes) -> None:
    assert unseal(seal(text, KEY, nonce), [KEY]) == (text, KEY)


@given(st.data())
def test_a_message_with_any_changed_bit_is_refused(data: st.DataObject) -> None:
    sealed = seal(b'{"SaleToPOIRequest":{}}', KEY, bytes(range(NONCE_BYTES)))
    whole = json.loads(msgspec.json.encode(sealed))
    place, name = data.draw(
        st.sampled_from(
            [(whole, "NexoBlob"), (whole["SecurityTrailer"], "Hmac"), (whole["SecurityTrailer"], "Nonce")]
        )
    )
    changed = bytearray(b64decode(place[name]))
    bit = data.draw(st.integers(0, 8 * len(changed) - 1))
    changed[bit // 8] ^= 1 << bit % 8
    place[name] = b64encode(bytes(changed)).decode()
    with pytest.raises(SealBroken):
        unseal(msgspec.convert(whole, Sealed), [KEY])


def test_a_seal_without_its_trailer_is_a_broken_seal() -> None:
    envelope = read_envelope(b'{"SaleToPOIRequest":{"NexoBlob":"AAAA"}}')
    assert envelope.is_sealed
    with pytest.raises(SealBroken, match="SecurityTrailer"):
        _ = envelope.sealed


@pytest.mark.parametrize(
    ("passphrase", "says"),
    [
        ("Short-1!", "at least 12"),
        ("no-upper-case-1", "upper case"),
        ("NO-LOWER-CASE-1", "upper case, lower case"),
        ("No-digits-at-all", "a digit"),
        ("NoOtherSign1234", "another character"),
        ("clé-de-Test-1é-Long", "ASCII"),
        ("With-a-Newline-1\n", "printable"),
    ],
)
def test_a_passphrase_that_no_terminal_should_take_is_told(passphrase: str, says: str) -> None:
    assert says in SharedKey("mykey", 1, Secret(passphrase)).refusal()


def test_a_good_key_has_no_refusal_and_shows_no_passphrase() -> None:
    assert KEY.refusal() == ""
    assert "mykeypassphrase" not in repr(KEY)
