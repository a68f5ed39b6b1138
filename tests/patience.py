"""How long a test waits for what has to come."""

from __future__ import annotations

PATIENCE = 120.0
"""Seconds in which whatever comes at all has come, on the busiest machine. A test that holds waits for no fraction of it."""
