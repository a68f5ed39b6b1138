"""Cryptograms by the schemes' versions, as their issuer checks and answers them."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from terminal_sim.core.message import EntryMode, HostRequest
from terminal_sim.emv.data import tags, tlv
from terminal_sim.emv.keys import derivation, issuer_data
from terminal_sim.emv.keys.cryptogram_versions import VERSIONS, ArpcMethod, CardCryptogram, CryptogramVersion
from terminal_sim.host.acquirer import Acquirer
from terminal_sim.secret import Secret
from tests.host.samples import HOST_FILE, PAN, SALE, asked
from tests.host.test_counters import CERTIFIED, opened

KEY = derivation.icc_key(Acquirer.load(HOST_FILE).issuer_keys.cryptograms, Secret(PAN), "00")
ROWS = sorted(VERSIONS.values(), key=lambda row: (row.layout.value, row.number))
RESULTS = {"visa": 3, "mchip": 6, "interac": 4, "ccd": 5}


def request(version: CryptogramVersion, stan: int = 1) -> HostRequest:
    """A sale with an ARQC of this version."""
    data = issuer_data.build(
        version.layout, 1, version.number, b"\x00" * RESULTS[version.layout.value], counters=bytes(8)
    )
    values = CERTIFIED | {
        tags.ATC: stan.to_bytes(2),
        tags.ISSUER_APPLICATION_DATA: data,
        tags.CRYPTOGRAM_INFORMATION: b"\x80",
    }
    values[tags.CRYPTOGRAM] = version.cryptogram(KEY, values, issuer_data.parse(data))
    return replace(
        SALE,
        stan=stan,
        reference=f"ABCD{stan}",
        entry=EntryMode.CHIP,
        track2=None,
        pan=Secret(PAN),
        icc_data=tlv.join(values.items()),
    )


@pytest.mark.parametrize("version", ROWS, ids=lambda row: f"{row.layout.value} {row.number:02X}")
def test_the_issuer_checks_and_answers_each_version(version: CryptogramVersion) -> None:
    host = opened()
    sale = request(version)
    reply = asked(host, sale)
    assert reply.response_code == "00"
    answer = dict(tlv.split(reply.icc_data)).get(tags.ISSUER_AUTHENTICATION_DATA, b"")
    status = bytes.fromhex("00820000")
    assert answer == CardCryptogram.of(sale.icc_data).authentication_data(KEY, "00", status=status)
    sizes = {ArpcMethod.NONE: 0, ArpcMethod.RESPONSE_CODE: 10, ArpcMethod.STATUS_UPDATE: 8}
    assert len(answer) == sizes[version.arpc]


@pytest.mark.parametrize("version", ROWS, ids=lambda row: f"{row.layout.value} {row.number:02X}")
def test_a_changed_amount_makes_any_cryptogram_wrong(version: CryptogramVersion) -> None:
    host = opened()
    sale = request(version)
    values = dict(tlv.split(sale.icc_data)) | {tags.AMOUNT: bytes.fromhex("000000001001")}
    assert asked(host, replace(sale, icc_data=tlv.join(values.items()))).response_code == "82"
    assert host.messages[0].fields["note"] == "the ARQC is not the one that this card makes over these data"


def test_a_decline_is_authenticated_as_one() -> None:
    version = next(row for row in ROWS if row.arpc is ArpcMethod.STATUS_UPDATE)
    host = opened()
    host.script(["declined"])
    answer = dict(tlv.split(asked(host, request(version)).icc_data))[tags.ISSUER_AUTHENTICATION_DATA]
    assert answer[4:] == bytes(4)


@pytest.mark.parametrize(
    ("changed", "note"),
    [
        ({tags.ISSUER_APPLICATION_DATA: b"\x06\x01\x99\x03\x00\x00\x00"}, "the cryptogram version 99"),
        ({tags.ISSUER_APPLICATION_DATA: b"\x01"}, "9F10 has the layout of no scheme"),
        ({tags.ATC: b"\x01"}, "the counter has 2 bytes"),
    ],
)
def test_the_log_says_what_makes_a_cryptogram_unreadable(changed: dict[int, bytes], note: str) -> None:
    host = opened()
    sale = request(ROWS[0])
    values = dict(tlv.split(sale.icc_data)) | changed
    assert asked(host, replace(sale, icc_data=tlv.join(values.items()))).response_code == "82"
    assert note in str(host.messages[0].fields["note"])
