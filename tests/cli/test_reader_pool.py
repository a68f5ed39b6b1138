"""Readers of a pool: leased, used and given back by scripts, commands and campaigns."""

from __future__ import annotations

import json
import os
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from terminal_sim.cli.main import main
from terminal_sim.explore.campaigns.campaign import Campaign, CampaignTerminal
from terminal_sim.explore.campaigns.workers import ProcessWorkers, WorkersLost
from terminal_sim.readers.opening import Misuse
from terminal_sim.readers.pool import PoolConnection
from tests.cli.pool import Pool
from tests.explore.campaigns.kit import done

pytestmark = pytest.mark.skipif(not hasattr(os, "openpty"), reason="a pool serves pseudo-terminals")

SALE = """keys 1
terminal v400m

scenario "A"
  press  OK 1250 OK
  insert visa-credit
  expect screen "Approved"

scenario "B"
  press  OK 1300 OK
  insert visa-credit
  expect screen "Approved"
"""
PYTHON = shlex.quote(sys.executable)


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pool]:
    there = Pool(tmp_path_factory.mktemp("p"), "left=ccid+pty:", "ccid+pty:")
    yield there
    assert there.end() == 0
    assert not there.socket.exists()


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sale.keys").write_text(SALE, encoding="utf-8")


def told(capfd: pytest.CaptureFixture[str], *words: str) -> Any:
    """What the command prints as JSON."""
    assert main(words) == 0
    return json.loads(capfd.readouterr().out)


def test_a_script_runs_at_a_leased_reader_and_nobody_is_asked(
    pool: Pool, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "sale.keys", "-q", "--reader", f"pool:{pool.socket}"]) == 0
    assert main(["run", "sale.keys", "-q", "--reader", f"pool:{pool.socket}#left"]) == 0
    printed = capfd.readouterr()
    assert (printed.out, printed.err) == ("2 held\n2 held\n", "")
    pool.await_free()


def test_a_command_finds_its_reader_in_its_environment(pool: Pool, capfd: pytest.CaptureFixture[str]) -> None:
    inner = f"{PYTHON} -m terminal_sim readers probe $TERMINAL_SIM_READER --format json; echo $TERMINAL_SIM_READER_NAME >&2"
    lease = ["readers", "lease", "--at", str(pool.socket), "--name", "left", "--card", "visa-credit"]
    assert main([*lease, "--", "sh", "-c", inner]) == 0
    printed = capfd.readouterr()
    probed = json.loads(printed.out)
    assert probed["slot 0"].startswith("a card, T=0")
    assert printed.err == "left\n"
    pool.await_free()
    after = told(capfd, "readers", "probe", probed["address"], "--format", "json")
    assert after["slot 0"] == "empty"


def test_the_code_of_the_command_is_that_of_the_lease(pool: Pool) -> None:
    assert main(["readers", "lease", "--at", str(pool.socket), "--", "sh", "-c", "exit 7"]) == 7


def test_a_pool_is_told_as_json_and_to_a_shell(pool: Pool, capfd: pytest.CaptureFixture[str]) -> None:
    pool.await_free()
    listed = told(capfd, "readers", "lease", "--at", str(pool.socket), "--format", "json")
    assert [(one["name"], one["leased"]) for one in listed] == [("left", False), ("reader-2", False)]
    assert all(one["address"] == f"ccid+serial://{one['path']}" for one in listed)
    assert pool.announced == f"export TERMINAL_SIM_POOL={pool.socket}\n"


def test_a_pool_is_told_as_an_environment_of_labgrid(
    pool: Pool, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    lease = ["readers", "lease", "--at", str(pool.socket), "--format", "labgrid", "--profile"]
    assert main([*lease, "square-terminal"]) == 0
    targets = [
        f"""  "{name}":
    resources:
      PaymentTerminal:
        profile: "square-terminal"
      CardReader:
        address: "pool:{pool.socket}#{name}"
    drivers:
      PaymentTerminalDriver: {{}}
      PaymentTerminalStrategy: {{}}
"""
        for name in ("left", "reader-2")
    ]
    head = "imports:\n  - terminal_sim.adapters.labgrid\ntargets:\n"
    assert capfd.readouterr().out == head + "".join(targets)
    mine = tmp_path / "é: mine.toml"
    mine.write_text('profile = 1\nextends = "v400m"\nid = "mine"\nname = "Mine"\n', encoding="utf-8")
    assert main([*lease, mine.name]) == 0
    assert capfd.readouterr().out.count(f'profile: "{mine}"\n') == 2
    assert main([*lease, "v401m"]) == 2
    assert "did you mean" in capfd.readouterr().err


def test_a_reader_is_leased_by_one_at_a_time_and_is_free_when_its_connection_ends(pool: Pool) -> None:
    with PoolConnection(str(pool.socket)) as one, PoolConnection(str(pool.socket)) as another:
        assert one.lease("left").name == "left"
        assert another.lease().name == "reader-2"
        assert pool.states() == {"left": True, "reader-2": True}
        with pytest.raises(Misuse, match="a connection leases one reader"):
            one.lease("reader-2")
        with pytest.raises(Misuse, match="no such line"):
            one.act("eat visa-credit")
    with PoolConnection(str(pool.socket)) as next_one:
        assert next_one.lease("left").name == "left"


def test_what_cannot_be_leased_is_told_in_one_sentence(pool: Pool, capfd: pytest.CaptureFixture[str]) -> None:
    for words, line in (
        (("--at", "nowhere"), "no pool of readers is at nowhere"),
        (
            ("--at", str(pool.socket), "--name", "middle", "--", "true"),
            "no reader 'middle'; there are left, reader-2",
        ),
        (("--at", str(pool.socket), "--card", "none", "--", "true"), "none"),
    ):
        assert main(["readers", "lease", *words]) == 2
        printed = capfd.readouterr()
        assert printed.out == ""
        assert printed.err.count("\n") == 1
        assert line in printed.err
    assert main(["readers", "pool", "vpcd:", "--at", "new"]) == 2
    assert main(["readers", "pool", "a=ccid+pty:", "a=ccid+pty:", "--at", "new"]) == 2
    assert main(["readers", "pool", "ccid+pty:", "--at", str(pool.socket)]) == 2
    assert "take the file away, or name another" in capfd.readouterr().err


def test_a_campaign_spreads_over_the_readers_of_a_pool(pool: Pool) -> None:
    terminal = CampaignTerminal(profile="v400m", variants=False, reader=f"pool:{pool.socket}")
    given = Campaign(campaign="pooled", sessions=8, terminals=(terminal,), job_sessions=2, round_jobs=4)
    before = pool.leases()
    found = done(given, ProcessWorkers(2))
    assert found.sessions == list(range(1, 9))
    assert any(act[0] == "insert" for job in found.jobs for row in job.sessions for act in row.acts)
    leases = [after - then for after, then in zip(pool.leases(), before, strict=True)]
    assert (sum(leases), min(leases) > 0) == (4, True)
    pool.await_free()


def test_a_campaign_without_its_pool_says_so(tmp_path: Path) -> None:
    terminal = CampaignTerminal(profile="v400m", reader=f"pool:{tmp_path / 'nowhere'}")
    given = Campaign(campaign="pooled", sessions=2, terminals=(terminal,))
    with pytest.raises(WorkersLost, match="no pool of readers is at"):
        done(given, ProcessWorkers(1))
