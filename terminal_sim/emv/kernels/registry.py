"""The contactless kernels: one table of what the entry point must know of each, and of the path from its records to its cryptogram."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from msgspec import Struct

from terminal_sim.emv.kernels import by_answer, interac, kernel_2, kernel_3, kernel_4, kernel_5
from terminal_sim.emv.steps.entry_point import ANY_KERNEL, Combination, KernelTraits
from terminal_sim.emv.steps.state import Transaction
from terminal_sim.emv.talk.config import Application
from terminal_sim.emv.talk.conversation import Conversation

Certify = Callable[[Transaction, Combination], Conversation[None]]


class Kernel(Struct, frozen=True):
    """A kernel. `certify` goes from the answer to GET PROCESSING OPTIONS to a cryptogram for the issuer; where there is none it raises `Ended`."""

    traits: KernelTraits
    certify: Certify


def _kernel(identifier: int, rid: str, certify: Certify, **traits: bool) -> Kernel:
    return Kernel(KernelTraits(identifier, bytes.fromhex(rid), **traits), certify)


KERNELS: Final = (
    _kernel(2, "A000000004", kernel_2.certify, own_limits=True),
    _kernel(
        3,
        "A000000003",
        kernel_3.certify,
        uses_qualifiers=True,
        needs_qualifiers=True,
        dynamic_limits=True,
        issuer_update=True,
    ),
    _kernel(4, "A000000025", kernel_4.certify),
    _kernel(5, "A000000065", kernel_5.certify),
    _kernel(6, "A000000152", by_answer.certify, uses_qualifiers=True),
    _kernel(7, "A000000333", by_answer.certify, uses_qualifiers=True),
    _kernel(ANY_KERNEL, "A000000277", interac.certify, own_limits=True),
)
"""The kernels with the RID of their scheme (Contactless Book B, table 3-6); the last one has no identifier by which a card asks for it."""

_OF_NO_SCHEME: Final = Kernel(KernelTraits(ANY_KERNEL, b"", uses_qualifiers=True), by_answer.certify)

_BY_IDENTIFIER: Final = {kernel.traits.identifier: kernel for kernel in KERNELS}
_BY_RID: Final = {kernel.traits.rid: kernel for kernel in KERNELS}

TRAITS: Final = tuple(kernel.traits for kernel in KERNELS)


def kernel_of(application: Application) -> Kernel | None:
    """The kernel that the application's configuration names, else that of its AID's scheme; None where it names one that is not there."""
    if application.kernel != ANY_KERNEL:
        return _BY_IDENTIFIER.get(application.kernel)
    return _BY_RID.get(application.aid[:5], _OF_NO_SCHEME)
