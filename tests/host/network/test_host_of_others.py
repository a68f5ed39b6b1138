"""Our terminal pays at a host by other hands, which has pyiso8583 and sockets only: over TCP and TLS, in both versions of the standard."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyemv.mac import mac_iso9797_3

from terminal_sim.bench import Bench, Duration, TerminalUnderTest
from tests.host.network.host_of_others import LANGUAGES, Fields, HostOfOthers
from tests.host.network.kit import TestAuthority

SECOND = Duration.parse("1s")
QUICK = {"timeouts.issuer": "500ms", "timeouts.reversal": "500ms"}
MAC_KEY = bytes.fromhex("5B7D1F9A3C5E702846688AACCEE0F213")


def swiped(till: TerminalUnderTest, amount: str = "750") -> None:
    for key in ("OK", *amount, "OK"):
        till.press(key)
    till.swipe("visa-stripe")


def until(bench: Bench, till: TerminalUnderTest, *screens: str) -> str:
    limit = bench.now.mono + 20 * SECOND
    while till.view().screen.id not in screens and bench.now.mono < limit:
        bench.pass_to_next(limit)
    return till.view().screen.id


def states(till: TerminalUnderTest) -> list[object]:
    return [row.fields["state"] for row in till.journal() if row.kind == "sale"]


def notes(bench: Bench) -> list[str]:
    return [str(entry.fields["text"]) for entry in bench.trace.entries if entry.kind == "note"]


@pytest.mark.parametrize("secure", [False, True], ids=["TCP", "TLS"])
@pytest.mark.parametrize("name", LANGUAGES)
def test_a_host_by_other_hands_authorises_and_reverses(name: str, secure: bool, tmp_path: Path) -> None:
    language = LANGUAGES[name]
    authority = TestAuthority(tmp_path)
    certificate = authority.certify("host") if secure else None
    trust = f"&ca={authority.certificate}" if secure else ""
    silenced: list[str] = []

    def decides(asked: Fields) -> Fields | None:
        answer = host._decided(asked)
        if int(asked.get("4", "0")) == 999 and asked["t"][1] == "1":
            silenced.append(asked["11"])
            return None
        return answer

    with (
        HostOfOthers(language, certificate, decides, options=f"?dialect={name}&sign-on=yes{trust}") as host,
        Bench(host_at=host.address) as bench,
    ):
        till = bench.add_terminal("v400m", options=QUICK)
        swiped(till)
        assert until(bench, till, "approved") == "approved"
        assert "000001" in {row.fields.get("auth_code") for row in till.journal()}
        until(bench, till, "home")
        swiped(till, "999")
        bench.advance(60 * SECOND)
        assert states(till)[-1] == "REVERSED"
        assert silenced
        assert list(host.charged.values()) == [750, 0]
        assert bench.violations() == []
    year = "1" if name.endswith("1993") else "0"
    kinds = [asked["t"] for asked in host.seen]
    sign_on, sign_off = kinds[0], kinds[-1]
    assert sign_on == sign_off == ("1804" if year == "1" else "0800")
    assert kinds[1:4] == [f"{year}100", f"{year}100", "1420" if year == "1" else "0400"]
    (reversal,) = [asked for asked in host.seen if asked["t"][1] == "4"]
    original = reversal.get("90") or reversal["56"]
    assert original[:10] == f"{year}100000002"
    assert reversal["25" if year == "1" else "56"] == "4021"


@pytest.mark.parametrize("name", LANGUAGES)
def test_a_host_by_other_hands_reconciles_a_batch(name: str) -> None:
    with (
        HostOfOthers(LANGUAGES[name], options=f"?dialect={name}") as host,
        Bench(host_at=host.address) as bench,
    ):
        till = bench.add_terminal("v400m")
        for _ in range(2):
            swiped(till)
            assert until(bench, till, "approved") == "approved"
            until(bench, till, "home")
        for key in ("9", "OK", "0", "8", "5", "6", "OK"):
            till.press(key)
        till.touch("settle")
        till.press("OK")
        bench.advance(10 * SECOND)
        assert [row.fields["state"] for row in till.journal() if row.kind == "settlement"][-1] == "SETTLED"
    (asked,) = [asked for asked in host.seen if asked["t"] in ("0500", "1500")]
    assert (asked["76"], asked["88"], asked["97"]) == ("0" * 9 + "2", f"{1500:016d}", f"C{1500:016d}")


@pytest.mark.filterwarnings("ignore::cryptography.utils.CryptographyDeprecationWarning")
def test_a_host_by_other_hands_and_the_terminal_check_each_other_s_codes(tmp_path: Path) -> None:
    file = tmp_path / "authenticated.toml"
    file.write_text(
        'extends = "iso8583-1993"\nid = "authenticated"\nname = "Authenticated"\nmac = "iso9797-3"\n',
        encoding="utf-8",
    )
    key = [MAC_KEY]

    def code(said: bytes) -> bytes:
        return mac_iso9797_3(key[0][:8], key[0][8:], said, 2)

    with (
        HostOfOthers(LANGUAGES["iso8583-1993"], code=code, options=f"?dialect={file}") as host,
        Bench(host_at=host.address) as bench,
    ):
        till = bench.add_terminal("v400m", options=QUICK)
        swiped(till)
        assert until(bench, till, "approved") == "approved"
        until(bench, till, "home")
        key[0] = MAC_KEY[::-1]  # another key: the host takes nothing, and nothing of the host is taken
        swiped(till)
        bench.advance(5 * SECOND)
        assert states(till)[-1] == "REVERSAL_PENDING"
        assert list(host.charged.values()) == [750]
        key[0] = MAC_KEY
        bench.advance(3_600 * SECOND)
        assert states(till)[-1] == "REVERSED"


@pytest.mark.filterwarnings("ignore::cryptography.utils.CryptographyDeprecationWarning")
def test_an_answer_with_a_wrong_code_is_no_answer_and_is_on_record(tmp_path: Path) -> None:
    file = tmp_path / "authenticated.toml"
    file.write_text('extends = "iso8583-1987"\nid = "a"\nname = "A"\nmac = "iso9797-3"\n', encoding="utf-8")
    wrong = [True]

    def code(said: bytes) -> bytes:
        right = mac_iso9797_3(MAC_KEY[:8], MAC_KEY[8:], said, 2)
        is_answer = said[1] in (0x10, 0x30) and wrong[0]
        return bytes(8) if is_answer else right

    with (
        HostOfOthers(LANGUAGES["iso8583-1987"], code=code, options=f"?dialect={file}") as host,
        Bench(host_at=host.address) as bench,
    ):
        till = bench.add_terminal("v400m", options=QUICK)
        swiped(till)
        bench.advance(2 * SECOND)
        assert states(till)[-1] == "REVERSAL_PENDING"
        failed = [entry.fields["problem"] for entry in bench.trace.entries if "problem" in entry.fields]
        assert "wrong-mac" in failed
        wrong[0] = False
        bench.advance(3_600 * SECOND)
        assert states(till)[-1] == "REVERSED"
        assert list(host.charged.values()) == [0]


def test_a_host_that_refuses_the_sign_on_gets_no_payment() -> None:
    def decides(asked: Fields) -> Fields:
        return {"t": "0810", "11": asked["11"], "41": asked["41"], "70": asked["70"], "39": "91"}

    language = LANGUAGES["iso8583-1987"]
    with (
        HostOfOthers(language, decides=decides, options="?sign-on=yes") as host,
        Bench(host_at=host.address) as bench,
    ):
        till = bench.add_terminal("v400m")
        swiped(till)
        assert until(bench, till, "no-connection", "approved") == "no-connection"
        assert states(till)[-1] != "REVERSAL_PENDING"
        assert any("sign-on was refused: 91; connects again in" in note for note in notes(bench))
    assert {asked["t"] for asked in host.seen} == {"0800"}


def test_a_line_that_is_kept_is_signed_on_before_the_first_payment_and_again_after_its_end() -> None:
    hung_up: list[str] = []

    def decides(asked: Fields) -> Fields | None:
        if asked["t"][1] == "1" and not hung_up:
            hung_up.append(asked["11"])
            raise OSError("this host hangs up")
        return host._decided(asked)

    with (
        HostOfOthers(LANGUAGES["iso8583-1987"], decides=decides, options="?sign-on=yes") as host,
        Bench(host_at=host.address) as bench,
    ):
        till = bench.add_terminal("v400m", options=QUICK)
        for _ in range(2):
            swiped(till)
            bench.advance(30 * SECOND)
            until(bench, till, "home")
        assert states(till)[-1] == "COMPLETED"
        assert host.connections == 2
    assert [asked["t"] for asked in host.seen] == ["0800", "0100", "0800", "0400", "0100", "0800"]
