"""
The files that some underlag are made from, and what they hold.

    inputs = Inputs("prislista.toml", "kunder.toml", ["januari.csv", "februari.csv"], subscribed=(jan, feb))
    material = inputs.read()
    rate(material.volumes, material.price_lists, material.register)
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from attrs import Attribute, field, frozen
from attrs.validators import optional

from .customers import Register
from .errors import InvalidError
from .periods import Month
from .pricelist import PriceList
from .reading import read_customers, read_price_list, read_volumes
from .volumes import Volumes


def _path(path: str | Path) -> Path:
    return Path(path).absolute()


def _paths(paths: str | Path | Iterable[str | Path]) -> tuple[Path, ...]:
    return tuple(map(_path, [paths] if isinstance(paths, str | Path) else paths))


def _some(_: object, attribute: Attribute[tuple[Path, ...]], paths: tuple[Path, ...]) -> None:
    if not paths:
        raise InvalidError(attribute.name, "inga filer", "kontrollera mappen och namnen")


def _two_months(_: object, attribute: Attribute[tuple[Month, Month]], months: tuple[Month, Month]) -> None:
    if type(months) is not tuple or [type(month) for month in months] != [Month, Month]:
        msg = f"{attribute.name} is the first and the last Month, not {months!r}"
        raise TypeError(msg)
    if months[1] < months[0]:
        what = f"den första månaden ({months[0]}) är efter den sista ({months[1]})"
        raise InvalidError(attribute.name, what, "byt plats på dem")


@frozen
class Material:
    """
    What some underlag were made from, as values: what `rate`, `issue` and `verify` take.
    """

    price_lists: tuple[PriceList, ...]
    register: Register
    volumes: Volumes
    plan: Volumes = field(factory=Volumes)


@frozen
class Inputs:
    """
    The files that some underlag were made from; `plan` has the planned volumes, `control` the control totals.

    `subscribed` is the first and the last month whose subscriptions were made volumes; the plan has none but
    those that it says itself.
    """

    price_lists: tuple[Path, ...] = field(converter=_paths, validator=_some)
    register: Path = field(converter=_path)
    volumes: tuple[Path, ...] = field(converter=_paths, validator=_some)
    plan: tuple[Path, ...] = field(default=(), converter=_paths)
    control: tuple[Path, ...] = field(default=(), converter=_paths)
    subscribed: tuple[Month, Month] | None = field(default=None, validator=optional(_two_months))
    encoding: str = "utf-8"

    def read(self) -> Material:
        """
        The values of the files, with the subscriptions among the volumes. Raises `InputError`.
        """
        register = read_customers(self.register)
        subscribed = register.subscribed(*self.subscribed) if self.subscribed else Volumes()
        volumes = read_volumes(*self.volumes, encoding=self.encoding, control=self.control)
        return Material(
            tuple(map(read_price_list, self.price_lists)),
            register,
            volumes.merge(subscribed),
            read_volumes(*self.plan, encoding=self.encoding) if self.plan else Volumes(),
        )
