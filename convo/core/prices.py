"""What a part of a text costs, where a business has told."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """The price of one part; `currency` is three letters of ISO 4217."""

    amount: Decimal
    currency: str

    def of(self, parts: int) -> str:
        """What so many parts cost, to the last place, such as "0.0158 USD"."""
        return f"{self.amount * parts:f} {self.currency}"
