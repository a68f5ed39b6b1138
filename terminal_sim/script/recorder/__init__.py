"""What is done at a terminal by hand becomes a script, in the script language or as a Python test."""

from terminal_sim.script.recorder.recorded_script import RecordedScript
from terminal_sim.script.recorder.recorder import ScriptRecorder
from terminal_sim.script.recorder.script_head import ScriptHead
from terminal_sim.script.recorder.wishes import Expected, IdleTime, Naming

__all__ = ["Expected", "IdleTime", "Naming", "RecordedScript", "ScriptHead", "ScriptRecorder"]
