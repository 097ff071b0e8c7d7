"""The gate of a masked run: what a notebook shows is let through, replaced by what is released, or withheld."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from cartcohort.estimate.results import ResultSet
from cartcohort.present import display
from cartcohort.present.disclosure import exhibits, words
from cartcohort.present.disclosure.released import Released
from cartcohort.present.display import Figure, PageHeader, Summary, Table

Show = Callable[..., None]


def open_gate(
    released: Released | None, *, section: str, parameters: Mapping[str, Any], origin: str = "day 0"
) -> tuple[Show, Callable[[ResultSet], None]]:
    """Return the `show` and the `show_results` of a notebook.

    Parameters
    ----------
    released : Released or None
        What a masked run shows; None where nothing is masked: then these are those of `present.display`.
    section : str
        The notebook's name.
    parameters : mapping of str to object
        In force.
    origin : str
        What survival counts from, in words.
    """
    if released is None:
        return display.show, display.show_results
    gate = _Gate(released, section, _replace(released, section, parameters.get("p_style", "journal"), origin))
    return gate.show, gate.show_results


class _Gate:
    """Shows what is released of a section, each exhibit in the place of the one that it stands for.

    `places` are the exhibits by the id of the one whose place they take; those whose place never comes stand last.
    """

    def __init__(self, released: Released, section: str, places: Mapping[str, Sequence[Any]]) -> None:
        self._released, self._section, self._places = released, section, dict(places)

    def show(self, *items: Any, needs: Sequence[str] = ()) -> None:
        """Show as `display.show` does, items that would show patients replaced or withheld."""
        if needs:
            display.show(*items, needs=needs)  # which shows none of them
            return
        shown, withheld = [], False
        for item in items:
            let_through = self._pass(item)
            shown += let_through
            withheld |= isinstance(item, Table | Figure) and item not in let_through
        something = any(isinstance(one, Table | Figure) for one in shown)
        display.show(*shown, *([words.excuse(self._released, something=something)] if withheld else []))

    def show_results(self, results: ResultSet) -> None:
        """Hand over the released results of the section in place of these."""
        display.show(*(one for place in [*self._places] for one in self._places.pop(place)))
        own = {name: one for name, one in self._released.results.items() if name.startswith(f"{self._section}/")}
        display.show_results(ResultSet(own))

    def _pass(self, item: Any) -> list[Any]:
        """Return what stands in the place of an item, nothing where nothing may."""
        if isinstance(item, PageHeader):
            return [replace(item, source=""), words.announce(self._released)]  # which may tell of all the patients
        if isinstance(item, Summary):
            return [words.summarise(self._released, self._section)]
        if isinstance(item, Table) and words.is_of_parameters(item):
            return [*words.explain(self._released, self._section), item]
        return list(self._places.pop(getattr(item, "id", ""), ()))


def _replace(released: Released, section: str, p_style: str, origin: str) -> dict[str, Sequence[Any]]:
    """Return the exhibits of a section by the id of the one whose place they take."""
    if section == "risk_factors":
        return {"risk-univariable": [exhibits.table_ratios(released, p_style=p_style)]}
    outcomes = exhibits.table_outcomes(released, section)
    by_factor = exhibits.table_breakdowns(released, section, p_style=p_style)
    if section == "efficacy":
        patients = exhibits.table_patients(released)
        return {"efficacy-baseline": [patients], "efficacy-response": [outcomes], "efficacy-by-factor": by_factor}
    if section == "survival":
        over_time = exhibits.present_life_tables(released, origin=origin)
        return {"survival-endpoints": [*over_time, outcomes], "survival-by-factor": by_factor}
    first, second = _PLACES.get(section, (f"{section}-outcomes", f"{section}-by-factor"))
    return {first: [outcomes], second: by_factor}


_PLACES = {"safety": ("safety-grades", "safety-severity"), "relapse": ("relapse-incidence", "relapse-by-factor")}
