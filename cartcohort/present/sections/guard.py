"""Survival by groups known only later, as a careful reader should see it: biased only beside guarded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from cartcohort.estimate.results import Result, ResultSet, SurvivalCurve
from cartcohort.present import style
from cartcohort.present.display import Figure, Notice, Table
from cartcohort.present.figures import plot_landmark_strips, plot_survival_panels
from cartcohort.present.figures.landmark_strip import LandmarkStrip
from cartcohort.present.narrative import capitalise
from cartcohort.present.sections.naming import abbreviate, months_from, parts_after, spell_out, within_sentence
from cartcohort.present.sections.survival_by_factor import annotate_factor, annotating, lines_of
from cartcohort.present.tables import table_grid

NOTHING = Notice(
    "Not shown: no group that is known only after time zero, with the day on which patients came to it, parts them "
    "in two. Response needs the columns best_response and response_day; a transplant, hsct_day; severe CRS, events "
    "with grade and onset; early treatment of CRS, the days of first doses besides."
)
_EXCLUDED = {
    "earlier_event": "Left out:\nevent",
    "shorter_follow_up": "Left out:\nfollow-up",
    "unknown": "Left out:\nunknown",
}


class Grouping(Protocol):
    """Two groups known only after time zero: names and words for them, and what settles the day."""

    name: str
    label: str
    levels: tuple[str, str]
    words: tuple[str, str]
    basis: str


class GuardedCurves(Protocol):
    """Curves of one endpoint by a grouping: from time zero and from each landmark in days, by level."""

    endpoint: str
    grouping: Grouping
    plain: Mapping[str, SurvivalCurve]
    landmarks: Mapping[int, Mapping[str, SurvivalCurve]]


def plot_guarded(
    curves: Sequence[GuardedCurves],
    results: ResultSet,
    *,
    origin: str,
    min_at_risk: int,
    median_rule: str,
    p_style: str,
) -> Figure | Notice:
    """Draw endpoints by a group known only later: from time zero, marked as biased, and from each landmark.

    Parameters
    ----------
    curves : sequence of GuardedCurves
        Of one grouping; empty where none parts the patients in two.
    results : ResultSet
        With `survival/<e>/{cox, logrank}/<g>` and the landmarks' results.
    origin : str
        What time zero is, in words.
    min_at_risk, median_rule, p_style
        How to draw and print.
    """
    if not curves:
        return NOTHING
    panels, notes, axes, annotated = {}, {}, {}, []
    for drawn in curves:
        prefix, name, group = f"survival/{drawn.endpoint}", abbreviate(drawn.endpoint), drawn.grouping
        title = f"{name} from time zero: BIASED"
        panels[title], axes[title] = _named(drawn.plain, group), months_from(drawn.endpoint, origin)
        notes[title] = annotate_factor(results, prefix, group.name, p_style=p_style)
        annotated += annotating(results, [prefix], group.name)
        for days, levels in drawn.landmarks.items():
            title = f"{name} from the landmark at day {days}"
            panels[title], axes[title] = _named(levels, group), "Months since the landmark"
            stem = f"{prefix}/landmark/{days}d"
            ratio, test = (results.get(f"{stem}/{kind}/{group.name}") for kind in ("cox", "logrank"))
            notes[title] = lines_of(ratio, test, p_style=p_style)
            annotated += [found for found in (ratio, test) if found]
    label = within_sentence(curves[0].grouping.label)
    return plot_survival_panels(
        panels,
        id=f"survival-by-{curves[0].grouping.name}",
        title=f"Survival by {label}, from time zero and from landmarks",
        annotations=notes,
        annotated=annotated,
        min_at_risk=min_at_risk,
        median_rule=median_rule,
        x_label=axes,
        styles=style.known_later(*curves[0].grouping.words),
    )


def _named(curves: Mapping[str, SurvivalCurve], grouping: Grouping) -> dict[str, SurvivalCurve]:
    return {grouping.words[grouping.levels.index(level)]: curve for level, curve in curves.items()}


def table_guarded(results: ResultSet, groupings: Mapping[str, Grouping], *, p_style: str) -> Table | Notice:
    """Tabulate every analysis of every grouping, the biased one named as such, with who took part and who did not."""
    if not groupings:
        return NOTHING
    rows = {
        f"{capitalise(spell_out(name))}: {say_contrast(grouping)}": _analyses(results, name, grouping)
        for name in parts_after(results, "survival")
        for grouping in groupings.values()
        if is_guarded(results, name, grouping)
    }
    rows = _without_empty_column(rows, _EXCLUDED["unknown"])
    notes = [
        "Groups known only after time zero: compared from time zero, which is biased, from landmarks, and in a "
        "time-dependent model.",
        "With and without: patients in the group named first, and in the other, when the clock starts; in the "
        "time-dependent model, those who came to it while at risk, and the others.",
        "At a landmark a patient belongs to the group come to by then; who comes to it later counts as without. Left "
        "out there: had the event by then; not followed beyond it; group or its day unknown, or not concerned.",
        *(f"{grouping.basis}." for grouping in groupings.values()),
    ]
    return table_grid(
        rows,
        id="survival-guarded",
        caption="Guarded comparisons",
        first_column="Analysis",
        p_columns=("Log-rank p",),
        p_style=p_style,
        notes=notes,
    )


def is_guarded(results: ResultSet, name: str, grouping: Grouping) -> bool:
    """Tell whether any analysis of an endpoint but the biased one could be done; alone it is not shown."""
    kinds = (f"landmark/*/logrank/{grouping.name}", f"time_dependent_cox/{grouping.name}")
    found = results.select(*(f"survival/{name}/{kind}" for kind in kinds))
    return any(result.p_value is not None for result in found.values())


def say_contrast(grouping: Grouping) -> str:
    """Return "response against no response"."""
    first, second = (within_sentence(word) for word in grouping.words)
    return f"{second} against {first}"


Analyses = Mapping[str, Mapping[str, Result | None]]


def _analyses(results: ResultSet, name: str, grouping: Grouping) -> Analyses:
    prefix, g = f"survival/{name}", grouping.name
    plain = _line(results, f"{prefix}/cox/{g}/{grouping.levels[1]}", f"{prefix}/logrank/{g}", prefix, grouping)
    lines = {"From time zero: BIASED": plain}
    for landmark in parts_after(results, f"{prefix}/landmark"):
        stem = f"{prefix}/landmark/{landmark}"
        lines[f"Landmark, day {landmark.removesuffix('d')}"] = {
            **_line(results, f"{stem}/cox/{g}", f"{stem}/logrank/{g}", stem, grouping),
            **{head: results.get(f"{stem}/count/{g}/{key}") for key, head in _EXCLUDED.items()},
        }
    stem = f"{prefix}/time_dependent_cox"
    lines["Time-dependent model"] = _line(results, f"{stem}/{g}", "", stem, grouping)
    return lines


def _line(results: ResultSet, ratio: str, test: str, stem: str, grouping: Grouping) -> dict[str, Result | None]:
    without, within = (results.get(f"{stem}/count/{grouping.name}/{level}") for level in grouping.levels)
    return {"Hazard ratio": results.get(ratio), "Log-rank p": results.get(test), "With": within, "Without": without}


def _without_empty_column(rows: Mapping[str, Analyses], head: str) -> dict[str, Analyses]:
    """Return the rows without a column of counts that are all 0."""
    cells = [line[head] for lines in rows.values() for line in lines.values() if head in line]
    if any(cell is not None and cell.estimate for cell in cells):
        return dict(rows)
    return {
        heading: {label: {k: v for k, v in line.items() if k != head} for label, line in lines.items()}
        for heading, lines in rows.items()
    }


def plot_strips(results: ResultSet, groupings: Mapping[str, Grouping], *, p_style: str) -> list[Figure | Notice]:
    """Draw, for each endpoint, the hazard ratios of all groupings over the landmarks that could have been chosen."""
    return [
        plot_landmark_strips(
            [strip_of(results, name, grouping) for grouping in groupings.values()],
            id=f"survival-landmark-strip-{name}",
            title=f"{capitalise(spell_out(name))}: hazard ratio by landmark day",
            p_style=p_style,
        )
        for name in parts_after(results, "survival")
        if groupings and parts_after(results, f"survival/{name}/landmark_strip")
    ]


def strip_of(results: ResultSet, name: str, grouping: Grouping) -> LandmarkStrip:
    """Gather the strip of one endpoint and grouping from the results."""
    prefix, g = f"survival/{name}", grouping.name
    stems = [f"{prefix}/landmark_strip/{day}" for day in parts_after(results, f"{prefix}/landmark_strip")]
    first, second = ([results[f"{stem}/count/{g}/{level}"] for stem in stems] for level in grouping.levels)
    return LandmarkStrip(
        title=grouping.label,
        contrast=say_contrast(grouping),
        words=grouping.words,
        days=[int(stem.rsplit("/", 1)[1].removesuffix("d")) for stem in stems],
        ratios=[results[f"{stem}/cox/{g}"] for stem in stems],
        counts=(first, second),
        plain=results.get(f"{prefix}/cox/{g}/{grouping.levels[1]}"),
        time_dependent=results.get(f"{prefix}/time_dependent_cox/{g}"),
    )
