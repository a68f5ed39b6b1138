"""Robot Framework: the words of scripts as keywords of the library `TerminalSim`."""

from terminal_sim.adapters.robot.library import TerminalSim

__all__ = ["TerminalSim"]
