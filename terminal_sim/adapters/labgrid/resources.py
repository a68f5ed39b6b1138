"""What an environment file says of a terminal and of its reader; nothing is opened here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attr
from labgrid import target_factory
from labgrid.resource import Resource

from terminal_sim.bench import DEFAULT_CLOCK

_text = attr.validators.instance_of(str)
_texts = attr.validators.or_(
    _text, attr.validators.deep_iterable(_text, attr.validators.instance_of(list | tuple))
)


@target_factory.reg_resource
@attr.s(eq=False)
class PaymentTerminal(Resource):
    """A simulated terminal: `profile` is the name of one, or a .toml file beside the environment file.

    `locale` is its language, the first of the profile by default; `options` are those of the profile, by their dotted keys; `seed` is that of everything
    random, `clock` the time at which it begins, `cards` a folder of further cards, and `pack` an amount pack of its acquirer.
    """

    profile: str = attr.ib(validator=_text)
    locale: str = attr.ib(default="", validator=_text)
    options: Mapping[str, object] = attr.ib(factory=dict, validator=attr.validators.instance_of(dict))
    seed: int = attr.ib(default=0, validator=attr.validators.instance_of(int))
    clock: str = attr.ib(default=DEFAULT_CLOCK, validator=_text)
    cards: str = attr.ib(default="", validator=_text)
    pack: str = attr.ib(default="", validator=_text)


@target_factory.reg_resource
@attr.s(eq=False)
class CardReader(Resource):
    """The reader of a terminal: an address as `run --reader` takes it, or a list of those that complete each other."""

    address: str | Sequence[str] = attr.ib(validator=_texts)
