"""Whether an address leads off this machine, which is allowed on purpose only."""

from __future__ import annotations

from ipaddress import ip_address

LOOPBACK = "127.0.0.1"
BEYOND = "beyond"  # the option of an address that allows it, as `beyond=loopback`


def is_loopback(host: str) -> bool:
    """Whether `host` is this machine, by what its name says and without asking for it."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
