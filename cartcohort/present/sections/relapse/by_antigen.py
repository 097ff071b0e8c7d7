"""What the relapse section shows of relapse by antigen status: its kinds as competing causes beside death."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cartcohort.estimate.results import IncidenceCurve, Result, ResultSet
from cartcohort.present.display import Figure, Notice, Sentence, Table
from cartcohort.present.figures import plot_incidence_curves
from cartcohort.present.narrative import capitalise, count_noun, join_words, say_estimate
from cartcohort.present.sections.relapse.comparison import table_comparison
from cartcohort.present.sections.relapse.incidence import at_times, event_label, last_time
from cartcohort.present.tables import table_grid

KINDS = {
    "cir_antigen_positive": "Antigen-positive relapse",
    "cir_antigen_negative": "Antigen-negative relapse",
    "cir_antigen_unknown": "Relapse of unknown antigen status",
}
"""The kinds of relapse by the name of their endpoint."""

_COMPARED = ("cir_antigen_positive", "cir_antigen_negative")
_UNKNOWN = "Not shown: the antigens of no relapse are known, so relapse cannot be told apart by them."
_SUMS_UP = 1e-9


def present_by_antigen(
    curves: Mapping[str, IncidenceCurve],
    results: ResultSet,
    *,
    factors: Sequence[str],
    labels: Mapping[str, str],
    min_at_risk: int,
    p_style: str,
) -> tuple[Figure | Table | Notice, ...]:
    """Return the incidences by antigen status drawn, tabulated, and compared between factors where they can be.

    Parameters
    ----------
    curves : mapping of str to IncidenceCurve
        By cause, that of death without relapse among them.
    results : ResultSet
        With `relapse/cir_antigen_{positive,negative,unknown}/24m`, `relapse/{cir,nrm}/24m` and, where both kinds
        occurred, `relapse/{gray,fine_gray,cause_specific}/cir_antigen_{positive,negative}/...`.
    factors, labels : sequence of str, mapping of str to str
        Columns compared by, and words for columns.
    min_at_risk, p_style
        How to draw and print.

    Returns
    -------
    tuple
        Nothing where nobody relapsed or the study records no antigens; a notice where those of no relapse are known.
    """
    if not _relapses(results):
        return ()
    if not any(capitalise(cause) in KINDS.values() for cause in curves):
        return (Notice(_UNKNOWN),)
    shown = (_plot(curves, results, min_at_risk), _table(results))
    if not results.select("relapse/gray/cir_antigen_*"):
        return shown
    compared = table_comparison(
        results,
        {name: KINDS[name] for name in _COMPARED},
        id="relapse-by-antigen-and-factor",
        caption="Antigen-positive and antigen-negative relapse by factor",
        factors=factors,
        labels=labels,
        p_style=p_style,
    )
    return (*shown, compared)


def _plot(curves: Mapping[str, IncidenceCurve], results: ResultSet, min_at_risk: int) -> Figure | Notice:
    months = last_time(results)
    lines = [f"At {months} months:"] + [
        f"{words.removesuffix(' relapse')} {say_estimate(results[f'relapse/{name}/{months}m'])}"
        for name, words in KINDS.items()
        if name in _COMPARED
    ]
    named = {capitalise(cause): curve for cause, curve in curves.items()}
    # Death keeps the place, and with it the colour, that it has beside relapse as a whole.
    order = [KINDS["cir_antigen_positive"], "Death without relapse", *list(KINDS.values())[1:]]
    return plot_incidence_curves(
        {name: named[name] for name in order if name in named},
        id="relapse-by-antigen",
        title="Relapse by antigen status, and death without relapse",
        annotation=lines,
        min_at_risk=min_at_risk,
        by_cause=True,
    )


def _table(results: ResultSet) -> Table | Notice:
    rows = {words: at_times(results, f"relapse/{name}") for name, words in KINDS.items()}
    rows |= {event_label(name): at_times(results, f"relapse/{name}") for name in ("cir", "nrm")}
    notes = [_define(results)]
    if _adds_up(results):
        notes.append("The three kinds of relapse add up to the incidence of relapse.")
    else:
        notes.append(
            "A later treatment counts as an event of each kind here, so they do not add up to that of relapse."
        )
    return table_grid(
        {"": rows},
        id="relapse-by-antigen",
        caption="Cumulative incidence of relapse by antigen status",
        first_column="Event",
        notes=notes,
    )


def _define(results: ResultSet) -> str:
    """Say which relapse is of which kind."""
    _, only, recorded = results["relapse/antigen/escape"].note.rpartition("only ")
    if only:
        antigen = recorded.partition(" ")[0]
        return (
            f"Only {antigen} was recorded: antigen-positive where it is positive or dim, antigen-negative without it."
        )
    return (
        "Antigen-positive: CD19 and CD22 both positive or dim. Antigen-negative: CD19 or CD22 negative, whatever the "
        "other. Unknown: neither can be said. Each kind competes with the others and with death without relapse."
    )


def _adds_up(results: ResultSet) -> bool:
    parts = [results[f"relapse/{name}/{last_time(results)}m"].estimate for name in KINDS]
    whole = results[f"relapse/cir/{last_time(results)}m"].estimate
    return None in (*parts, whole) or abs(sum(parts) - whole) < _SUMS_UP


def describe_by_antigen(results: ResultSet) -> tuple[Sentence, ...]:
    """State the incidence of relapse with the antigens kept and without, and what a comparison of factors can be.

    Nothing where nobody relapsed or the antigens of no relapse are known, which other sentences say.
    """
    if not _relapses(results):
        return ()
    months = last_time(results)
    found = {name: results[f"relapse/{name}/{months}m"] for name in KINDS}
    kept, lost, unknown = found.values()
    if kept.n_event is None:
        return ()
    said = [
        f"At {months} months from first response the cumulative incidence was {say_estimate(kept)} for "
        f"antigen-positive relapse and {say_estimate(lost)} for antigen-negative relapse."
    ]
    if not lost.n_event and lost.conf_high is not None:
        said.append("None was antigen-negative; the upper limit says how frequent such relapses may be all the same.")
    if unknown.n_event:
        said.append(
            f"{capitalise(count_noun(unknown.n_event, 'relapse'))} of unknown antigen status, with an incidence of "
            f"{say_estimate(unknown)}, may be of either kind."
        )
    if not results.select("relapse/gray/cir_antigen_*"):
        said.append(_say_alone(kept, lost, unknown))
    return (Sentence(" ".join(said)),)


def _say_alone(kept: Result, lost: Result, unknown: Result) -> str:
    """Say why factors are not compared for each kind of relapse."""
    seen = {"antigen-positive": kept.n_event, "antigen-negative": lost.n_event}
    missing = [kind for kind, n_event in seen.items() if not n_event]
    if not missing:
        return ""
    why = f"Without {join_words(missing, last='or')} relapses factors are not compared for each kind"
    if unknown.n_event:
        return f"{why}."
    other = next(kind for kind in seen if kind not in missing)
    return f"{why}; the comparison of all relapses above is that of {other} relapse."


def _relapses(results: ResultSet) -> int:
    """Return how many relapses were told apart, 0 where the section has no incidences by antigen status."""
    if not last_time(results) or not results.select("relapse/cir_antigen_*"):
        return 0
    return results[f"relapse/cir/{last_time(results)}m"].n_event or 0
