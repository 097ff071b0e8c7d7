"""The lines of a study.yaml for files that are not known yet, proposed from their names and values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cartcohort.study.description import check_description
from cartcohort.study.schema import TABLES
from cartcohort.study.suggest.date_columns import DateColumn, find_cutoff, propose_orders
from cartcohort.study.suggest.lines import Line, Tree
from cartcohort.study.suggest.match import Match, match_table
from cartcohort.study.suggest.profile import Profile, profile_columns
from cartcohort.study.suggest.sources import Source
from cartcohort.study.suggest.together import find_flat_events, find_follow_up, find_status_times

_ORDER = (
    "title",
    "source",
    "synthetic",
    "data_cutoff_date",
    "day_zero",
    "tables",
    "rows",
    "columns",
    "values",
    "units",
    "dates",
    "follow_up",
    "status_times",
    "flat_events",
)


class Proposal:
    """Gathers the lines of a study.yaml; what stood in it before holds.

    Parameters
    ----------
    content : mapping
        What study.yaml says already.
    sources : mapping of str to Source
        Where each table is.
    title : str
        For a study that has none.

    Attributes
    ----------
    tree : dict
        The lines by their keys.
    standard : list of str
        Columns of the files that have their standard names already.
    kept : list of str
        Columns of the subjects without a meaning in the dictionary, by the names of the file.
    """

    def __init__(self, content: Mapping[str, object], sources: Mapping[str, Source], title: str) -> None:
        self.described = check_description(content)
        self.sources = sources
        self.tree: Tree = _keep({"title": title, **content})
        self.standard: list[str] = []
        self.kept: list[str] = []
        self._dates: list[DateColumn] = []

    def propose(self) -> Tree:
        """Return all lines, in the order of the data dictionary for people."""
        for name, source in self.sources.items():
            if source.text.file != TABLES[name].file:
                self._add(("tables", name), Line(source.text.file, f"{len(source.text.rows)} rows"))
            if source.rows:
                self._add(("rows", name), Line(source.rows, "sure: the rows of one instrument of the export"))
            self._propose_columns(name, profile_columns(source.text))
        self._propose_calendar()
        for key, branch in self.tree.items():
            if isinstance(branch, dict) and {*branch} <= {*TABLES}:
                self.tree[key] = _sort(branch, [*TABLES])
        return _sort(self.tree, _ORDER)

    def _add(self, path: Sequence[str], line: Line) -> None:
        """Add a line, unless study.yaml has said something there."""
        branch = self.tree
        for key in path[:-1]:
            branch = branch.setdefault(key, {})
            if isinstance(branch, Line):
                return
        branch.setdefault(path[-1], line)

    def _propose_columns(self, table: str, profiles: Sequence[Profile]) -> None:
        told = self._find_told() if table == "subjects" else set()
        found = match_table(profiles, TABLES[table], self.described.columns.get(table, {}), apart=told)
        if table == "subjects":
            told |= self._propose_together([one for one in profiles if one.name not in told], found)
            meant = told | {match.profile.name for match in found.values()}
            self.kept = [profile.name for profile in profiles if profile.name not in meant]
        for match in found.values():
            self._propose_match(table, match)

    def _find_told(self) -> set[str]:
        """Return the columns of the subjects that study.yaml reads by other keys than `columns`."""
        described = self.described
        times = [*described.status_times.values(), *([described.follow_up] if described.follow_up else [])]
        flat = {own for event in described.flat_events.values() for own in event.values()}
        return {own for time in times for own in (time.time, time.status)} | flat

    def _propose_match(self, table: str, match: Match) -> None:
        own, fit, live = match.profile.name, match.fit, not match.fit.doubt
        if fit.name == own and live:
            self.standard.append(own)
        elif fit.name == own and not match.column.required:
            reason = f"set aside: {fit.doubt}; delete this line when its `values` are settled"
            self._add(("columns", table, f"{own}_as_given"), Line(own, reason))
        elif fit.name != own:
            self._add(("columns", table, fit.name), Line(own, match.reason, live))
        if fit.values:
            word = "unsure" if not live else "likely" if fit.guess else "sure"
            reason = f"{word}: {fit.doubt or fit.guess or 'by the words'}"
            self._add(("values", table, fit.name), Line(fit.values, reason, live))
        if fit.unit:
            told = "by its range" if fit.guess.startswith("fractions") else "told by its name"
            self._add(("units", table, fit.name), Line(fit.unit, f"{match.confidence}: {told}", live))
        if live:
            self._dates.append(DateColumn(table, fit.name, match.profile))

    def _propose_together(self, profiles: Sequence[Profile], found: dict[str, Match]) -> set[str]:
        """Propose what several columns of the subjects tell together, and return these columns."""
        used = self._propose_follow_up(profiles, found)
        rest = [profile for profile in profiles if profile.name not in used]
        for name, (line, columns) in find_status_times(rest).items():
            if name in self.described.status_times or f"{name}_day" in _settled(found):
                continue
            self._add(("status_times", name), line)
            used |= {column.name for column in columns} | self._replace(name, profiles, columns, found)
        rest = [profile for profile in _without(profiles, found) if profile.name not in used]
        if "adverse_events" not in self.sources and not self.described.flat_events:
            used |= self._propose_flat_events([profile for profile in rest if profile.name not in used])
        return used

    def _propose_follow_up(self, profiles: Sequence[Profile], found: dict[str, Match]) -> set[str]:
        settled = _settled(found)
        seen = found.get("last_contact_day") if "last_contact_day" in settled else None
        if self.described.follow_up or {"death_day", "last_contact_day"} <= settled:
            return set()
        line, columns = find_follow_up(_without(profiles, found), seen.profile if seen else None) or (None, [])
        if line is None:
            return set()
        self._add(("follow_up",), line)
        if not line.live:
            return set()
        self._dates.append(DateColumn("subjects", "death_date", columns[0]))
        aside = (self._replace(name, profiles, columns, found) for name in ("death", "last_contact"))
        return {column.name for column in columns}.union(*aside)

    def _replace(
        self, time: str, profiles: Sequence[Profile], columns: Sequence[Profile], found: dict[str, Match]
    ) -> set[str]:
        """Let a time be made of several columns, and set aside those that have its name; these are returned."""
        found.pop(f"{time}_day", None)
        own = [one.name for one in profiles if one.name in (f"{time}_date", f"{time}_day") and one not in columns]
        for name in own:
            self._add(
                ("columns", "subjects", f"{name}_as_given"), Line(name, "set aside: the time is read otherwise")
            )
        return {*own}

    def _propose_flat_events(self, profiles: Sequence[Profile]) -> set[str]:
        flat = find_flat_events(profiles)
        for term, source in flat.sources.items():
            names = {name: profile.name for name, profile in source.items()}
            filled = ", ".join(f"{name.partition('_')[0]} {profile.filled}" for name, profile in source.items())
            self._add(("flat_events", term), Line(names, f"sure: columns named by the event; {filled}"))
            self._dates += [DateColumn("adverse_events", name, profile) for name, profile in source.items()]
        if flat.values:
            self._add(("values", "adverse_events", "grade"), Line(flat.values, "sure: grades written in words"))
        for name, unit in flat.units.items():
            self._add(("units", "adverse_events", name), Line(unit, "sure: told by its name"))
        return {profile.name for source in flat.sources.values() for profile in source.values()}

    def _propose_calendar(self) -> None:
        dates = [one for one in self._dates if one.name.endswith("_date") and one.profile.is_date]
        if not self.described.dates:
            self.tree |= propose_orders(dates)
        cutoff = find_cutoff(dates, self.described.dates)
        if cutoff:
            reason = "likely: the latest date found; put the last day of follow-up"
            self._add(("data_cutoff_date",), Line(cutoff, reason))


def _settled(found: Mapping[str, Match]) -> set[str]:
    """Return what columns stand for without doubt."""
    return {name for name, match in found.items() if not match.fit.doubt}


def _sort(tree: Tree, order: Sequence[str]) -> Tree:
    """Return the branches in an order; those it does not name come last, as they are."""
    ranks = {key: rank for rank, key in enumerate(order)}
    return {key: tree[key] for key in sorted(tree, key=lambda key: ranks.get(key, len(ranks)))}


def _without(profiles: Sequence[Profile], found: Mapping[str, Match]) -> list[Profile]:
    """Return the columns that stand for nothing yet."""
    meant = {match.profile.name for match in found.values()}
    return [profile for profile in profiles if profile.name not in meant]


def _keep(content: object) -> Tree | Line:
    if isinstance(content, Mapping):
        return {key: _keep(item) for key, item in content.items()}
    return Line(content)
