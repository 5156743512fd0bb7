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
from itertools import count

from attrs import frozen

from .customers import SUBSCRIPTION_SOURCE, Register
from .errors import Problem, UnpricedError, likely, nearest, shown
from .lines import Key
from .money import exact
from .periods import Month, in_force
from .pricelist import code_in_force, is_priced, price_in_force
from .pricing import StepKind
from .rating import Rating
from .sources import Reported, reported
from .swedish import listing
from .tariff import counts_the_year
from .underlag import AtRate, Charged, Underlag, charged, each_once, numbered, serial_of

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

    What is unrated or in conflict; subscriptions that never became volumes, or that a successor has not taken
    over; a source that usually reports and has not, or whose rows have gone: each with those who share the
    cost. Agreements on unknown services; issued months that the rating leaves out, or a year's ladder without
    them; numbers that were passed over; and underlag of another price list, or of a customer that the
    register lacks.
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
    sources = reported(rating, earlier)
    of_volumes = [
        *_conflicts(rating, month),
        *_missing_subscriptions(rating, month, register),
        *_silent_sources(rating, month, register, sources),
        *_lost_sources(rating, register, sources, before),
    ]
    found = [
        *_unrated(rating, month, register),
        *((each, problem) for key, problem in of_volumes for each in _concerned(key, rating, register)),
        *_unheard_agreements(rating, month, register),
        *_months_left_out(rating, month, earlier),
        *_ladders_cut_off(rating, month, earlier),
        *_numbers_missing(rating, earlier),
        *_of_another(rating, month, register, earlier),
    ]
    return tuple(sorted({Obstacle(customer, problem) for customer, problem in found}))


Found = Iterator[tuple[str, Problem]]
OfVolumes = Iterator[tuple[Key, Problem]]


def _concerned(key: Key, rating: Rating, register: Register) -> set[str]:
    """
    A customer and those who share the service's cost with it, which one with a price of its own does not.
    """
    customer, service, month = key
    own = in_force(register.agreed(service).get(customer, ()), month)
    return {customer} if own else {customer, *rating.sharing.get((service, month), ())}


def _unrated(rating: Rating, month: Month, register: Register) -> Found:
    """
    What has no price; those who share a cost with it are told of the first in each service and month.
    """
    told = set[tuple[str, Month]]()
    for unrated in rating.unrated:
        customer, service, when = unrated.key
        if when <= month and unrated.key in rating.waiting:
            yield customer, unrated.problem
            others = _concerned(unrated.key, rating, register) - {customer}
            if others and (service, when) not in told:
                told.add((service, when))
                yield from ((other, unrated.problem) for other in others)


def _conflicts(rating: Rating, month: Month) -> OfVolumes:
    for conflict in rating.conflicts:
        waiting = conflict.keys & rating.waiting
        yield from ((key, conflict.problem) for key in waiting if key[2] <= month)


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


def _missing_subscriptions(rating: Rating, month: Month, register: Register) -> OfVolumes:
    """
    Subscriptions that never became volumes, of the month and of those before it that the rating has.
    """
    entries = [(line.key, line.entry.provenance) for line in rating.delivered]
    entries += [(each.key, each.entry.provenance) for each in rating.unrated]
    here = Counter[Key]()
    for key, provenance in entries:
        here[key] += sum(each.rows for each in provenance if each.source == SUBSCRIPTION_SOURCE)
    for missed in _months_to_bill(rating, month):
        yield from _not_taken_over(rating, register, missed)
        due = [
            (each, (each.customer, code_in_force(rating.price_lists, each.service, missed), missed))
            for each in register.active(missed)
        ]
        rows = Counter(key for _, key in due)  # several, where one service replaces some
        for each, key in due:
            if here[key] < rows[key]:
                place = f"abonnemang {each.customer} {each.service} {missed}"
                fix = "lägg till volymerna: volumes.merge(register.subscribed(första, sista))"
                yield key, Problem(place, "abonnemanget finns inte bland de beräknade raderna", fix)


def _not_taken_over(rating: Rating, register: Register, month: Month) -> OfVolumes:
    """
    Subscriptions without an end whose customer has ended, and that its successor does not have.
    """
    had = {
        (each.customer, code_in_force(rating.price_lists, each.service, month))
        for each in register.active(month)
    }
    for each in register.subscriptions:
        customer = register.by_code[each.customer]
        heir = register.heir(customer, month) if month in each.span and each.quantity else None
        if heir and heir is not customer:
            service = code_in_force(rating.price_lists, each.service, month)
            if (heir.code, service) not in had and is_priced(rating.price_lists, service, month):
                place = f"abonnemang {each.customer} {each.service} {month}"
                what = f"löper vidare, men kunden har upphört och efterträdaren {heir.code} har inget"
                fix = f"ge {heir.code} ett abonnemang, eller det här ett slut (to)"
                yield (heir.code, service, month), Problem(place, what, fix)


def _silent_sources(rating: Rating, month: Month, register: Register, sources: Reported) -> OfVolumes:
    """
    Sources that reported in both months before a month and not in it, for the customers that they reported on
    and whose services nobody has reported, though they could be charged. A twelfth waits for no report, but
    those who share its service's cost do.
    """
    twelfths = {line.key for line in rating.lines if line.has(StepKind.TWELFTH)}
    heard = {line.key for line in rating.delivered} | rating.waiting
    heard |= {key for key in twelfths if key[1:] not in rating.sharing}
    for each in _months_to_bill(rating, month):
        two_before, before, now = (sources[when].keys() for when in (each - 2, each - 1, each))
        for source in sorted(two_before & before - now - {SUBSCRIPTION_SOURCE}):
            what = f"rapporterade {each - 2} och {each - 1} men inte {each}"
            problem = Problem(_named(source, each), what, f"läs in filen; {NOTHING_TO_REPORT}")
            for customer, service in sorted(sources[each - 1][source]):
                key = customer, code_in_force(rating.price_lists, service, each), each
                if key not in heard and not _has_ended(*key, rating, register):
                    yield key, problem


def _named(source: str, month: Month) -> str:
    return f"källa {source} {month}" if source else f"rader utan källa {month}"


def _months_to_bill(rating: Rating, month: Month) -> list[Month]:
    return sorted({month, *(each for each in rating.months if each <= month)})


def _lost_sources(
    rating: Rating, register: Register, sources: Reported, before: Mapping[AtRate, Charged]
) -> OfVolumes:
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
                    yield key, Problem(_named(source, entry.month), what, fix)


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


def _ladders_cut_off(rating: Rating, month: Month, issued: Iterable[Underlag]) -> Found:
    """
    Months of a year's ladder that have been issued by a list that is not among the rating's, and so are not
    counted.
    """
    last = {
        (*line.key[:2], line.month.year): line.month
        for line in rating.lines
        if counts_the_year(line.price.tariff.model) and not line.has(StepKind.TWELFTH) and line.month <= month
    }
    if not last:
        return
    for document in issued:
        for billed in document.lines:
            customer, service, when = billed.line.key
            heir = code_in_force(rating.price_lists, service, month)
            climbed = last.get((customer, heir, when.year))
            if climbed and when < climbed and not in_force(rating.price_lists, when):
                what = f"{when} är fakturerad, men är inte med när årets trappa för {heir} räknas"
                fix = "ge volymerna från årets början, och alla årets prislistor"
                yield customer, Problem(f"underlag {document.number}", what, fix)


def _numbers_missing(rating: Rating, issued: Iterable[Underlag]) -> Found:
    """
    Numbers that were passed over among the earlier underlag of a year that the rating has: what the one that
    had it charged would be charged again.
    """
    serials = defaultdict[tuple[str, int], set[int]](set)
    years = {month.year for month in rating.months}
    for document in issued:
        customer, year = document.customer.code, document.month.year
        if year in years and (serial := serial_of(document.number, customer, year)):
            serials[customer, year].add(serial)
    for (customer, year), there in serials.items():
        first = next(number for number in count(min(there)) if number not in there)
        if first < max(there):
            what = "finns inte bland de tidigare underlagen, men senare nummer gör det"
            fix = "läs in det också, annars faktureras det igen"
            yield customer, Problem(f"underlag {numbered(customer, year, first)}", what, fix)


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
