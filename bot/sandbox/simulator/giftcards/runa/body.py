"""What Runa's API accepts as an order: the form of its body, then what its items mean together."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from bot.sandbox.simulator.giftcards.runa.catalogue import Catalogue, Product, not_allowed
from bot.sandbox.simulator.giftcards.service import RefusedOrder

Json = dict[str, Any]
Problem = tuple[tuple[str | int, ...], str]

CENT: Final = Decimal("0.01")
MOST_ITEMS: Final = 200
LONGEST_DESCRIPTION: Final = 128
MOST_METADATA, LONGEST_NAME, LONGEST_VALUE = 20, 40, 200
REFERENCES: Final = {"SINGLE": "value", "MULTIPLE": "values", "TEMPLATE": "template_id"}
DISTRIBUTION: Final = "PAYOUT_LINK"


@dataclass(frozen=True)
class Line:
    """An item of an order, understood."""

    products: list[Product]
    face_value: Decimal
    price: Decimal


@dataclass(frozen=True)
class Basket:
    """The items of an order, all of one country and currency."""

    lines: list[Line]
    country: str
    currency: str

    @property
    def price(self) -> Decimal:
        """Give the price of everything."""
        return sum((line.price for line in self.lines), Decimal(0))

    @property
    def discount(self) -> Decimal:
        """Give the discount on everything."""
        return sum((line.face_value for line in self.lines), Decimal(0)) - self.price


def understood(asked: Any, catalogue: Catalogue, *, distributed: bool = True) -> Basket:
    """Read the body of an order, or of an estimate, which distributes nothing."""
    if not isinstance(asked, dict):
        raise RefusedOrder("bad_request", 400, "There is a problem with your request payload or JSON format.")
    problems = [*_of_order(asked, catalogue), *_of_items(asked.get("items"), distributed=distributed)]
    if problems:
        raise invalid(problems)
    lines = [_line(item, catalogue) for item in asked["items"]]
    products = [product for line in lines for product in line.products]
    currencies = {product.currency for product in products}
    if len(currencies) > 1:
        raise not_allowed("all of them must have the same currency")
    currency = currencies.pop()
    if asked["payment_method"]["currency"] != currency:
        raise RefusedOrder("currency_mismatch", 400, f"The currency of the selected products is {currency}.")
    return Basket(lines, _country(asked["items"], lines), currency)


def invalid(problems: list[Problem]) -> RefusedOrder:
    """Write the refusal of a request that is not as the contract says, and say where."""
    details = [
        {"type": "value_error", "message": message, "location": [str(step) for step in where]}
        for where, message in problems
    ]
    return RefusedOrder("validation_error", 422, "There were problems processing your request, see details.", details)


def _of_order(asked: Json, catalogue: Catalogue) -> Iterator[Problem]:
    payment = asked.get("payment_method")
    if not isinstance(payment, dict) or payment.get("type") != "ACCOUNT_BALANCE":
        yield ("payment_method", "type"), "Input should be 'ACCOUNT_BALANCE'"
    elif payment.get("currency") not in catalogue.currencies:
        yield ("payment_method", "currency"), "unsupported currency"
    description = asked.get("description")
    if description is not None and not _is_text(description, LONGEST_DESCRIPTION):
        yield ("description",), f"must be text of at most {LONGEST_DESCRIPTION} characters"
    metadata = asked.get("metadata")
    if metadata is not None and not _is_metadata(metadata):
        yield ("metadata",), "must be at most 20 pairs of text, of at most 40 and 200 characters"


def _is_text(value: Any, longest: int) -> bool:
    return isinstance(value, str) and len(value) <= longest


def _is_metadata(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and len(value) <= MOST_METADATA
        and all(_is_text(name, LONGEST_NAME) and _is_text(text, LONGEST_VALUE) for name, text in value.items())
    )


def _of_items(items: Any, *, distributed: bool) -> Iterator[Problem]:
    if not isinstance(items, list) or not 1 <= len(items) <= MOST_ITEMS:
        yield ("items",), f"a list of 1 to {MOST_ITEMS} items is required"
        return
    for index, item in enumerate(items):
        problems = _of_item(item, distributed=distributed) if isinstance(item, dict) else [((), "must be an object")]
        yield from ((("items", index, *where), message) for where, message in problems)


def _of_item(item: Json, *, distributed: bool) -> Iterator[Problem]:
    value = item.get("face_value")
    if isinstance(value, bool) or not isinstance(value, int | float) or Decimal(str(value)) < CENT:
        yield ("face_value",), "must be a number of at least 0.01"
    elif Decimal(str(value)) % CENT:
        yield ("face_value",), "must have at most 2 decimal places"
    method = item.get("distribution_method")
    if distributed and not (isinstance(method, dict) and method.get("type") == DISTRIBUTION):
        yield ("distribution_method", "type"), f"Input should be '{DISTRIBUTION}'"
    if not _names_products(item.get("products")):
        yield ("products",), "must be SINGLE with a value, MULTIPLE with two values or more, or TEMPLATE with an id"


def _names_products(products: Any) -> bool:
    if not isinstance(products, dict) or products.get("type") not in REFERENCES:
        return False
    named: Any = products.get(REFERENCES[products["type"]])
    if products["type"] != "MULTIPLE":
        return isinstance(named, str) and named != ""
    if not isinstance(named, list) or not all(isinstance(code, str) for code in named):
        return False
    return len(named) > 1 and len(named) == len(set(named))


def _line(item: Json, catalogue: Catalogue) -> Line:
    value, chosen = Decimal(str(item["face_value"])), catalogue.chosen(item["products"])
    if item["products"]["type"] == "SINGLE":
        if not chosen[0].offers(value):
            raise not_allowed(f"{chosen[0].code} has no value of {value}")
        price = (value * (1 - Decimal(chosen[0].discount)) + Decimal(chosen[0].fee)).quantize(CENT)
        return Line(chosen, value, price)
    if value % 1 or value < min(Decimal(product.smallest) for product in chosen):
        raise not_allowed("the face value must be a whole number, and not below their smallest value")
    return Line(chosen, value, value)


def _country(items: list[Json], lines: list[Line]) -> str:
    """Give a country that all items have in common."""
    common = set.intersection(*(_countries(item, line) for item, line in zip(items, lines, strict=True)))
    for product in lines[0].products:
        for country in product.countries:
            if country in common:
                return country
    raise not_allowed("all of them must be redeemable in the same country")


def _countries(item: Json, line: Line) -> set[str]:
    """Give the countries of an item; a template is as wide as its products."""
    countries = [set(product.countries) for product in line.products]
    return set.union(*countries) if item["products"]["type"] == "TEMPLATE" else set.intersection(*countries)
