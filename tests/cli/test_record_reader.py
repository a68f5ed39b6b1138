"""A session at a real reader becomes a script, which is held against the recording of that reader: nobody presents the card again."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("Windows has no pseudo-terminals", allow_module_level=True)

from tests.interop.daemon import Told

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'drivers'}"}
PROGRAM = (sys.executable, "-m", "terminal_sim")


def test_a_session_at_a_real_reader_holds_against_the_recording_of_it(tmp_path: Path) -> None:
    link, script = tmp_path / "reader", tmp_path / "sale.keys"
    serve = [*PROGRAM, "readers", "serve", "ccid+pty:", "--link", str(link)]
    record = [*PROGRAM, "record", "v400m", "--to", str(script), "--reader", f"ccid+serial:{link}"]
    with Told(serve, ENVIRONMENT, stdin=True) as reader:
        reader.until("LIBPATH")
        with Told(record, ENVIRONMENT, stdin=True) as session:
            session.tell("press OK 1000 OK\ninsert visa-credit")
            session.until(f"terminal-sim: insert visa-credit into ccid\\+serial:{link}\n", "err")
            reader.tell("insert visa-credit")
            session.tell("wait 1s\nremove card")
            session.until(f"terminal-sim: take the card out of ccid\\+serial:{link}\n", "err")
            reader.tell("remove")
            session.tell("quit")
            assert session.ended() == 0, session.said
        assert "# replayed on its recording: " in session.said["out"]
    assert "insert visa-credit" in script.read_text("utf-8")
    recording = script.with_suffix(".pcapng")
    assert recording.stat().st_mode & 0o777 == 0o600
    again = [*PROGRAM, "run", str(script), "--reader", f"recording:{recording}"]
    assert subprocess.run(again, env=ENVIRONMENT, cwd=tmp_path, check=False).returncode == 0
