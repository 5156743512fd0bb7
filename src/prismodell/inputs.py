"""
The files that some underlag are made from, and what they hold.

    inputs = Inputs("prislista.toml", "kunder.toml", ["januari.csv", "februari.csv"], subscribed=(jan, feb))
    material = inputs.read()
    rate(material.volumes, material.price_lists, material.register)
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from attrs import field, frozen
from attrs.validators import min_len

from .customers import Register
from .periods import Month
from .pricelist import PriceList
from .reading import read_customers, read_price_list, read_volumes
from .volumes import Volumes


def _path(path: str | Path) -> Path:
    return Path(path).absolute()


def _paths(paths: str | Path | Iterable[str | Path]) -> tuple[Path, ...]:
    return tuple(map(_path, [paths] if isinstance(paths, str | Path) else paths))


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

    price_lists: tuple[Path, ...] = field(converter=_paths, validator=min_len(1))
    register: Path = field(converter=_path)
    volumes: tuple[Path, ...] = field(converter=_paths)
    plan: tuple[Path, ...] = field(default=(), converter=_paths)
    control: tuple[Path, ...] = field(default=(), converter=_paths)
    subscribed: tuple[Month, Month] | None = None
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
            read_volumes(*self.plan, encoding=self.encoding),
        )
