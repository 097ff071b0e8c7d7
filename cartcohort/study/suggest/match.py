"""Columns of a file to those of a table of the data dictionary, by name first and by values then."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from cartcohort.study.schema import Column, Table
from cartcohort.study.suggest.fit import Fit, find_fit
from cartcohort.study.suggest.headers import SURE, match_names
from cartcohort.study.suggest.profile import Profile
from cartcohort.study.suggest.words import ADVERSE_EVENT_NAMES, ASSESSMENT_NAMES, SUBJECT_NAMES

NAMES = {"subjects": SUBJECT_NAMES, "adverse_events": ADVERSE_EVENT_NAMES, "assessments": ASSESSMENT_NAMES}
"""By table: names that its columns are known by."""


@dataclass(frozen=True)
class Match:
    """A column of the file that stands for one of the dictionary.

    Attributes
    ----------
    profile : Profile
        The file's column.
    column : Column
        That of the dictionary.
    fit : Fit
        How its values go with that.
    likeness : float
        How well its name does, from 0 to 1.
    """

    profile: Profile
    column: Column
    fit: Fit
    likeness: float

    @property
    def confidence(self) -> str:
        """Return `sure`, `likely` or `unsure`."""
        if self.fit.doubt:
            return "unsure"
        return "likely" if self.likeness < SURE or self.fit.guess else "sure"

    @property
    def reason(self) -> str:
        """Return in words why it is proposed."""
        name = "its name" if self.likeness >= SURE else "a similar name"
        what = f"{self.confidence}: by {name} and values; {self.profile.filled}"
        return "; ".join(filter(None, (what, self.fit.guess, self.fit.doubt)))


def match_table(
    profiles: Sequence[Profile], table: Table, given: Mapping[str, str], *, apart: Collection[str] = ()
) -> dict[str, Match]:
    """Return by standard name, of a time the `_day` name, which column of the file stands for it.

    Parameters
    ----------
    profiles : sequence of Profile
        The file's columns.
    table : Table
        The table of the dictionary.
    given : mapping of str to str
        Standard names that study.yaml maps already, to the file's own; they are taken as they are.
    apart : collection of str
        Columns of the file that are used otherwise.
    """
    own = {profile.name: profile for profile in profiles}
    found = {}
    for standard, name in given.items():
        column = table.by_name.get(standard)
        if column is not None and name in own:
            fit = find_fit(own[name], column) or Fit(name=standard)
            found[column.name] = Match(own[name], column, replace(fit, name=standard, doubt=""), 1.0)
    free = [profile for profile in profiles if profile.name not in {*given.values(), *apart}]
    for match in _order_candidates(free, table):
        used = {other.profile.name for other in found.values()}
        if match.column.name not in found and match.profile.name not in used:
            found[match.column.name] = match
    order = [column.name for column in table.columns]
    return {name: found[name] for name in sorted(found, key=order.index)}


def _order_candidates(profiles: Sequence[Profile], table: Table) -> list[Match]:
    """Return the pairs of columns that name and values allow, the best first."""
    ranked = []
    for position, profile in enumerate(profiles):
        for name, (likeness, preference) in match_names(profile.header, NAMES[table.name]).items():
            column = table.by_name[name]
            fit = find_fit(profile, column)
            if fit is None:
                continue
            if name == "subject_id" and table.name == "subjects" and not profile.is_unique:
                fit = replace(fit, doubt="not unique and filled in every row; choose under `rows` one row a patient")
            standard = profile.name in column.names
            rank = (not standard, bool(fit.doubt), -likeness, -preference, position)
            ranked.append((rank, Match(profile, column, fit, likeness)))
    return [match for _, match in sorted(ranked, key=lambda pair: pair[0])]
