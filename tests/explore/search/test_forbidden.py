"""Lines of a script that forbid a screen are rules of an exploration."""

from __future__ import annotations

from pathlib import Path

import pytest

from terminal_sim.explore.search.forbidden import forbidden
from terminal_sim.explore.search.ground import Ground
from terminal_sim.script.tree import ScriptError

SCRIPT = """\
keys 1
terminal v400m

scenario "Never here"
  forbid screen id:moto
  forbid screen "Declined"
  press 8 OK
  forbid screen id:moto
"""


def rules(folder: Path, text: str) -> Path:
    file = folder / "rules.keys"
    file.write_text(text, encoding="utf-8")
    return file


def test_each_line_is_one_rule_that_alarms_where_the_screen_shows(tmp_path: Path) -> None:
    own = forbidden(rules(tmp_path, SCRIPT))
    assert [one.code for one in own] == ["F-1", "F-2"]
    ground = Ground.of("v400m", {}, own)
    _, alarms = ground.alarms([("press", "8", "OK"), ("press", "0856", "OK")])
    assert {one.code for one in alarms} == {"F-1"}
    _, alarms = ground.alarms([("press", "9", "OK")])
    assert alarms == []


@pytest.mark.parametrize(
    ("steps", "why"),
    [
        ("  press 8 OK\n", "rules.keys:1:1: no line of this script begins with `forbid screen`"),
        ('  let seen = "Declined"\n  forbid screen "${seen}"\n', "rules.keys:6:1: a rule of an exploration has no variables"),
    ],
)  # fmt: skip
def test_a_script_that_gives_no_rule_is_one_error(tmp_path: Path, steps: str, why: str) -> None:
    file = rules(tmp_path, f'keys 1\nterminal v400m\n\nscenario "S"\n{steps}')
    with pytest.raises(ScriptError) as wrong:
        forbidden(file)
    assert why in str(wrong.value)
