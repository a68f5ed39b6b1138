"""The authorisation response code: tag 8A, and field 39 of ISO 8583:1987 that it is copied from."""

from __future__ import annotations

from typing import Final

APPROVALS: Final = ("00", "10")
"""The codes that approve: in full, and a part of the amount."""
