"""Recovery of keys and signatures: the public certificates of test cards, each with one byte wrong, and what was signed with public test keys."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal_sim.emv.data import tlv
from terminal_sim.emv.keys import certificates
from terminal_sim.emv.keys.ca import check, checksum
from terminal_sim.emv.keys.certificates import CertificateError
from terminal_sim.emv.keys.rsa import PrivateKey, PublicKey, RsaError
from terminal_sim.secret import Secret

FOLDER = Path(__file__).parents[2] / "vectors" / "emv"


def read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    return found


CARDS: dict[str, dict[str, Any]] = {one["id"]: one for one in read("certificates")["vectors"]}
MADE: dict[str, dict[str, Any]] = {one["id"]: one for one in read("oda_made_here")["vectors"]}
CA_ROWS = read("capk_test")
VISA, MASTERCARD, WHOLE = CARDS["visa-94-sda-dda"], CARDS["mastercard-f1-cda"], CARDS["emvpt-dda-complete"]


def hexed(row: dict[str, Any], tag: str) -> bytes:
    return bytes.fromhex(row.get(f"tag_{tag}", ""))


def loaded(row: dict[str, Any]) -> PublicKey:
    key = PublicKey(bytes.fromhex(row["modulus"]), int(row["exponent"], 16))
    check(bytes.fromhex(row["rid"]), int(row["index"], 16), key, bytes.fromhex(row["sha1"]))
    return key


CA_KEYS = {(row["rid"], row["index"]): loaded(row) for row in CA_ROWS["vectors"]}


def ca_of(row: dict[str, Any]) -> PublicKey:
    return CA_KEYS[row["capk"]["rid"], row["capk"]["index"]]


def issuer_of(row: dict[str, Any], today: str, **changed: bytes) -> PublicKey:
    card = row["card"]
    return certificates.issuer_key(
        ca_of(row),
        changed.get("certificate", hexed(card, "90")),
        changed.get("exponent", hexed(card, "9F32")),
        changed.get("remainder", hexed(card, "92")),
        pan=card["tag_5A"],
        today=today,
    )


@pytest.mark.parametrize("row", CA_ROWS["vectors"], ids=lambda row: f"{row['rid']} {row['index']}")
def test_a_public_test_key_is_loaded_by_its_checksum(row: dict[str, Any]) -> None:
    key = loaded(row)
    assert len(key.modulus) * 8 == row["bits"]


@pytest.mark.parametrize("row", CA_ROWS["refused"], ids=lambda row: f"{row['rid']} {row['index']}")
def test_a_key_with_a_wrong_checksum_is_not_loaded(row: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="checksum"):
        loaded(row)


@pytest.mark.parametrize(
    ("row", "today"), [(VISA, "311231"), (MASTERCARD, "250506")], ids=["visa", "mastercard"]
)
def test_the_issuers_key_comes_out_of_a_public_cards_certificate(row: dict[str, Any], today: str) -> None:
    key = issuer_of(row, today)
    assert key.modulus.hex().upper() == row["expect"]["issuer"]["modulus"]


WRONG_ISSUER = [
    ("the last byte of the certificate", {"certificate": hexed(VISA["card"], "90")[:-1] + b"\x2d"}, "311231"),
    ("another exponent", {"exponent": b"\x01\x00\x01"}, "311231"),
    ("past its month", {}, "320101"),
    ("a byte of the remainder too many", {"remainder": hexed(VISA["card"], "92") + b"\x00"}, "311231"),
    ("a certificate that is cut off", {"certificate": hexed(VISA["card"], "90")[:-1]}, "311231"),
]


@pytest.mark.parametrize(
    ("changed", "today"), [row[1:] for row in WRONG_ISSUER], ids=[row[0] for row in WRONG_ISSUER]
)
def test_an_issuers_certificate_with_one_thing_wrong_is_refused(
    changed: dict[str, bytes], today: str
) -> None:
    with pytest.raises(CertificateError):
        issuer_of(VISA, today, **changed)


def altered(row: dict[str, Any], change: str) -> tuple[dict[str, Any], str]:
    """The published row with its published change, and the day on which its card is read: `last byte of 9F46 16 -> 17`, `9F32 = 010001`."""
    found: dict[str, Any] = json.loads(json.dumps(row))
    today = "311231" if row is VISA else "250506"
    match change.split():
        case ["transaction", "date", day]:
            return found, day
        case [tag, "=", value]:
            found["card"][f"tag_{tag}"] = value
        case ["last", "byte", "of", tag, before, "->", after]:
            name = f"tag_{tag.removeprefix('tag_')}"
            holder, name = (found, "sdad_9F4B") if tag == "9F4B" else (found["card"], name)
            assert holder[name].endswith(before)
            holder[name] = holder[name][:-2] + after
        case _:
            raise AssertionError(change)
    return found, today


def read_as_far_as_published(row: dict[str, Any], today: str) -> None:
    """The chain of a row whose card's static data are not published: its card key is what its certificate and remainder hold."""
    card = row["card"]
    issuer = issuer_of(row, today)
    if "tag_93" in card and issuer.apply(hexed(card, "93"))[-1] != 0xBC:
        raise CertificateError("the signed static data do not recover", "B2 5.4")
    recovered = issuer.apply(hexed(card, "9F46"))
    if recovered[-1] != 0xBC:
        raise CertificateError("the card's certificate does not recover", "B2 6.4")
    size = recovered[19]
    digits = recovered[21 : 21 + min(size, len(recovered) - 42)] + hexed(card, "9F48")
    icc = PublicKey(digits, int.from_bytes(hexed(card, "9F47")))
    if "ddol_data" in row:
        certificates.dynamic_signature(icc, bytes.fromhex(row["sdad_9F4B"]), bytes.fromhex(row["ddol_data"]))
    else:
        certificates.combined_signature(
            icc, bytes.fromhex(row["sdad_9F4B"]), bytes.fromhex(row["unpredictable_number"])
        )


@pytest.mark.parametrize("row", read("certificates")["negative"], ids=lambda row: row["change"])
def test_a_published_card_with_its_published_change_is_refused(row: dict[str, str]) -> None:
    card = CARDS[row["of"]]
    read_as_far_as_published(card, "250506")
    with pytest.raises(CertificateError):
        read_as_far_as_published(*altered(card, row["change"]))


def test_a_certificate_of_another_issuer_and_a_revoked_one_are_refused() -> None:
    card, ca = VISA["card"], ca_of(VISA)
    given = (ca, hexed(card, "90"), hexed(card, "9F32"), hexed(card, "92"))
    with pytest.raises(CertificateError, match="another issuer"):
        certificates.issuer_key(*given, pan="4111111111111111", today="311231")
    serial = bytes.fromhex(VISA["expect"]["issuer"]["serial"])
    with pytest.raises(CertificateError, match="revoked"):
        certificates.issuer_key(*given, pan=card["tag_5A"], today="311231", revoked={serial})
    other = {bytes(3)}
    assert certificates.issuer_key(*given, pan=card["tag_5A"], today="311231", revoked=other)


def test_a_key_shorter_than_its_room_is_padded_and_needs_no_remainder() -> None:
    row = MADE["issuer-certificate-padded-65537"]
    key = certificates.issuer_key(
        ca_of(row), hexed(row, "90"), hexed(row, "9F32"), b"", pan="1234560012345608", today="300101"
    )
    assert (key.modulus.hex().upper(), key.exponent) == (row["modulus"], 65537)


def test_signed_static_data_of_a_public_card_recover_and_one_wrong_byte_does_not() -> None:
    issuer = issuer_of(VISA, "311231")
    signature = hexed(VISA["card"], "93")
    assert issuer.apply(signature).hex().upper() == VISA["expect"]["ssad"]["recovered"]
    with pytest.raises(CertificateError):
        certificates.static_signature(issuer, signature[:-1] + b"\x88", b"")


def whole_records() -> dict[str, bytes]:
    """The data elements of the whole chain's records, by tag."""
    return {
        f"{tag:X}": value
        for record in WHOLE["records"].values()
        for tag, value in tlv.split(tlv.only(bytes.fromhex(record), 0x70))
    }


def whole_chain(today: str = "290601", static: str = "") -> tuple[PublicKey, PublicKey]:
    found = whole_records()
    issuer = certificates.issuer_key(
        ca_of(WHOLE), found["90"], found["9F32"], found.get("92", b""), pan="1234560012345608", today=today
    )
    icc = certificates.icc_key(
        issuer,
        found["9F46"],
        found["9F47"],
        found.get("9F48", b""),
        pan="1234560012345608",
        today=today,
        static=bytes.fromhex(static or WHOLE["static_data"]),
    )
    return issuer, icc


def test_a_whole_chain_with_static_data_recovers() -> None:
    issuer, icc = whole_chain()
    assert issuer.modulus.hex().upper() == WHOLE["expect"]["issuer"]["modulus"]
    assert icc.modulus.hex().upper() == WHOLE["expect"]["icc"]["modulus"]
    signed = certificates.dynamic_signature(
        icc, bytes.fromhex(WHOLE["sdad_9F4B"]), bytes.fromhex(WHOLE["ddol_data"])
    )
    assert signed.number.hex().upper() == WHOLE["expect"]["sdad"]["icc_dynamic_data"][2:]


@pytest.mark.parametrize(
    ("today", "static"), [("300101", ""), ("290601", "00")], ids=["expired", "other data"]
)
def test_a_cards_certificate_that_expired_or_signs_other_data_is_refused(today: str, static: str) -> None:
    with pytest.raises(CertificateError):
        whole_chain(today, static)


def test_static_data_are_signed_by_the_issuer() -> None:
    issuer, _ = whole_chain()
    row = MADE["sda"]
    static = bytes.fromhex(row["static_data"])
    assert certificates.static_signature(issuer, hexed(row, "93"), static).code.hex().upper() == row["dac"]
    with pytest.raises(CertificateError, match="hash"):
        certificates.static_signature(issuer, hexed(row, "93"), static + b"\x00")


def test_the_key_for_pins_comes_without_static_data() -> None:
    issuer, icc = whole_chain()
    row = MADE["pin-encipherment-certificate"]
    key = certificates.icc_key(
        issuer, hexed(row, "9F2D"), hexed(row, "9F2E"), b"", pan="1234560012345608", today="290601"
    )
    assert key == icc


def answer_of(row: dict[str, Any]) -> tuple[bytes, dict[int, bytes]]:
    value = tlv.only(bytes.fromhex(row["response"]), 0x77)
    return value, dict(tlv.split(value))


@pytest.mark.parametrize("name", ["cda-first-genac-arqc", "cda-second-genac-tc"])
def test_a_cryptogram_that_is_signed_along_comes_out(name: str) -> None:
    _, icc = whole_chain()
    row = MADE[name]
    value, objects = answer_of(row)
    sent = bytes.fromhex(row["pdol_values"] + row["cdol1_values"] + row.get("cdol2_values", ""))
    signed = certificates.combined_signature(icc, objects[0x9F4B], bytes.fromhex(row["unpredictable_number"]))
    made = certificates.transaction_hash(sent, value)
    assert made.hex().upper() == row["transaction_data_hash"]
    assert (signed.information, signed.transaction_hash) == (objects[0x9F27][0], made)
    if "cryptogram" in row:
        assert (signed.number.hex(), signed.cryptogram.hex().upper()) == (
            row["icc_dynamic_number"],
            row["cryptogram"],
        )


def test_a_changed_object_of_the_answer_has_another_hash_code() -> None:
    _, icc = whole_chain()
    row, good = MADE["cda-iad-changed"], MADE["cda-second-genac-tc"]
    value, objects = answer_of(row)
    signed = certificates.combined_signature(icc, objects[0x9F4B], bytes.fromhex("01234567"))
    sent = bytes.fromhex(good["pdol_values"] + good["cdol1_values"] + good["cdol2_values"])
    assert signed.transaction_hash != certificates.transaction_hash(sent, value)


def test_the_relay_resistance_of_a_signature_stands_behind_its_hash_code() -> None:
    _, icc = whole_chain()
    row = MADE["cda-with-relay-resistance"]
    signed = certificates.combined_signature(icc, hexed(row, "9F4B"), bytes.fromhex("01234567"))
    data = bytes.fromhex(row["icc_dynamic_data"])
    assert signed.rest == data[1 + 8 + 1 + 8 + 20 :]


FDDA = [
    ("fdda-version-01", ("unpredictable_number", "tag_9F02", "tag_5F2A", "tag_9F69")),
    ("fdda-version-00", ("unpredictable_number",)),
]


@pytest.mark.parametrize(("name", "signed"), FDDA)
def test_a_fast_dynamic_signature_covers_the_terminals_data(name: str, signed: tuple[str, ...]) -> None:
    _, icc = whole_chain()
    row = MADE[name]
    data = b"".join(bytes.fromhex(row[one]) for one in signed)
    found = certificates.dynamic_signature(icc, hexed(row, "9F4B"), data)
    assert found.number == hexed(row, "9F36")


def test_a_public_combined_signature_has_its_cryptogram() -> None:
    row = MASTERCARD
    issuer = issuer_of(row, "250506")
    card = row["card"]
    recovered = issuer.apply(hexed(card, "9F46"))
    assert recovered.hex().upper() == row["expect"]["icc"]["recovered"]
    icc = PublicKey(bytes.fromhex(row["expect"]["icc"]["modulus"]), 3)
    signature = bytes.fromhex(row["sdad_9F4B"])
    signed = certificates.combined_signature(icc, signature, bytes.fromhex(row["unpredictable_number"]))
    expected = row["expect"]["sdad"]
    assert signed.number.hex().upper() == expected["icc_dynamic_number_9F4C"]
    assert signed.cryptogram.hex().upper() == expected["cryptogram_9F26"]
    assert signed.transaction_hash.hex().upper() == expected["transaction_data_hash"]
    with pytest.raises(CertificateError):
        certificates.combined_signature(
            icc, signature[:-1] + b"\x47", bytes.fromhex(row["unpredictable_number"])
        )


def test_the_private_operation_is_the_inverse_of_the_public_one() -> None:
    row = WHOLE["private_keys"]["icc"]
    modulus, p, q = (bytes.fromhex(row[name]) for name in ("modulus", "p", "q"))
    key = PrivateKey(PublicKey(modulus, int(row["public_exponent"], 16)), Secret(p), Secret(q))
    value = bytes(range(key.public.size))
    assert key.public.apply(key.apply(value)) == value
    assert key.apply(key.public.apply(value)) == value
    with pytest.raises(RsaError):
        key.apply(b"\xff" * key.public.size)
    with pytest.raises(RsaError):
        key.public.apply(value[1:])


@given(st.binary(min_size=0, max_size=200))
def test_no_bytes_of_a_card_raise_anything_but_a_failed_check(junk: bytes) -> None:
    issuer, icc = whole_chain()
    row = VISA["card"]
    for tried in (
        lambda: certificates.issuer_key(ca_of(VISA), junk, b"\x03", junk, pan=row["tag_5A"], today="260101"),
        lambda: certificates.icc_key(issuer, junk, junk[:3], junk, pan=row["tag_5A"], today="260101"),
        lambda: certificates.static_signature(issuer, junk, b""),
        lambda: certificates.combined_signature(icc, junk, bytes(4)),
    ):
        with pytest.raises(CertificateError):
            tried()


def test_the_checksum_covers_every_field_of_a_key() -> None:
    key = CA_KEYS["A000000003", "92"]
    rid = bytes.fromhex("A000000003")
    made = checksum(rid, 0x92, key)
    others = (
        checksum(rid, 0x93, key),
        checksum(rid[::-1], 0x92, key),
        checksum(rid, 0x92, PublicKey(key.modulus, 65537)),
        checksum(rid, 0x92, PublicKey(key.modulus[::-1], key.exponent)),
    )
    assert made not in others


WRONG_KEYS = [
    ("rid", bytes(4), 0x92, 3, 176),
    ("index", bytes(5), 0x100, 3, 176),
    ("modulus", bytes(5), 0x92, 3, 249),
    ("exponent", bytes(5), 0x92, 5, 176),
]


@pytest.mark.parametrize(
    ("field", "rid", "index", "exponent", "size"), WRONG_KEYS, ids=[one[0] for one in WRONG_KEYS]
)
def test_a_field_that_breaks_a_rule_is_named(
    field: str, rid: bytes, index: int, exponent: int, size: int
) -> None:
    with pytest.raises(ValueError, match=f"^{field}: "):
        check(rid, index, PublicKey(b"\x80" * size, exponent), b"")
