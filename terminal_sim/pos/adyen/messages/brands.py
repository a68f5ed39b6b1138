"""The brands of cards by the names that they have at the platform."""

from __future__ import annotations

from collections.abc import Mapping

# Those whose name here is another.
_NAMES: Mapping[str, str] = {"mastercard": "mc", "unionpay": "cup"}
_BRANDS: Mapping[str, str] = {name: brand for brand, name in _NAMES.items()}


def platform_name(brand: str) -> str:
    """The platform's name of a brand."""
    return _NAMES.get(brand, brand)


def brand_named(name: str) -> str:
    """The brand that the platform calls so."""
    return _BRANDS.get(name, name)
