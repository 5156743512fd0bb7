"""
What stands in the way of billing: all that would be lost, billed wrongly or credited by mistake.

    obstacles(rating, Month(2022, 3), register, issued)
      BOL-STO: källa ekonomisystem 2022-03
        rapporterade 2022-01 och 2022-02 men inte 2022-03; …

Each obstacle names the customer that it concerns, so that one can be held back and the others billed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from attrs import frozen

from .customers import SUBSCRIPTION_SOURCE, Register
from .errors import Problem, UnpricedError, likely, nearest, shown
from .lines import Key
from .money import exact
from .periods import Month, in_force
from .pricelist import code_in_force, price_in_force
from .pricing import StepKind
from .rating import Rating
from .sources import Reported, reported
from .swedish import listing
from .tariff import SharedPrice
from .underlag import AtRate, Charged, Underlag, charged, each_once

NOTHING_TO_REPORT = "finns inget att rapportera ger du en rad med volymen 0 på en kund som gäller då"


@frozen(order=True)
class Obstacle:
    """
    Something that stands in the way of billing a customer.
    """

    customer: str
    problem: Problem


@exact()
def obstacles(
    rating: Rating, month: Month, register: Register, issued: Iterable[Underlag] = ()
) -> tuple[Obstacle, ...]:
    """
    What stands in the way of issuing up to a month, each with the customer that it concerns.

    What is unrated or in conflict, with those who share a cost with it; agreements on unknown services;
    subscriptions that never became volumes; a source that usually reports and has not, or whose rows have
    gone; issued months that the rating leaves out; and underlag of another price list, or of a customer that
    the register lacks.
    """
    earlier = each_once(issued)
    return obstacles_to(rating, month, register, earlier, charged(earlier, month))


def obstacles_to(
    rating: Rating,
    month: Month,
    register: Register,
    earlier: Sequence[Underlag],
    before: Mapping[AtRate, Charged],
) -> tuple[Obstacle, ...]:
    """
    The same, where it is known what the earlier underlag charged.
    """
    sharing, sources = _sharing(rating), reported(rating, earlier)
    found = [
        *_unrated(rating, month, sharing),
        *_conflicts(rating, month, sharing),
        *_unheard_agreements(rating, month, register),
        *_missing_subscriptions(rating, month, register),
        *_silent_sources(rating, month, register, sources),
        *_lost_sources(rating, register, sources, before),
        *_months_left_out(rating, month, earlier),
        *_of_another(rating, month, register, earlier),
    ]
    return tuple(sorted({Obstacle(customer, problem) for customer, problem in found}))


Found = Iterator[tuple[str, Problem]]
Sharing = Mapping[tuple[str, Month], set[str]]


def _sharing(rating: Rating) -> Sharing:
    """
    The customers that share each service's cost in a month: what one of them is to pay hangs on the others.
    """
    sharing = defaultdict[tuple[str, Month], set[str]](set)
    for line in rating.lines:
        if isinstance(line.price.tariff.model, SharedPrice):
            sharing[line.price.service.code, line.month].add(line.customer.code)
    return sharing


def _unrated(rating: Rating, month: Month, sharing: Sharing) -> Found:
    """
    What has no price; those who share a cost with it are told of the first in each service and month.
    """
    told = set[tuple[str, Month]]()
    for unrated in rating.unrated:
        entry = unrated.entry
        if entry.month <= month:
            yield entry.customer, unrated.problem
            shared = entry.service, entry.month
            if shared not in told:
                told.add(shared)
                yield from ((customer, unrated.problem) for customer in sharing.get(shared, ()))


def _conflicts(rating: Rating, month: Month, sharing: Sharing) -> Found:
    for conflict in rating.conflicts:
        for row in conflict.rows:
            if row.month <= month:
                for customer in {row.customer} | sharing.get((row.service, row.month), set()):
                    yield customer, conflict.problem


def _unheard_agreements(rating: Rating, month: Month, register: Register) -> Found:
    """
    Agreements in force on services that the month's price list does not have: a mistyped code, most likely;
    and on those that another service replaces in a month to bill.
    """
    yield from _replaced_agreements(rating, month, register)
    current = in_force(rating.price_lists, month)
    if current is None:
        return
    known = {service.code for service in current.services}
    for agreement in register.agreements:
        replaced = code_in_force(rating.price_lists, agreement.service, month) != agreement.service
        if month in agreement.span and agreement.service not in known and not replaced:
            place = f"avtal {agreement.customer} {agreement.service}"
            what = f"tjänsten finns inte i {current.title}, så avtalet har ingen verkan"
            yield agreement.customer, Problem(place, what, likely(agreement.service, known))


def _replaced_agreements(rating: Rating, month: Month, register: Register) -> Found:
    for agreement in register.agreements:
        for each in _months_to_bill(rating, month):
            heir = code_in_force(rating.price_lists, agreement.service, each)
            if each in agreement.span and heir != agreement.service:
                place = f"avtal {agreement.customer} {agreement.service}"
                what = f"{heir} ersätter tjänsten {each}, så avtalet har ingen verkan"
                fix = f"skriv avtalet på {heir}, eller låt det sluta före {each}"
                yield agreement.customer, Problem(place, what, fix)
                break


def _missing_subscriptions(rating: Rating, month: Month, register: Register) -> Found:
    """
    Subscriptions that never became volumes, of the month and of those before it that the rating has.
    """
    entries = [(line.key, line.entry.provenance) for line in rating.lines]
    entries += [(each.key, each.entry.provenance) for each in rating.unrated]
    here = Counter[Key]()
    for key, provenance in entries:
        here[key] += sum(each.rows for each in provenance if each.source == SUBSCRIPTION_SOURCE)
    for missed in _months_to_bill(rating, month):
        due = [
            (each, (each.customer, code_in_force(rating.price_lists, each.service, missed), missed))
            for each in register.active(missed)
        ]
        rows = Counter(key for _, key in due)  # several, where one service replaces some
        for each, key in due:
            if here[key] < rows[key]:
                place = f"abonnemang {each.customer} {each.service} {missed}"
                fix = "lägg till volymerna: volumes.merge(register.subscribed(första, sista))"
                yield each.customer, Problem(place, "abonnemanget finns inte bland de beräknade raderna", fix)


def _silent_sources(rating: Rating, month: Month, register: Register, sources: Reported) -> Found:
    """
    Sources that reported in both months before a month and not in it, for the customers that they reported on
    and whose services nobody has reported, though they could be charged.
    """
    heard = {line.key for line in rating.lines if not line.has(StepKind.SETTLED)} | rating.waiting
    for each in _months_to_bill(rating, month):
        two_before, before, now = (sources[when].keys() for when in (each - 2, each - 1, each))
        for source in sorted(two_before & before - now - {SUBSCRIPTION_SOURCE}):
            what = f"rapporterade {each - 2} och {each - 1} men inte {each}"
            problem = Problem(_named(source, each), what, f"läs in filen; {NOTHING_TO_REPORT}")
            for customer, service in sorted(sources[each - 1][source]):
                key = customer, code_in_force(rating.price_lists, service, each), each
                if key not in heard and not _has_ended(*key, rating, register):
                    yield customer, problem


def _named(source: str, month: Month) -> str:
    return f"källa {source} {month}" if source else f"rader utan källa {month}"


def _months_to_bill(rating: Rating, month: Month) -> list[Month]:
    return sorted({month, *(each for each in rating.months if each <= month)})


def _lost_sources(
    rating: Rating, register: Register, sources: Reported, before: Mapping[AtRate, Charged]
) -> Found:
    """
    Sources that were billed for a month and now have no row in it: a file that was forgotten, most likely.
    """
    for (key, _), was in before.items():
        entry = was.line.entry
        if (
            entry.rows
            and key[0] in register.by_code  # others are told of as such
            and entry.month in rating.months
            and in_force(rating.price_lists, key[2])
        ):
            for source in {each.source for each in entry.provenance} - sources[entry.month].keys():
                if source != SUBSCRIPTION_SOURCE:
                    what = f"är fakturerad på underlag {was.documents[-1]} men har inga rader i månaden nu"
                    fix = f"läs in filen igen; {NOTHING_TO_REPORT}"
                    yield key[0], Problem(_named(source, entry.month), what, fix)


def _has_ended(customer: str, service: str, month: Month, rating: Rating, register: Register) -> bool:
    """
    Whether the customer or the service could be charged in the month before, and can no more.
    """
    before, now = (_could_charge(customer, service, each, rating, register) for each in (month - 1, month))
    return before and not now


def _could_charge(customer: str, service: str, month: Month, rating: Rating, register: Register) -> bool:
    try:
        register.charged(customer, month)
        price_in_force(rating.price_lists, service, month)
    except UnpricedError:
        return False
    return True


def _months_left_out(rating: Rating, month: Month, issued: Iterable[Underlag]) -> Found:
    """
    Months that have been issued, lie in the price lists' period, and are missing from the volumes altogether;
    but for what is billed without any, by twelfths.
    """
    here = {line.key for line in rating.lines}
    for document in issued:
        missing = {each.line.month for each in document.lines if each.line.key not in here}
        for when in _priced_months(document, rating, month):
            if when in missing - rating.months:
                what = f"{when} är fakturerad men finns inte bland volymerna, och skulle krediteras"
                fix = "läs in volymerna från årets början"
                yield document.customer.code, Problem(f"underlag {document.number}", what, fix)


def _of_another(rating: Rating, month: Month, register: Register, issued: Iterable[Underlag]) -> Found:
    """
    Underlag that were priced by another list than the rating's, or whose customer nobody knows.
    """
    for document in issued:
        months = _priced_months(document, rating, month)
        code, used = document.customer.code, [each.id for each in document.price_lists]
        if months and code not in register.by_code:
            what = f"kunden {code} finns inte i kundregistret"
            meant = nearest(code, register.by_code)
            fix = "lägg tillbaka kunden; en som har upphört står kvar med valid_to"
            fix += f" (eller heter den nu {shown(meant)}?)" if meant else ""
            yield code, Problem(f"underlag {document.number}, customer", what, fix)
        for when in months:
            current = in_force(rating.price_lists, when)
            if current and current.id not in used:
                what = f"{when} prissattes efter {listing(used)}, och räknas nu efter {current.id}"
                fix = "räkna med samma prislista; en rättad lista behåller sitt id"
                yield code, Problem(f"underlag {document.number}, price_lists", what, fix)


def _priced_months(document: Underlag, rating: Rating, month: Month) -> list[Month]:
    """
    The months of delivery on an underlag, up to a month, that the rating's price lists hold for.
    """
    months = {billed.line.month for billed in document.lines}
    return sorted(each for each in months if each <= month and in_force(rating.price_lists, each))
