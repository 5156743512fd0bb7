"""
Customer registers from TOML: customers, agreements and subscriptions, and what is told of a damaged one.
"""

import re
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import prismodell as pm

EXAMPLE = Path(__file__).resolve().parent.parent / "examples" / "data" / "kunder.toml"


def customer(code: str = "K1", *more: str) -> str:
    return "\n".join(["", "[[customer]]", f'code = "{code}"', 'name = "Kund"', 'type = "company"', *more, ""])


def agreement(*more: str, customer: str = "K1") -> str:
    lines = [f'customer = "{customer}"', 'service = "A"', "valid_from = 2021-01-01", "valid_to = 2021-12-31"]
    return "\n".join(["", "[[agreement]]", *lines, *more, ""])


def subscription(*more: str, customer: str = "K1") -> str:
    return "\n".join(["", "[[subscription]]", f'customer = "{customer}"', 'service = "A"', *more, ""])


def told(text: str) -> list[pm.Problem]:
    """
    The problems of a bad register.
    """
    with pytest.raises(pm.InputError) as caught:
        pm.parse_customers(text)
    return list(caught.value.problems)


# What is read


def test_a_customer_is_read_with_all_its_keys() -> None:
    more = 'counterparty = "121"', 'reference = "ZZ1"', "connected = 2008-01-15", "valid_from = 2008-01-01"
    end = "valid_to = 2023-12-31", 'successor = " K2"'
    found = pm.parse_customers(customer("K1", *more, *end) + customer("K2")).customers[0]
    span = pm.Span(pm.Month(2008, 1), pm.Month(2024, 1))
    connected = pm.Month(2008, 1)
    assert pm.Customer("K1", "Kund", pm.CustomerType.COMPANY, "121", "ZZ1", connected, span, "K2") == found


def test_what_a_customer_does_not_say_has_its_default() -> None:
    [found] = pm.parse_customers(customer()).customers
    assert pm.Customer("K1", "Kund", pm.CustomerType.COMPANY) == found


@pytest.mark.parametrize("kind", list(pm.CustomerType), ids=lambda kind: kind.value)
def test_a_customer_is_of_one_of_three_types(kind: pm.CustomerType) -> None:
    [found] = pm.parse_customers(customer().replace("company", kind.value)).customers
    assert kind is found.type


@pytest.mark.parametrize(
    ("tariff", "percent", "terms"),
    [
        (pm.Tariff(pm.UnitPrice("4500.50")), None, "price = 4500.50"),
        (pm.Tariff(pm.FixedPrice("5")), None, 'price = { model = "fixed", price = 5 }'),
        (None, Decimal("-12.5"), "percent = -12.5"),
        (None, Decimal(-100), "free = true"),
    ],
)
def test_an_agreement_has_a_price_a_percentage_or_is_free(
    tariff: pm.Tariff | None, percent: Decimal | None, terms: str
) -> None:
    [found] = pm.parse_customers(customer() + agreement(terms, 'reference = "Avtal 7"')).agreements
    span = pm.Span(pm.Month(2021, 1), pm.Month(2022, 1))
    assert pm.Agreement("K1", "A", span, tariff, percent, "Avtal 7") == found


def test_an_agreement_may_run_on() -> None:
    text = customer() + agreement("free = true").replace("valid_to = 2021-12-31\n", "")
    [found] = pm.parse_customers(text).agreements
    assert pm.Span(pm.Month(2021, 1)) == found.span


def test_a_subscription_is_of_one_unit_and_runs_on_unless_it_says_otherwise() -> None:
    text = subscription('from = "2021-03"') + subscription(
        'from = "2021-03"', 'to = "2021-12"', "quantity = 2.5", customer="K2"
    )
    first, second = pm.parse_customers(customer() + customer("K2") + text).subscriptions
    assert pm.Subscription("K1", "A", pm.Span(pm.Month(2021, 3))) == first
    assert pm.Subscription("K2", "A", pm.Span(pm.Month(2021, 3), pm.Month(2022, 1)), Decimal("2.5")) == second


def test_codes_are_trimmed_and_in_nfc_wherever_they_stand() -> None:
    register = pm.parse_customers(customer(" A\u030a ") + agreement("free = true", customer="Å "))
    assert ("Å", "Å") == (register.customers[0].code, register.agreements[0].customer)


def test_terms_may_stand_before_their_customers() -> None:
    text = agreement("free = true") + subscription('from = "2021-03"') + customer()
    assert pm.parse_customers(text).agreements


def test_terms_that_follow_each_other_do_not_overlap() -> None:
    later = agreement("free = true").replace("2021", "2022")
    assert 2 == len(pm.parse_customers(customer() + later + agreement("price = 1")).agreements)


def test_the_example_is_read_whole() -> None:
    text = EXAMPLE.read_text("utf-8")
    register = pm.read_customers(EXAMPLE)
    assert (
        text.count("[[customer]]"),
        text.count("[[agreement]]"),
        text.count("[[subscription]]"),
    ) == (len(register.customers), len(register.agreements), len(register.subscriptions))


# What contradicts itself


@given(st.lists(st.tuples(st.integers(1, 12), st.integers(0, 3)), min_size=1, max_size=8))
def test_terms_are_refused_just_when_two_share_a_month(spans: list[tuple[int, int]]) -> None:
    periods = [
        (pm.Month(2021, start), min(pm.Month(2021, start) + length, pm.Month(2021, 12)))
        for start, length in spans
    ]
    text = customer() + "".join(
        subscription(f'from = "{first}"', f'to = "{last}"') for first, last in periods
    )
    clash = any(
        first <= last_other and first_other <= last
        for n, (first, last) in enumerate(periods)
        for first_other, last_other in periods[:n]
    )
    try:
        pm.parse_customers(text)
        assert not clash
    except pm.InputError as error:
        assert clash
        assert {"service"} == {each.place.split("'")[-2] for each in error.problems}  # noqa: PT017


def test_an_agreement_may_be_wrong_in_its_customer_and_in_its_period_and_both_are_told() -> None:
    twice = agreement("free = true", customer="K9") + agreement("free = true", customer="K9")
    assert ["kunden K9 finns inte", "kunden K9 finns inte", "K9 har redan en rad för A som gäller"] == [
        each.what.removesuffix(" 2021-01–2021-12") for each in told(customer() + twice)
    ]


def test_a_successor_that_is_wrong_itself_is_not_told_as_unknown() -> None:
    text = customer("K1", "valid_to = 2021-12-31", 'successor = "K2"') + customer("K2", "x = 1")
    assert ["okänd nyckel"] == [each.what for each in told(text)]


@given(st.lists(st.integers(0, 6), min_size=7, max_size=7))
def test_each_ring_of_successors_is_told_once(successors: list[int]) -> None:
    text = "".join(
        customer(f"K{n}", "valid_to = 2021-12-31", f'successor = "K{next_}"')
        for n, next_ in enumerate(successors)
    )
    at = range(len(successors))
    for _ in successors:
        at = [successors[n] for n in at]  # type: ignore[assignment]  # after seven steps all are in rings
    rings = set()
    for n in at:
        ring = [n]
        while successors[ring[-1]] != n:
            ring.append(successors[ring[-1]])
        rings.add(frozenset(ring))
    found = [set(map(int, re.findall(r"K(\d)", each.what + each.place))) for each in told(text)]
    assert rings == {frozenset(each) for each in found}
    assert len(rings) == len(found)


def test_the_terms_of_a_customer_that_is_wrong_itself_are_not_told_as_well() -> None:
    text = (
        customer().replace("company", "compny") + agreement("free = true") + subscription('from = "2021-03"')
    )
    assert ["okänt värde 'compny'"] == [each.what for each in told(text)]


# Damage

CUSTOMERS = 8
GOOD = "".join(
    customer(f"K{n}")
    + agreement("price = 4500", customer=f"K{n}")
    + subscription('from = "2021-03"', customer=f"K{n}")
    for n in range(CUSTOMERS)
)
DAMAGES = {
    "name": '""',
    "type": '"compny"',
    "service": "5",
    "valid_from": '"2021-01-01"',
    "price": "1e3",
    "from": '"2021-13"',
}


@given(st.sets(st.tuples(st.integers(0, CUSTOMERS - 1), st.sampled_from(sorted(DAMAGES))), min_size=1))
def test_so_many_damaged_keys_give_so_many_problems_on_just_those_lines(
    damaged: set[tuple[int, str]],
) -> None:
    lines = GOOD.split("\n")
    number, expected = -1, []
    for at, line in enumerate(lines):
        number += line == "[[customer]]"
        key = line.split(" ")[0]
        if (number, key) in damaged:
            lines[at] = f"{key} = {DAMAGES[key]}"
            expected.append((at + 1, key))
    found = [re.fullmatch(r"kunder:(\d+): .*, nyckel '(\w+)'", each.place) for each in told("\n".join(lines))]
    assert expected == [(int(each[1]), each[2]) for each in found if each]


VALUES = [
    "0x" + "F" * 5000,
    "nan",
    "1e400",
    "true",
    "[ { } ]",
    "{ }",
    "2021-01-01",
    "9999-12-31",
    '"9999-12"',
    '""',
    '"K1"',
]


@given(st.randoms(use_true_random=False), st.integers(1, 6))
def test_any_value_in_any_place_is_read_or_told_in_few_words(random: Random, changes: int) -> None:
    lines = GOOD.split("\n")
    keys = [number for number, line in enumerate(lines) if "=" in line]
    for _ in range(changes):
        number = random.choice(keys)
        key = (
            lines[random.choice(keys)].split("=")[0] if random.random() < 0.2 else lines[number].split("=")[0]
        )
        lines[number] = f"{key}= {random.choice(VALUES)}"
    try:
        pm.parse_customers("\n".join(lines))
    except pm.InputError as error:
        assert error.problems  # noqa: PT017 - both ends are right
        assert len(str(error)) < 25 * 1000  # noqa: PT017


@given(st.text(max_size=200))
@example("customer = 1\nagreement = {}\nsubscription = [1]")
@example("[customer]\n[[agreement]]\n[[subscription]]")
@example("a = " + "[" * 5000)
def test_any_text_is_read_or_told(text: str) -> None:
    assert told(text)


@pytest.mark.parametrize(
    "text",
    [
        customer() + agreement("free = true") * 3_000,
        "".join(customer(f"K{n}") for n in range(2_000)) + agreement("free = true", customer="X") * 2_000,
        "[[customer]]\n" * 20_000,
        "".join(customer(f"K{n}") + customer(f"k{n}") for n in range(2_000)),
        "".join(
            customer(f"K{n}", "valid_to = 2021-12-31", f'successor = "K{(n + 1) % 3_000}"')
            for n in range(3_000)
        ),
    ],
    ids=["overlapping", "unknown", "empty", "doubled", "ring"],
)
def test_garbage_is_told_in_few_words_and_at_once(text: str) -> None:
    problems = told(text)
    assert len(problems) <= 1001
    assert len(str(pm.InputError(problems))) < 10_000
