"""The package that `Library    TerminalSim` imports: a wheel installs it at its top level, under the name that Robot Framework's users expect of a library."""  # noqa: N999

from terminal_sim.adapters.robot.library import TerminalSim

__all__ = ["TerminalSim"]
