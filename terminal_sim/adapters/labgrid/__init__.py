"""labgrid: a payment terminal as a resource, a driver that says the words of scripts, and a strategy.

An environment file that names this package under `imports:` has the classes below by their names.
"""

from terminal_sim.adapters.labgrid.driver import PaymentTerminalDriver
from terminal_sim.adapters.labgrid.resources import CardReader, PaymentTerminal
from terminal_sim.adapters.labgrid.strategy import PaymentTerminalStrategy

__all__ = ["CardReader", "PaymentTerminal", "PaymentTerminalDriver", "PaymentTerminalStrategy"]
