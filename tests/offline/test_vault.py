"""Card data at rest is sealed with a key of the device, and gone with it."""

from __future__ import annotations

import stat
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from terminal_sim.bench import Bench
from terminal_sim.core.effects import Store
from terminal_sim.core.message import EntryMode, HostRequest, MessageKind
from terminal_sim.core.money import Money
from terminal_sim.core.payment import Payment, PaymentState
from terminal_sim.core.rows.offline import OfflineStoredRow, about
from terminal_sim.errors import BenchMisuse
from terminal_sim.runtime.card_vault import Vault
from terminal_sim.runtime.random_source import RandomSource
from terminal_sim.secret import Secret
from tests.offline.shop import HOUR, SECOND, shop

PAN = "4111111111111111"
REQUEST = HostRequest(
    kind=MessageKind.SALE,
    terminal="T0000001",
    merchant="M",
    stan=7,
    reference="R7",
    amount=Money(1250, "CAD"),
    at=datetime(2026, 1, 15, 9, 0, 0),  # noqa: DTZ001 - civil time
    entry=EntryMode.CHIP,
    pan=Secret(PAN),
    expiry=Secret("3003"),
    sequence="01",
    cvc=Secret("737"),
    track2=Secret(f"{PAN}=30032010000000000000"),
    icc_data=bytes.fromhex("9F2608AABBCCDDEEFF0011"),
)
BARE = replace(REQUEST, pan=None, expiry=None, sequence="", cvc=None, track2=None, icc_data=b"")


def sealed(vault: Vault, request: HostRequest = REQUEST, seed: int = 0) -> OfflineStoredRow:
    payment = Payment(
        kind=request.kind,
        reference=request.reference,
        pan="411111******1111",
        stan=request.stan,
        state=PaymentState.PENDING,
        amount=request.amount,
        entry=request.entry or EntryMode.CHIP,
        at=request.at,
    )
    stored = OfflineStoredRow(**about(payment), outage="network", anchor=1)
    row = vault.sealed(Store(payment, stored, request), RandomSource(seed))
    assert replace(row, sealed="") == stored
    return row


def test_what_was_sealed_is_opened_without_code_and_track() -> None:
    vault = Vault()
    sealed(vault)
    assert vault.opened(BARE) == replace(REQUEST, cvc=None, track2=None)


def test_nothing_of_the_card_is_in_the_row() -> None:
    row = str(sealed(Vault()).flat().fields)
    assert [found for found in (PAN, "3003", "737", PAN.encode().hex()) if found in row] == []


@given(
    st.text("0123456789", min_size=12, max_size=19), st.text("0123456789", min_size=4, max_size=4),
    st.binary(max_size=200),
)  # fmt: skip
def test_any_card_comes_back_as_it_was(pan: str, expiry: str, icc_data: bytes) -> None:
    vault = Vault()
    request = replace(
        REQUEST, pan=Secret(pan), expiry=Secret(expiry), icc_data=icc_data, cvc=None, track2=None
    )
    sealed(vault, request)
    assert vault.opened(BARE) == request


def test_a_row_of_another_payment_does_not_open() -> None:
    vault = Vault()
    row = sealed(vault)
    vault.load([replace(row, reference="R8")], waiting=[BARE.reference])
    assert vault.opened(replace(BARE, reference="R8")) is None


def test_a_row_that_was_changed_does_not_open() -> None:
    vault = Vault()
    row = sealed(vault)
    text = row.sealed
    changed = text[:-1] + ("0" if text[-1] != "0" else "1")
    vault.load([replace(row, sealed=changed)], waiting=[BARE.reference])
    assert vault.opened(BARE) is None


def test_an_erased_key_opens_nothing(tmp_path: Path) -> None:
    for vault in (Vault(), Vault(tmp_path / "device.key")):
        sealed(vault)
        vault.erase()
        assert vault.opened(BARE) is None
        vault.erase()
    assert (tmp_path / "device.key").read_bytes() == bytes(32)


def test_the_key_lies_in_a_file_of_its_owner_alone_and_outlives_the_bench(tmp_path: Path) -> None:
    file = tmp_path / "device.key"
    row = sealed(Vault(file))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    later = Vault(file)
    later.load([row], waiting=[BARE.reference])
    assert later.opened(BARE) is not None


def test_an_erased_key_is_no_key(tmp_path: Path) -> None:
    file = tmp_path / "device.key"
    row = sealed(Vault(file))
    file.write_bytes(bytes(32))
    later = Vault(file)
    later.load([row], waiting=[BARE.reference])
    assert later.opened(BARE) is None


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:16])


def lengthened(file: Path) -> None:
    file.write_bytes(file.read_bytes() + b"\n")


def emptied(file: Path) -> None:
    file.write_bytes(b"")


def removed(file: Path) -> None:
    file.unlink()


def a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def a_link(file: Path) -> None:
    file.rename(file.with_suffix(".real"))
    file.symlink_to(file.with_suffix(".real"))


def of_another_device(file: Path) -> None:
    whole = file.read_bytes()
    file.write_bytes(bytes([whole[0] ^ 1]) + whole[1:])


def open_to_others(file: Path) -> None:
    file.chmod(0o640)


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (cut, "it has 16 bytes, and a key has 32"),
        (lengthened, "it has 33 bytes"),
        (emptied, "it has 0 bytes"),
        (removed, "it is gone, and stored payments are sealed under it"),
        (a_folder, "this is no plain file"),
        (a_link, "this is no plain file"),
        (of_another_device, "this is not the key that SQUA00010001 is sealed under"),
        (open_to_others, "others may read this key; take their rights away"),
    ],
)
def test_a_key_that_cannot_be_used_is_refused_and_left_as_it_is(
    tmp_path: Path, damage: Callable[[Path], None], says: str
) -> None:
    with shop("square-terminal", state=tmp_path) as at:
        at.terminal.network(False)
        at.charge(700)
    (file,) = tmp_path.glob("*.key")
    whole = file.read_bytes()
    damage(file)
    with Bench(state=tmp_path) as bench, pytest.raises(BenchMisuse, match=says):
        bench.add_terminal("square-terminal")
    if file.is_dir():
        file.rmdir()
    file.unlink(missing_ok=True)
    file.write_bytes(whole)
    file.chmod(0o600)
    with shop("square-terminal", state=tmp_path) as at:
        at.pass_time(HOUR)
        assert at.fates() == [PaymentState.COMPLETED]


def test_a_key_that_cannot_be_stored_puts_the_terminal_out_of_service(tmp_path: Path) -> None:
    with shop("square-terminal", state=tmp_path) as at:
        at.terminal.network(False)
        (tmp_path / f"{at.terminal.name}.new").mkdir()
        with pytest.raises(BenchMisuse, match="is off"):
            at.charge(700)
        assert "the key of stored payments cannot be stored" in at.terminal.board.power.out_of_service
        assert at.fates() == []


def test_two_benches_with_one_key_and_one_seed_never_draw_one_nonce(tmp_path: Path) -> None:
    file = tmp_path / "device.key"
    nonces = {sealed(Vault(file), seed=0).sealed[:24] for _ in range(5)}
    assert len(nonces) == 5


def test_no_file_of_a_bench_has_the_card_number(tmp_path: Path) -> None:
    with shop("square-terminal", state=tmp_path) as at:
        at.terminal.network(False)
        at.charge()
        files = [path for path in tmp_path.rglob("*") if path.is_file()]
        assert len(files) >= 2
        bad = (PAN.encode(), PAN.encode().hex().encode(), bytes.fromhex(PAN), PAN.encode("utf-16-le"))
        assert [(path.name, n) for path in files for n, b in enumerate(bad) if b in path.read_bytes()] == []


def test_a_queue_outlives_the_bench_that_kept_it(tmp_path: Path) -> None:
    with shop("square-terminal", state=tmp_path) as at:
        at.terminal.network(False)
        at.charge()
    with shop("square-terminal", state=tmp_path) as at:
        at.pass_time(SECOND)
        assert at.fates() == [PaymentState.COMPLETED]
        assert at.bench.host_messages()[-1].fields["pan"] == "411111******1111"


def test_a_queue_whose_key_was_erased_is_lost_with_its_sum(tmp_path: Path) -> None:
    with shop("square-terminal", state=tmp_path) as at:
        at.terminal.network(False)
        at.charge(700)
        at.charge(800)
    for file in tmp_path.glob("*.key"):
        file.write_bytes(bytes(32))
    with shop("square-terminal", state=tmp_path) as at:
        at.pass_time(HOUR)
        assert at.fates() == [PaymentState.LOST] * 2
        lost = [row.fields for row in at.terminal.journal() if row.kind == "offline.lost"]
        assert [(row["reason"], row["sum"]) for row in lost] == [("card-data", 700), ("card-data", 800)]
        assert at.advices() == []


def test_tampering_erases_the_key_and_loses_the_queue(tmp_path: Path) -> None:
    with shop("square-register", state=tmp_path) as at:
        at.terminal.network(False)
        at.charge(700)
        at.charge(800)
        at.terminal.fault("tamper")
        assert [file.read_bytes() for file in tmp_path.glob("*.key")] == [bytes(32)]
        assert at.fates() == [PaymentState.LOST] * 2
        lost = [row.fields for row in at.terminal.journal() if row.kind == "offline.lost"]
        assert [(row["reason"], row["sum"], row["payments"]) for row in lost] == [("tamper", 1500, 2)] * 2
        assert not at.terminal.press("1")
        assert at.terminal.view().screen.id == "tampered"


def test_what_has_left_before_a_reset_is_resolved_and_not_lost() -> None:
    with shop("square-terminal") as at:
        at.terminal.network(False)
        at.charge(700)
        at.charge(800)
        at.bench.host_answers(["timeout"])
        at.terminal.network(True)
        at.leave("factory-reset")
        assert at.fates() == [PaymentState.FORWARD_SENT, PaymentState.LOST]
        at.pass_time(HOUR)
        assert at.fates() == [PaymentState.COMPLETED, PaymentState.LOST]
        assert at.wrong(resolved=True) == []
