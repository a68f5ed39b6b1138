"""What a host file (`profiles/hosts/*.toml`) says of an acquirer, as plain values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Literal

from terminal_sim.core.message import HostRequest, MessageKind
from terminal_sim.core.moment import Duration
from terminal_sim.emv.keys.key_algorithm import KeyAlgorithm
from terminal_sim.host.answers import ScriptedAnswer
from terminal_sim.host.loaded_keys import BY_BIN, LoadedKey, TestKeys
from terminal_sim.secret import Secret

if TYPE_CHECKING:
    from terminal_sim.emv.keys.derivation import IssuerKeys

DEFAULT_DIALECT = "iso8583-1987"
AVS_WORDS = ("match", "postal-only", "street-only", "no-match", "unknown")
_CODE = re.compile(r"[0-9A-Z]{2}", re.ASCII)
_QUICK = Duration(300_000)


def _checked(name: str, answer: str) -> None:
    try:
        ScriptedAnswer.parse(answer)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None


class PinKeys(Enum):
    """How the keys of online PINs are managed: one for all, or one for each PIN (ANSI X9.24-1 and X9.24-3)."""

    FIXED = "fixed"
    DUKPT_TDES = "dukpt-tdes"
    DUKPT_AES = "dukpt-aes"


@dataclass(frozen=True, slots=True, kw_only=True)
class PinSetup:
    """Online PINs: how their keys are managed, and the format of their blocks (ISO 9564-1), 4 with AES and 0 or 3 with triple DES."""

    keys: PinKeys = PinKeys.FIXED
    block_format: Literal[0, 3, 4] = 0

    def __post_init__(self) -> None:
        if (self.block_format == 4) is not (self.keys is PinKeys.DUKPT_AES):
            raise ValueError('block_format: 4 belongs to keys = "dukpt-aes", 0 and 3 to the others')


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownCards:
    """The answer to a Luhn-valid card number that has no account."""

    answer: str = "approved"

    def __post_init__(self) -> None:
        _checked("answer", self.answer)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRule:
    """Decides where all that it names fits; `amount` in minor units, `kind` a kind of host message."""

    answer: str
    pan: str = ""
    amount: int = 0
    kind: MessageKind | None = None

    def __post_init__(self) -> None:
        _checked("answer", self.answer)
        if not (self.pan or self.amount or self.kind):
            raise ValueError("a rule that names no pan, amount or kind would fit everything")

    def fits(self, pan: str, amount: int, kind: MessageKind) -> bool:
        return self.pan in ("", pan) and self.amount in (0, amount) and self.kind in (None, kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class AmountEnding:
    """What an amount that ends so is answered with: a response code and the text shown with it."""

    code: str
    text: str = ""

    def __post_init__(self) -> None:
        if not _CODE.fullmatch(self.code):
            raise ValueError("code: two capital letters or digits wanted, such as 51")


@dataclass(frozen=True, slots=True, kw_only=True)
class AcquirerConfig:
    """An acquirer. `dialect` is the name of one, or the path of its file, from the folder of the host file. `packs` maps a name to endings of the amount; only the pack named `pack` is in force."""

    host: Literal[1]
    id: str
    name: str
    test_keys: TestKeys
    pin: PinSetup = PinSetup()
    dialect: str = DEFAULT_DIALECT
    delay: Duration = _QUICK
    pack: str = ""
    unknown_cards: UnknownCards = UnknownCards()
    avs: dict[str, str] = field(default_factory=dict)
    rules: tuple[AnswerRule, ...] = ()
    packs: dict[str, dict[str, AmountEnding]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._check_keys()
        if self.pack and self.pack not in self.packs:
            raise ValueError(
                f"pack: there is no pack {self.pack!r}; there is {', '.join(self.packs) or 'none'}"
            )
        for word, code in self.avs.items():
            if word not in AVS_WORDS:
                raise ValueError(f"avs.{word}: an address check ends as one of {', '.join(AVS_WORDS)}")
            if not _CODE.fullmatch(code):
                raise ValueError(f"avs.{word}: a response code wanted, such as 00")
        for name, endings in self.packs.items():
            for ending in endings:
                if not (ending.isascii() and ending.isdigit()):
                    raise ValueError(f"packs.{name}.{ending}: an ending of an amount has digits only")

    @property
    def issuer_keys(self) -> IssuerKeys:
        """The master keys of the cards' issuer."""
        from terminal_sim.emv.keys.derivation import IssuerKeys  # only a card needs ciphers

        return IssuerKeys(
            cryptograms=self.issuer_master_key,
            mac=self._optional("script_mac_key"),
            encipherment=self._optional("script_encipherment_key"),
            by_bin=self.keys_by_bin,
        )

    @property
    def keys_by_bin(self) -> dict[str, Secret[bytes]]:
        """The master keys of issuers with one of their own, by the beginning of their card numbers."""
        return {each: self._key(f"{BY_BIN}{each}") for each in self.test_keys.issuer_master_keys}

    @property
    def issuer_master_key(self) -> Secret[bytes]:
        return self._key("issuer_master_key")

    def _optional(self, name: str) -> Secret[bytes] | None:
        return self._key(name) if self.test_keys.has(name) else None

    @property
    def pin_key(self) -> Secret[bytes]:
        return self._key("pin_key")

    @property
    def mac_key(self) -> Secret[bytes]:
        """Authenticates messages of terminals that were given no other."""
        return self._key("mac_key")

    @property
    def transport_key(self) -> Secret[bytes]:
        """Protects new keys on their way to a terminal."""
        return self._key("transport_key")

    @property
    def base_derivation_key(self) -> Secret[bytes]:
        return self._key("base_derivation_key")

    def loaded_keys(self) -> list[LoadedKey]:
        """The keys in use, those of one kind of PIN key among them; a base key that nothing is derived from is left alone."""
        optional = ("script_mac_key", "script_encipherment_key", "mac_key", "transport_key")
        by_bin = (f"{BY_BIN}{each}" for each in self.test_keys.issuer_master_keys)
        names = [
            "issuer_master_key",
            "pin_key",
            *by_bin,
            *(one for one in optional if self.test_keys.has(one)),
        ]
        if self.pin.keys is not PinKeys.FIXED:
            names.append("base_derivation_key")
        return [self.test_keys.loaded(name, self._algorithm(name)) for name in names]

    def _key(self, name: str) -> Secret[bytes]:
        return self.test_keys.key(name, self._algorithm(name))

    def _algorithm(self, name: str) -> KeyAlgorithm:
        is_aes = name == "base_derivation_key" and self.pin.keys is PinKeys.DUKPT_AES
        return KeyAlgorithm.AES if is_aes else KeyAlgorithm.TDES

    def _check_keys(self) -> None:
        """Raises `ValueError` where a key is missing or cannot be loaded."""
        if self.pin.keys is not PinKeys.FIXED and not self.test_keys.has("base_derivation_key"):
            raise ValueError(
                f"test_keys.base_derivation_key: keys of the kind {self.pin.keys.value} are derived from it"
            )
        try:
            self.loaded_keys()
        except ValueError as error:
            raise ValueError(f"test_keys.{error}") from None

    def response_codes(self) -> Iterator[str]:
        """The codes that rules, packs and the address check answer with."""
        for answer in (self.unknown_cards.answer, *(rule.answer for rule in self.rules)):
            if code := ScriptedAnswer.parse(answer).code:
                yield code
        yield from self.avs.values()
        yield from (ending.code for endings in self.packs.values() for ending in endings.values())

    def ending_of(self, amount: int) -> tuple[str, AmountEnding] | None:
        """The ending of `amount` that the pack in force knows, and what it decides."""
        digits = f"{amount:012d}"
        for ending, decided in self.packs.get(self.pack, {}).items():
            if digits.endswith(ending):
                return ending, decided
        return None

    def overruling(self, request: HostRequest) -> tuple[ScriptedAnswer, str]:
        """What the first rule that fits or else the pack in force answers in place of the issuer, with the note of it for the trace; an answer that says nothing where neither does."""
        pan, amount = request.card_number, request.amount.minor
        for rule in self.rules:
            if rule.fits("" if pan is None else pan.reveal(), amount, request.kind):
                return ScriptedAnswer.parse(rule.answer), f"{self.id}: a rule answers {rule.answer}"
        ending = self.ending_of(amount) if request.kind.charges else None
        if ending is None:
            return ScriptedAnswer(), ""
        digits, decided = ending
        note = f"pack {self.pack}: an amount that ends in {digits} is answered {decided.code} {decided.text}"
        return ScriptedAnswer(code=decided.code, text=decided.text), note.rstrip()
