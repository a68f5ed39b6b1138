"""A card as its maker and its issuer know it; number, code and PIN are `Secret` here."""

from __future__ import annotations

from dataclasses import dataclass, replace

from terminal_sim.cards.profile.faces import CardApplication, ChipFace, ContactlessFace, Holder, StripeFace
from terminal_sim.cards.profile.purpose import CardPurpose, ExpectedSales
from terminal_sim.emv.data.card_number import brand_of
from terminal_sim.secret import Secret


@dataclass(frozen=True, slots=True)
class CardAccount:
    """What applications draw on: a number, and which of its cards this is."""

    pan: Secret[str]
    sequence: str

    @property
    def brand(self) -> str:
        """The brand that the number is of."""
        brand = brand_of(self.pan.reveal())
        return brand.name if brand else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Personality:
    """A card as its maker and its issuer know it. `expiry` is YYMM, `expiry_mmyy` as it is embossed and typed."""

    id: str
    name: str
    pan: Secret[str]
    expiry: str
    cvc: Secret[str] | None
    pin: Secret[str] | None
    brand: str
    sequence: str
    holder: Holder
    issuer_country: str
    currency: str
    log: int
    issuer_response: str
    purpose: CardPurpose | None
    expected: ExpectedSales
    chip: ChipFace | None
    contactless: ContactlessFace | None
    stripe: StripeFace | None

    @property
    def accounts(self) -> tuple[CardAccount, ...]:
        """The account of the card's own number, then those that its applications have besides."""
        faces = [face for face in (self.chip, self.contactless) if face is not None]
        found = [self.account(one) for face in faces for one in face.applications]
        return tuple(dict.fromkeys([CardAccount(self.pan, self.sequence), *found]))

    def account(self, application: CardApplication) -> CardAccount:
        """The account that an application draws on."""
        pan = Secret(application.pan) if application.pan else self.pan
        return CardAccount(pan, application.sequence or self.sequence)

    def of(self, application: CardApplication) -> Personality:
        """The card as one of its applications knows it: with the application's own number, sequence number and currency where it has them."""
        account = self.account(application)
        return replace(
            self,
            pan=account.pan,
            sequence=account.sequence,
            currency=application.currency or self.currency,
        )

    @property
    def last4(self) -> str:
        """The last four digits of the number, as a receipt prints them."""
        return self.pan.reveal()[-4:]

    @property
    def expiry_mmyy(self) -> str:
        """The expiry as it is embossed and typed."""
        return self.expiry[2:] + self.expiry[:2]

    @property
    def secret_texts(self) -> frozenset[str]:
        """Everything of the card that no report shows: number, PIN, security code, and the expiry in each way in which it is written."""
        numbers = [one.pan for one in self.accounts]
        codes = {secret.reveal() for secret in (*numbers, self.pin, self.cvc) if secret is not None}
        month, year = self.expiry[2:], self.expiry[:2]
        return frozenset(codes | {self.expiry, self.expiry_mmyy, f"{month}/{year}", f"{month}/20{year}"})

    @property
    def languages(self) -> tuple[str, ...]:
        return self.holder.languages

    @property
    def country(self) -> str:
        return self.holder.country

    @property
    def postal_code(self) -> str:
        return self.holder.postal_code

    @property
    def street_number(self) -> str:
        return self.holder.street_number

    def track2(self) -> Secret[str]:
        """Track 2 without sentinels; a card without a stripe has its image all the same (tag 57), service code 201."""
        stripe = self.stripe or StripeFace(service_code="201")
        return Secret(f"{self.pan.reveal()}={self.expiry}{stripe.service_code}{stripe.discretionary}")

    def tracks(self) -> dict[int, str] | None:
        """The stripe as ASCII with sentinels, by track number, or None where there is none."""
        if self.stripe is None:
            return None
        tail = f"{self.expiry}{self.stripe.service_code}{self.stripe.discretionary}"
        return {
            1: f"%B{self.pan.reveal()}^{self.holder.name}^{tail}?",
            2: f";{self.track2().reveal()}?",
        }
