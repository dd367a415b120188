"""What Runa's API sells: invented products, as its catalogue lists them, and the templates of the playground."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from bot.sandbox.simulator.giftcards.service import RefusedOrder

Json = dict[str, Any]

CATEGORIES: Final = (
    "booksellers",
    "electricals",
    "fashion",
    "food-and-drink",
    "home-and-diy",
    "prepaid-card",
    "travel",
)


@dataclass(frozen=True)
class Product:
    """One product; it has either a range of values or a list of them."""

    code: str
    name: str
    currency: str
    countries: tuple[str, ...]
    category: str
    smallest: str
    largest: str
    values: tuple[str, ...] = ()
    discount: str = "0.00"
    fee: str = "0.00"  # on top of the price
    payout_type: str = "gift_card"
    is_orderable: bool = True

    def offers(self, value: Decimal) -> bool:
        """Say whether it can be bought at this value."""
        if self.values:
            return value in {Decimal(one) for one in self.values}
        return Decimal(self.smallest) <= value <= Decimal(self.largest)


PRODUCTS: Final = (
    Product("PGWT-GB", "Pennywhistle Books", "GBP", ("GB",), "booksellers", "1.00", "1000.00", discount="0.05"),
    Product(
        "HTHR-GB", "Heather & Oak", "GBP", ("GB",), "home-and-diy", "10.00", "100.00", ("10.00", "25.00", "100.00")
    ),
    Product("KTTL-GB", "The Copper Kettle", "GBP", ("GB",), "food-and-drink", "5.00", "500.00", is_orderable=False),
    Product("BLRG-US", "Blue Ridge Outfitters", "USD", ("US",), "fashion", "5.00", "2000.00", discount="0.03"),
    Product(
        "DNRX-US", "Dinerly", "USD", ("US",), "food-and-drink", "10.00", "100.00", ("10.00", "25.00", "50.00", "100.00")
    ),
    Product("PPDC-US", "Plainly Prepaid Card", "USD", ("US",), "prepaid-card", "5.00", "500.00", payout_type="payment"),
    Product("LSWD-DE", "Lesewald", "EUR", ("DE", "AT"), "booksellers", "5.00", "500.00", discount="0.04"),
    Product(
        "TKHS-DE",
        "Technikhaus Nord",
        "EUR",
        ("DE",),
        "electricals",
        "10.00",
        "150.00",
        ("10.00", "25.00", "50.00", "150.00"),
    ),
    Product("LPNR-FR", "Le Panier Gourmand", "EUR", ("FR", "BE"), "food-and-drink", "1.00", "500.00"),
    Product("MSLN-FR", "Maison Solène", "EUR", ("FR",), "fashion", "20.00", "100.00", ("20.00", "50.00", "100.00")),
    Product("SKRT-JP", "Sakura Travel", "JPY", ("JP",), "travel", "500.00", "50000.00"),
    Product(
        "KNBN-JP",
        "Kanban Electronics",
        "JPY",
        ("JP",),
        "electricals",
        "1000.00",
        "5000.00",
        ("1000.00", "3000.00", "5000.00"),
    ),
    Product("MPLG-CA", "Maple & Grain", "CAD", ("CA",), "food-and-drink", "5.00", "500.00", discount="0.02"),
    Product("NRTH-CA", "Northbound Travel", "CAD", ("CA",), "travel", "25.00", "250.00", ("25.00", "50.00", "250.00")),
)

TEMPLATES: Final = {
    "PT-01HQ12PV4B8XMBRTK281JM54KK": "USD",
    "PT-01HPPT8ME05693EG77RCGKMX7N": "GBP",
    "PT-01HQ130AHCKRRB45Z5XV2Y8W9K": "EUR",
    "PT-01HQ12SMX2964BVXG2N69K8HF3": "CAD",
}


class Catalogue:
    """The products of one service; a test may put others in."""

    def __init__(self) -> None:
        self.products: Sequence[Product] = PRODUCTS
        self.templates: Mapping[str, str] = TEMPLATES

    @property
    def currencies(self) -> set[str]:
        """Give the currencies in which something is sold."""
        return {product.currency for product in self.products}

    @property
    def countries(self) -> list[str]:
        """Give the countries in which something can be redeemed."""
        return sorted({country for product in self.products for country in product.countries})

    def find(self, code: str) -> Product | None:
        """Give the product of this code."""
        return next((product for product in self.products if product.code == code), None)

    def matching(self, countries: Sequence[str], categories: Sequence[str], *, orderable: bool) -> list[Product]:
        """Give the products in any of these countries and categories, where any are named."""
        return [
            product
            for product in self.products
            if (product.is_orderable or not orderable)
            and (not countries or set(countries) & set(product.countries))
            and (not categories or product.category in categories)
        ]

    def chosen(self, asked: Json) -> list[Product]:
        """Give the products that an item names, and refuse what cannot be ordered."""
        if asked["type"] == "TEMPLATE":
            return self._of_template(asked["template_id"])
        codes = [asked["value"]] if asked["type"] == "SINGLE" else asked["values"]
        found = [(code, self.find(code)) for code in codes]
        products = [product for _, product in found if product is not None and product.is_orderable]
        if len(products) < len(codes):
            unknown = [code for code, product in found if product is None or not product.is_orderable]
            raise not_allowed(", ".join(unknown))
        return products

    def _of_template(self, template_id: str) -> list[Product]:
        if template_id not in self.templates:
            raise not_allowed(template_id)
        currency = self.templates[template_id]
        return [product for product in self.products if product.currency == currency and product.is_orderable]


def not_allowed(detail: str) -> RefusedOrder:
    """Write the refusal of products."""
    return RefusedOrder("product_validation_error", 400, f"Not allowed to order products: {detail}")
