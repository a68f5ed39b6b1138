"""terminal-sim: a simulator of payment-terminal firmware."""

__version__ = "0.1.0"
