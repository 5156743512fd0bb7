"""
An underlag as JSON: it reads back equal, to the byte, and what was edited or damaged is refused.
"""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import prismodell as pm
from effort import fewer
from golden.documents import every_model, example_month
from prismodell.testing import Case, cases

JANUARY = every_model()[0]
TEXT = pm.render(JANUARY, "json")
LEAVES = {str, int, bool, type(None)}

Form = dict[str, Any]


@pytest.mark.parametrize("underlag", [*every_model(), *example_month().values()], ids=repr)
def test_an_underlag_reads_back_equal_and_is_written_as_the_same_bytes(underlag: pm.Underlag) -> None:
    text = pm.render(underlag, "json")
    back = pm.parse_underlag(text)

    assert underlag == back
    assert underlag.digest == back.digest
    assert text == pm.render(back, "json")
    assert pm.render(underlag) == pm.render(back)


@fewer(2)
@given(cases(strangers=False), st.sampled_from([pm.Month(2022, 3), pm.Month(2022, 12)]))
def test_any_underlag_and_the_correction_after_it_read_back_equal(case: Case, month: pm.Month) -> None:
    rating = case.rate()
    first = pm.issue(rating, pm.Month(2022, 2), case.register, unrated="bill")
    documents = (*first, *pm.issue(rating, month, case.register, issued=first, unrated="bill"))
    assume(documents)

    for underlag in documents:
        text = pm.render(underlag, "json")
        assert underlag == pm.parse_underlag(text)
        assert text == pm.render(pm.parse_underlag(text), "json")


def test_amounts_are_texts_with_their_digits_and_no_number_is_a_float() -> None:
    form = json.loads(TEXT, parse_float=pytest.fail)

    assert "53919.58" in {billed["amount"] for billed in form["underlag"]["lines"]}
    assert LEAVES >= {type(leaf) for leaf in leaves(form)}


def test_every_leaf_of_an_underlag_is_of_an_exact_type() -> None:
    assert {Decimal, int, str, type(None), pm.Month, pm.Kind, pm.CustomerType, pm.StepKind} >= kinds(JANUARY)


def kinds(value: Any) -> set[type]:
    """
    The types of all that a value consists of.
    """
    if isinstance(value, tuple):
        return {kind for each in value for kind in kinds(each)}
    if attrs.has(type(value)) and not isinstance(value, pm.Month):
        return kinds(tuple(getattr(value, each.name) for each in attrs.fields(type(value))))
    return {type(value)}


def leaves(form: object) -> list[object]:
    if isinstance(form, dict):
        return [leaf for each in form.values() for leaf in leaves(each)]
    if isinstance(form, list):
        return [leaf for each in form for leaf in leaves(each)]
    return [form]


def edited(change: Callable[[Form], object]) -> str:
    form = json.loads(TEXT)
    change(form)
    return json.dumps(form)


def line(form: Form) -> Form:
    billed: Form = form["underlag"]["lines"][0]
    return billed


def refused(text: str) -> str:
    with pytest.raises(pm.InputError) as caught:
        pm.parse_underlag(text, "u.json")
    message = str(caught.value)
    assert len(message) < 5_000
    assert message.startswith("1 fel i indata; inget har lästs in\nu.json")
    return message.split("\n", 1)[1]


@pytest.mark.parametrize(
    "change",
    [
        lambda form: line(form).update(amount="1.00"),
        lambda form: line(form).update(quantity="2"),
        lambda form: line(form)["line"].update(steps=[]),
        lambda form: form["underlag"]["lines"].pop(),
        lambda form: form["underlag"].update(month="2022-02"),
        lambda form: form["underlag"]["customer"].update(name="Någon annan"),
        lambda form: form["underlag"]["customer"].pop("counterparty"),
        lambda form: form.update(digest="0" * 64),
    ],
)
def test_an_edited_underlag_is_refused_by_its_number_and_digest(change: Callable[[Form], object]) -> None:
    text = edited(change)
    digest = json.loads(text)["digest"][:12]

    assert (
        "u.json: underlag 'BOL-ALLT-2022-001'\n"
        f"  innehållet stämmer inte med dokumentets digest '{digest}'; "
        "underlaget är ändrat efter att det skrevs; hämta originalet"
    ) == refused(text)


def test_lines_in_another_order_are_refused() -> None:
    assert "stämmer inte" in refused(edited(lambda form: form["underlag"]["lines"].reverse()))


@pytest.mark.parametrize(
    ("expected", "change"),
    [
        ("okänd nyckel 'pris' @ underlag.lines[0]", lambda form: line(form).update(pris="1")),
        ("okänd nyckel 'pris' @ underlag", lambda form: form["underlag"].update(pris="1")),
        ("filen ska ha nycklarna format, digest och underlag", lambda form: form.update(pris="1")),
        ("filen ska ha nycklarna format, digest och underlag", lambda form: form.pop("underlag")),
        ("filen ska ha nycklarna format, digest och underlag", lambda form: form.update(digest=5)),
        ("inte ett underlag i formatet prismodell.underlag/2", lambda form: form.update(format="x/2")),
        ("kunden står bara överst", lambda form: line(form)["line"].update(customer={})),
        ("'1' är inte ett tal inom citattecken", lambda form: line(form).update(amount=1)),
        ("'1e5' är inte ett tal", lambda form: line(form).update(amount="1e5")),
        ("'' är inte ett tal", lambda form: line(form).update(amount="")),
        ("'True' är inte int", lambda form: line(form)["line"]["entry"].update(rows=True)),
        ("'5' är inte str", lambda form: form["underlag"].update(number=5)),
        ("'2022-13' är inte en månad", lambda form: form["underlag"].update(month="2022-13")),
        ("ett värde har fel form @ underlag.month", lambda form: form["underlag"].update(month=[1])),
        (
            "ett värde har fel form @ underlag.customer.type",
            lambda form: form["underlag"]["customer"].update(type="kund"),
        ),
        ("nyckeln 'month' saknas @ underlag", lambda form: form["underlag"].pop("month")),
        ("nyckeln 'line' saknas", lambda form: line(form).pop("line")),
        ("nyckeln 'customer' saknas", lambda form: form["underlag"].pop("customer")),
        ("ett värde har fel form", lambda form: form["underlag"].update(lines="abc")),
        ("ett värde har fel form", lambda form: form["underlag"].update(lines=[1])),
        ("ett värde har fel form", lambda form: form.update(underlag=[])),
        ("ett värde har fel form", lambda form: form["underlag"]["customer"].update(reference="\ud800")),
        ("-5 är negativt", lambda form: first_model(form).update(total="-5")),
        ("nyckeln 'okänd' saknas", lambda form: first_model(form).update(model="okänd")),
    ],
)
def test_json_of_another_shape_is_refused_with_what_is_wrong_and_where(
    expected: str, change: Callable[[Form], object]
) -> None:
    assert expected in refused(edited(change))


def first_model(form: Form) -> Form:
    model: Form = line(form)["line"]["price"]["origin"][0]["tariff"]["model"]
    return model


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        ("inte hel JSON", ""),
        ("inte hel JSON", TEXT[:-100]),
        ("inte hel JSON", "\ufeff" + TEXT),
        ("talet 1.0 står inte inom citattecken", TEXT.replace('"rows": 1', '"rows": 1.0', 1)),
        ("talet NaN står inte inom citattecken", TEXT.replace('"rows": 1', '"rows": NaN', 1)),
        ("talet 1e400 står inte inom citattecken", TEXT.replace('"rows": 1', '"rows": 1e400', 1)),
        ("en nyckel står två gånger", TEXT.replace('"rows": 1', '"rows": 1, "rows": 1', 1)),
        ("ett värde har fel form", TEXT.replace('"rows": 1', '"rows": ' + "9" * 5_000, 1)),
        ("ett värde har fel form", "[" * 100_000),
        ("ett värde har fel form", '{"a":' * 100_000),
        ("inte ett underlag", "[]"),
        ("inte ett underlag", "null"),
        ("inte ett underlag", "5"),
    ],
)
def test_damaged_json_is_refused_in_a_few_words(expected: str, text: str) -> None:
    assert expected in refused(text)


@given(st.data())
def test_a_document_cut_or_changed_in_one_place_is_refused_or_means_the_same(data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(TEXT) - 1))
    put = data.draw(st.sampled_from(["", "0", "1", '"', "}", "x", "-", " ", "\x00"]))
    damaged = TEXT[:place] + put + TEXT[place + 1 :]
    try:
        back = pm.parse_underlag(damaged)
    except pm.InputError:
        return

    assert JANUARY == back
    assert TEXT == pm.render(back, "json")


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


@given(st.data())
def test_any_value_in_any_place_is_read_or_refused_and_nothing_else(data: st.DataObject) -> None:
    form = json.loads(TEXT)
    place, key = form, data.draw(st.sampled_from(sorted(form)))
    while isinstance(place[key], dict | list) and place[key] and data.draw(st.booleans()):
        place = place[key]
        keys = sorted(place) if isinstance(place, dict) else range(len(place))
        key = data.draw(st.sampled_from(keys))
    place[key] = data.draw(JSON_VALUES)
    try:
        assert JANUARY == pm.parse_underlag(json.dumps(form))
    except pm.InputError as error:
        assert len(str(error)) < 5_000  # noqa: PT017 - either is right


def test_a_file_that_is_not_there_is_an_input_error() -> None:
    with pytest.raises(pm.InputError):
        pm.read_underlag("saknas.json")
