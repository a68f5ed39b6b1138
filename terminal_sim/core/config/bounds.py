"""The bounds that the numbers of a configuration keep; each refusal begins with the name of its key, as the TOML reader wants."""

from __future__ import annotations


def require_above_zero(config: object, *names: str) -> None:
    """Raises `ValueError` for the first of these attributes that is zero or less."""
    for name in names:
        if getattr(config, name) <= 0:
            raise ValueError(f"{name}: must be above zero")


def require_between(config: object, name: str, low: int, high: int, rule: str) -> None:
    """Raises `ValueError` with the `rule` and the value where the attribute is not from `low` to `high`."""
    value = getattr(config, name)
    if not low <= value <= high:
        raise ValueError(f"{name}: {rule}, not {value}")
