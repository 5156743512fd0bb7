"""
A price list written into another's text, so that what people wrote there stays; needs `prismodell[toml]`.

Only what differs is touched: a table whose value is the same keeps its very bytes. The text is changed one
block at a time, since tomlkit moves comments from one table to the next when a whole document is changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import attrs
from attrs import define, field

from ..catalogue import DEFAULT_VAT, Service, code
from ..errors import ConservationError, InputError, InvalidError, Problem, shown
from ..pricelist import Price, PriceList
from .blocks import Block, Fields, cut, values
from .pieces import change, header_line, new_table, pieces_of, said, same
from .toml import area_fields, days, head_fields, service_fields

NAME = "förlagan"
KNOWN: dict[str, set[str] | None] = {
    "price_list": {"id", "title", "currency", "valid_from", "valid_to", "decision", "based_on"},
    "area": {"code", "name"},
    "service": {each.name for each in attrs.fields(Service)} | {"price", "valid_from", "valid_to", "origin"},
    "change": None,  # is removed, whatever it says
}


def price_list_like(price_list: PriceList, like: str) -> str:
    """
    The list in full in the text of another: with its comments, its order, and the digits that still hold.

    Raises `InputError` for a text that is no price list, or is written in a way that cannot be kept.
    """
    ends = "\r\n" if "\r\n" in like else "\n"
    text = like.removeprefix("\ufeff").replace("\r\n", "\n").rstrip("\n") + "\n"
    start, blocks = _blocks(text)
    head = next(each for each in blocks if each.header == "price_list")
    period = _period(head.table)  # before it is changed
    change(head, head_fields(price_list), {"currency": "SEK"})
    _change_areas(price_list, blocks, head)
    _change_services(price_list, blocks, head, period)
    for block in blocks:
        if block.header == "change":
            block.remove()
    written = "".join([start, *map(str, blocks)]).rstrip("\n") + "\n"
    _check(written, price_list)
    return written.replace("\n", ends)


def _blocks(text: str) -> tuple[str, list[Block]]:
    if values(text) is None:
        fix = "den ska gå att läsa med read_price_list"
        raise InputError([Problem(NAME, "texten går inte att läsa som TOML", fix)])
    start, blocks = cut(text)
    problems = [problem for block in blocks for problem in _strange(block)]
    if values(start):
        problems.append(
            Problem(f"{NAME}:1", "nycklar står före den första tabellen", "skriv dem i en tabell")
        )
    elif [block.header for block in blocks].count("price_list") != 1:
        problems.append(Problem(NAME, "tabellen [price_list] saknas", "börja texten med den"))
    if problems:
        raise InputError(problems)
    return start, blocks


def _strange(block: Block) -> Iterator[Problem]:
    """
    What in a block is not known here, and would be lost.
    """
    place = f"{NAME}:{block.line}"
    if block.header not in KNOWN:
        fix = 'skriv inre tabeller på en rad, som coding = { account = "3011" }, och ta bort okända'
        yield Problem(place, f"tabellen {shown(block.header)} går inte att behålla", fix)
        return
    known = KNOWN[block.header]
    if known is None:
        return
    for key in block.table.keys() - known:
        yield Problem(place, f"okänd nyckel {shown(key)}", "ta bort den")
    if block.body.lstrip(" \t").startswith("[[") == (block.header == "price_list"):
        yield Problem(place, "rubriken har fel hakparenteser", "skriv [price_list], [[area]] och [[service]]")
    if "code" in known and _code(block) is None:
        yield Problem(place, "tabellen har ingen kod", "lägg till code")
    if block.header == "price_list" and not block.table.keys() >= {"valid_from", "valid_to"}:
        yield Problem(place, "prislistan saknar period", "lägg till valid_from och valid_to")
    if block.body != header_line(block) + "".join(map(str, pieces_of(block))):
        fix = 'skriv nycklar med punkt som tabeller: price = { model = "fixed", price = 10 }'
        yield Problem(place, "tabellen är skriven så att den inte går att behålla", fix)


def _code(block: Block) -> str | None:
    try:
        return code(block.table["code"])
    except (KeyError, AttributeError, InvalidError):
        return None


def _change_areas(price_list: PriceList, blocks: Sequence[Block], head: Block) -> None:
    wanted = {area.code: area for area in price_list.areas}
    last = head
    for block in blocks:
        if block.header == "area":
            last = block
            area = wanted.pop(code(block.table["code"]), None)
            if area:
                change(block, area_fields(area), {})
            else:
                block.remove()
    for area in wanted.values():
        last.added.append(new_table("area", area_fields(area), last, head))


def _change_services(
    price_list: PriceList, blocks: Sequence[Block], head: Block, period: tuple[object, object]
) -> None:
    own = [block for block in blocks if block.header == "service"]
    place = _Place(next((each for each in reversed(blocks) if each.header in ("service", "area")), head))
    pairs, new = _paired(price_list, own, period)
    described = head_fields(price_list)
    for block, price in pairs:
        place.note(block, price.service.area.code if price else str(block.table.get("area")))
        if price:
            fields = service_fields(price, price_list)
            change(block, fields, _implied(fields, described))
        else:
            block.remove()
    for price in new:
        at = place.of(price)
        at.added.append(new_table("service", service_fields(price, price_list), at, head))


@define
class _Place:
    """
    Where new tables go: after the last one of the same service, or else of its area, or else of all.
    """

    last: Block
    by_code: dict[str, Block] = field(factory=dict)
    by_area: dict[str, Block] = field(factory=dict)

    def note(self, block: Block, area: str) -> None:
        """
        Tell of a table that is there, or was.
        """
        self.by_code[str(_code(block))] = self.by_area[area] = block

    def of(self, price: Price) -> Block:
        """
        The table after which a price is added.
        """
        service = price.service
        return self.by_code.get(service.code) or self.by_area.get(service.area.code) or self.last


def _paired(
    price_list: PriceList, blocks: Sequence[Block], period: tuple[object, object]
) -> tuple[list[tuple[Block, Price | None]], list[Price]]:
    """
    Each table with its price, in the order of the text, and the prices that have no table.

    Of a service with several, those of the same part of their lists belong together; then the latest.
    """
    free = {service: list(prices) for service, prices in price_list.by_code.items()}
    whole = _period(head_fields(price_list))
    found: dict[int, Price] = {}
    latest = sorted(
        enumerate(blocks), key=lambda each: str(each[1].table.get("valid_from", "")), reverse=True
    )
    for exactly in (True, False):
        for number, block in latest:
            left = free.get(str(_code(block)), [])
            part = _part(block.table, period)
            fitting = [each for each in left if _part(days(each.span), whole) == part or not exactly]
            if fitting and number not in found:
                found[number] = fitting[-1]
                left.remove(fitting[-1])
    new = [price for prices in free.values() for price in prices]
    return [(block, found.get(number)) for number, block in enumerate(blocks)], new


def _period(head: Fields) -> tuple[object, object]:
    return head["valid_from"], head["valid_to"]


def _part(table: Fields, period: tuple[object, object]) -> tuple[object, object]:
    """
    The days of a table where they are others than those of its list.
    """
    start, end = table.get("valid_from"), table.get("valid_to")
    return (None if start == period[0] else start), (None if end == period[1] else end)


def _implied(fields: Fields, head: Fields) -> Fields:
    """
    What a service says where it says nothing.
    """
    return {
        "plural": fields["unit"],
        "vat": DEFAULT_VAT,
        "coding": {},
        "valid_from": head["valid_from"],
        "valid_to": head["valid_to"],
        "origin": head["title"],
    }


def _check(text: str, price_list: PriceList) -> None:
    """
    Read what was written: it says what the list does, or a `ConservationError` tells that it does not.
    """
    document = values(text) or {}
    head, wanted = document.get("price_list", {}), head_fields(price_list)
    services = [service_fields(price, price_list) for price in price_list.prices]
    areas = {each["code"]: each["name"] for each in document.get("area", [])}
    if not (
        document.keys() <= {"price_list", "area", "service"}
        and _equal(head, {"currency": "SEK"}, wanted, {})
        and areas == {area.code: area.name for area in price_list.areas}
        and _all_equal(document.get("service", []), services, wanted)
    ):
        msg = f"{price_list.id} written like another list does not read back equal"
        raise ConservationError(msg)


def _all_equal(found: Sequence[Fields], wanted: Sequence[Fields], head: Fields) -> bool:
    def order(table: Fields) -> tuple[str, str]:
        return table["code"], str(table.get("valid_from", head["valid_from"]))

    pairs = zip(sorted(found, key=order), sorted(wanted, key=order), strict=True)
    return len(found) == len(wanted) and all(
        _equal(one, _implied(one, head), other, _implied(other, head)) for one, other in pairs
    )


def _equal(one: Fields, implied: Fields, other: Fields, also: Fields) -> bool:
    one, other = {**said(implied), **one}, {**said(also), **said(other)}
    return one.keys() == other.keys() and all(same(key, one[key], other[key]) for key in one)
