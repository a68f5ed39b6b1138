"""Terminal profiles: the bundled ones by name, any other by its path."""

from terminal_sim.profile.profiles import (
    ProfileError,
    bundled,
    check,
    explain,
    file_of,
    load,
    names,
    read,
    schema,
    variants,
)

__all__ = [
    "ProfileError", "bundled", "check", "explain", "file_of", "load", "names", "read", "schema", "variants",
]  # fmt: skip
