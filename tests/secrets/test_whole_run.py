"""One run that leaves everything that the project can leave: each byte of it is searched for planted secrets.

What holds card data in clear by its nature is left out: a saved state, a recording of a reader's line, and a deck of test cards, of which a bundle has
those that it needs to be replayed elsewhere.
"""

from __future__ import annotations

import io
import json
import os
import re
import sys
import zipfile
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from terminal_sim.bench import Bench
from terminal_sim.cli.main import main
from terminal_sim.explore.secret_words import stand_in
from tests.interop.daemon import Told
from tests.proof import ProofCount
from tests.secrets.encodings import spellings, telling_runs, track2
from tests.secrets.test_pad_keys import written
from tests.secrets.test_planted import CARD, CVC, EXPIRY, KEYED_PAN, PAN, PIN
from tests.web.kit import API, served

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'drivers'}"}
HOST = (sys.executable, "-m", "terminal_sim", "host", "serve", "iso8583://127.0.0.1:0", "--json")
WEB_PAN = "4111111111111111"  # of visa-credit
PAYS = f"""keys 1
terminal v400m
cards "deck"
scenario "Everything"
  press OK 1000 OK
  insert planted
  press {PIN} OK
  expect screen "Approved"
  screenshot "approved"
  remove card
  wait 30s
  press OK 1500 OK
  swipe planted
  wait 1min
  press 8 OK 0856 OK
  tap id:moto
  press 3000 OK {KEYED_PAN} OK {EXPIRY[2:]}{EXPIRY[:2]} OK {CVC} OK 12345 OK 1 OK
  wait 1min
  host answers timeout
  pos sale T-1 1250
  insert planted
  press {PIN} OK
  wait 5min
  expect screen "nowhere"
"""
STORES = """keys 1
terminal square-terminal
cards "deck"
with offline.allowed=true
scenario "Stored"
  network down
  press 1250
  tap id:charge
  swipe planted
  expect journal offline.stored
"""
KINDS = (
    "state/journal.db", "state/pos.db", "stored/journal.db", "away/journal.db", "books/acquirer.jsonl", "host.jsonl", "trace.jsonl", "said.txt",
    "junit.xml", "grid.html", "run.cov", "report/index.html", "web/socket.jsonl", "web/recording", "web/host_messages", "web/device.svg",
)  # fmt: skip
ENDINGS = (".tsim", ".png", ".svg", ".txt", ".db", ".jsonl", ".html", ".xml")


@pytest.fixture(scope="module")
def token_and_left(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """The token of the bench that was served, and the folder of what the run left."""
    place = tmp_path_factory.mktemp("whole")
    deck, left = place / "deck", place / "left"
    deck.mkdir()
    left.mkdir()
    (deck / "planted.toml").write_text(CARD.format(pan=PAN, expiry=EXPIRY, cvc=CVC, pin=PIN))
    (place / "pays.keys").write_text(PAYS)
    (place / "stores.keys").write_text(STORES)
    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        _run(place, left)
        _run_against_a_host(place, left)
    (left / "said.txt").write_text(said.getvalue())
    return _serve(left / "web"), left


def _run(place: Path, left: Path) -> None:
    named = {
        "--state": "state", "--trace": "trace.jsonl", "--out": "out", "--receipts": "receipts", "--report": "report",
        "--grid": "grid.html", "--junit": "junit.xml", "--coverage": "run.cov", "--pictures-dir": "pictures",
    }  # fmt: skip
    words = [word for option, name in named.items() for word in (option, str(left / name))]
    assert main(["run", str(place / "pays.keys"), "--update-pictures", *words]) == 1
    bundled = ["--bundles", str(left / "bundles"), "--pictures-dir", str(left / "pictures")]
    assert main(["run", str(place / "pays.keys"), *bundled]) == 1
    assert main(["run", str(place / "stores.keys"), "--state", str(left / "stored"), "--format", "json"]) == 0
    for report in ("transactions", "totals", "sales"):
        assert main(["report", report, "--state", str(left / "state")]) == 0
    assert main(["verify", str(left / "state")]) == 0


def _run_against_a_host(place: Path, left: Path) -> None:
    words = [
        *HOST,
        "--state",
        str(left / "books"),
        "--log",
        str(left / "host.jsonl"),
        "--cards",
        str(place / "deck"),
    ]
    with Told(words, ENVIRONMENT, stdin=True) as host:
        address = host.until(r'\{"host": "(iso8583://127\.0\.0\.1:\d+)"\}')[1]
        away = ["--host", f"{address}?new-keys=24h", "--state", str(left / "away")]
        main(["run", str(place / "pays.keys"), *away, "--pictures-dir", str(left / "pictures")])


def _serve(web: Path) -> str:
    """Whatever a served bench answers is written into `web`; its token is returned."""
    web.mkdir()
    with served("v400m") as bench, bench.socket() as socket:
        socket.ask(sub={"after": 0})
        answers = [
            bench.acts("press OK 1000 OK", "insert visa-credit", "wait 1s", "remove card", "wait 1min"),
            bench.acts("press OK 1000 OK", "insert mastercard-pin", f"press {PIN} OK", "wait 1min", "remove card"),
            bench.acts("wait 1min", "press OK 1000 OK", "swipe visa-stripe", "wait 1min"),
            bench.acts("press 8 OK 0856 OK", "tap id:moto", f"press 3000 OK {KEYED_PAN} OK 0731 OK {CVC} OK 12345 OK 1 OK", "wait 1min"),
        ]  # fmt: skip
        (web / "acts").write_text(json.dumps(answers))
        document = bench.get("/openapi.json")
        (web / "openapi.json").write_text(json.dumps(document))
        named = {
            "terminal": "v400m-1",
            "number": "1",
            "n": "40",
            "flow": "sale",
            "name": "b1",
            "other": "b1",
            "code": "M1",
        }
        paths = [
            path
            for path, methods in document["paths"].items()
            if "get" in methods and not path.endswith("/events")
        ]
        for path in (
            *paths,
            f"{API}/trace?limit=100000&as=html",
            f"{API}/trace?limit=100000&as=pcapng",
            "/docs",
            "/",
        ):
            asked = re.sub(r"\{(\w+)\}", lambda found: named.get(found[1], "1"), path)
            status, _, body = bench.ask_raw("GET", asked)
            name = path.removeprefix(f"{API}/terminals/{{terminal}}/").removeprefix(f"{API}/").strip("/")
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            (web / (re.sub(r"[^\w.]", "_", name) or "page")).write_bytes(content)
            assert status in (200, 404, 409, 422), (path, status)
        socket.ask(sub={"after": 0})
        frames = [*socket.events, *socket.screens]
        (web / "socket.jsonl").write_text("\n".join(json.dumps(frame) for frame in frames))
        return bench.address.token


def contents(left: Path) -> dict[str, bytes]:
    """Each file by its path, and the members of each archive by theirs behind it; cards of a deck are left out."""
    found: dict[str, bytes] = {}
    for file in sorted(left.rglob("*")):
        if file.is_file():
            name, content = str(file.relative_to(left)), file.read_bytes()
            found[name] = content
            if zipfile.is_zipfile(io.BytesIO(content)):
                with zipfile.ZipFile(io.BytesIO(content)) as archive:
                    found |= {
                        f"{name}!{member}": archive.read(member)
                        for member in archive.namelist()
                        if not member.startswith("cards/")
                    }
    return found


def planted(token: str) -> dict[str, bytes]:
    """Every secret of the run in each way of writing it, by what it is."""
    digits = {
        "card number": PAN,
        "typed card number": KEYED_PAN,
        "card number of the bench": WEB_PAN,
        "PIN": PIN,
    }
    found = {
        f"{what}: {way}": spelled
        for what, value in digits.items()
        for way, spelled in spellings(value).items()
    }
    found |= {f"track 2, {n}": track for n, track in enumerate(track2(PAN, EXPIRY, "101"))}
    with Bench(trace=False) as bench:
        keys = bench.acquirer.config.test_keys
        blocks = {
            name: getattr(keys, name) for name in ("issuer_master_key", "pin_key", "mac_key", "transport_key")
        }
    values = {name: bytes.fromhex(key) for name, key in blocks.items()} | {"token": token.encode()}
    found |= {
        f"{what}: {way}": spelled for what, value in values.items() for way, spelled in written(value).items()
    }
    return {what: spelled for what, spelled in found.items() if len(set(spelled) - {0}) > 1}


def hits(content: bytes, secrets: dict[str, bytes]) -> list[str]:
    """What of the secrets is in a file."""
    lowered = content.lower()
    return [what for what, spelled in secrets.items() if spelled in content or spelled.lower() in lowered]


def test_the_run_left_every_kind_of_artefact(token_and_left: tuple[str, Path]) -> None:
    found = contents(token_and_left[1])
    assert [kind for kind in KINDS if not found.get(kind)] == []
    assert [ending for ending in ENDINGS if not any(name.endswith(ending) for name in found)] == []
    assert any("!" in name for name in found)
    assert b"COMPLETED" in found["trace.jsonl"]
    assert b"REVERSED" in found["trace.jsonl"]
    assert b"411111******1111" in found["web/journal"]
    assert found["web/socket.jsonl"].count(b"\n") > 100


def test_no_artefact_holds_a_planted_secret(token_and_left: tuple[str, Path], proof: ProofCount) -> None:
    token, left = token_and_left
    secrets, found = planted(token), contents(left)
    wrong = [f"{name}: {what}" for name, content in found.items() for what in hits(content, secrets)]
    proof(searched=len(found), violations=len(wrong))
    assert wrong == []


def test_no_artefact_holds_more_of_a_card_number_than_a_mask_shows(token_and_left: tuple[str, Path]) -> None:
    for name, content in contents(token_and_left[1]).items():
        if not name.endswith(".png"):
            text = content.decode(errors="replace").replace(stand_in(KEYED_PAN), "")
            assert [run for pan in (PAN, KEYED_PAN) for run in telling_runs(text, pan)] == [], name


def test_each_secret_is_found_in_each_spelling_wherever_it_is_planted(
    token_and_left: tuple[str, Path], tmp_path: Path
) -> None:
    token, left = token_and_left
    secrets, found = planted(token), contents(left)
    for number, (what, spelled) in enumerate(secrets.items()):
        content = found[KINDS[number % len(KINDS)]][:1_000]
        assert what in hits(content[:500] + spelled + content[500:], secrets)
    with zipfile.ZipFile(tmp_path / "planted.tsim", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("acts.jsonl", PAN)
    assert "card number: ASCII" in hits(contents(tmp_path)["planted.tsim!acts.jsonl"], secrets)
