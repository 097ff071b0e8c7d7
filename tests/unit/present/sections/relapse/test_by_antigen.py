"""Relapse by antigen status: what is drawn, tabulated and said of its kinds."""

import pytest

from cartcohort.estimate.results import Result, ResultSet
from cartcohort.present.display import Figure, Notice, Table
from cartcohort.present.sections import relapse as report
from tests.unit.present.sections.relapse.curves import curve
from tests.unit.present.sections.relapse.records import ANTIGENS, INCIDENCE, ratio, share, test_of

POSITIVE, NEGATIVE, UNKNOWN = (
    "antigen-positive relapse",
    "antigen-negative relapse",
    "relapse of unknown antigen status",
)


def incidences(positive, negative, unknown):
    """Incidences of the kinds of relapse, of 27 patients each, beside relapse and death as a whole."""
    counts = {"positive": positive, "negative": negative, "unknown": unknown}
    relapses = positive + negative + unknown
    own = {f"relapse/cir_antigen_{kind}/24m": share(n, 27) for kind, n in counts.items()}
    return ResultSet({**INCIDENCE, **ANTIGENS, **own, "relapse/cir/24m": share(relapses, 27)})


def present(results, *causes):
    curves = {cause: curve(cause, 0.1, 0.2) for cause in (*causes, "relapse", "death without relapse")}
    return report.present_by_antigen(
        curves, results, factors=("risk",), labels={"risk": "Genetic risk"}, min_at_risk=1, p_style="journal"
    )


def describe(results):
    (sentence,) = report.describe_by_antigen(results)
    return sentence.text


def test_the_kinds_of_relapse_are_drawn_beside_death_and_tabulated_beside_relapse():
    figure, table = present(incidences(7, 2, 1), POSITIVE, NEGATIVE, UNKNOWN)
    assert (type(figure), type(table)) == (Figure, Table)
    named = [label for label in ("Antigen-positive", "Antigen-negative", "unknown antigen", "Death without") if
             label in figure.description]  # fmt: skip
    assert len(named) == 4 and "Relapse:" not in figure.description
    assert "At 24 months: Antigen-positive 25.9%" in figure.description
    assert [line.split("  ")[0] for line in table.text.splitlines()[2:]] == [
        "Antigen-positive relapse",
        "Antigen-negative relapse",
        "Relapse of unknown antigen status",
        "Relapse (CIR)",
        "Death without relapse (NRM)",
    ]


def test_the_table_says_what_counts_as_which_kind_and_that_the_kinds_add_up():
    _, table = present(incidences(7, 2, 1), POSITIVE, NEGATIVE)
    assert (
        "Antigen-positive: CD19 and CD22 both positive or dim. Antigen-negative: CD19 or CD22 negative" in table.html
    )
    assert "The three kinds of relapse add up to the incidence of relapse." in table.html
    apart = ResultSet({**incidences(7, 2, 1), "relapse/cir/24m": share(12, 27)})
    assert "do not add up" in present(apart, POSITIVE, NEGATIVE)[1].html


def test_a_study_that_records_cd19_alone_is_said_to():
    alone = {"relapse/antigen/escape": share(2, 9, note="only CD19 was recorded")}
    _, table = present(ResultSet({**incidences(7, 2, 1), **alone}), POSITIVE, NEGATIVE)
    assert "Only CD19 was recorded: antigen-positive where it is positive or dim" in table.html


def test_none_of_a_kind_is_an_upper_limit_and_no_claim():
    text = describe(incidences(10, 0, 0))
    assert "37.0% (95% CI, 10.0% to 50.0%) for antigen-positive relapse and 0.0%" in text
    assert "None was antigen-negative; the upper limit says how frequent such relapses may be all the same." in text
    assert text.endswith("the comparison of all relapses above is that of antigen-positive relapse.")


def test_unknown_relapses_are_counted_aloud_and_belong_to_either_kind():
    text = describe(incidences(7, 0, 2))
    assert "2 relapses of unknown antigen status, with an incidence of 7.4% (95% CI, 10.0% to 50.0%), may be" in text
    assert text.endswith("Without antigen-negative relapses factors are not compared for each kind.")


def test_relapses_of_both_kinds_are_compared_between_factors():
    compared = {
        f"relapse/{model}/cir_antigen_{kind}/risk/high": ratio(2.0, "x")
        for model in ("fine_gray", "cause_specific")
        for kind in ("positive", "negative")
    }
    compared |= {f"relapse/gray/cir_antigen_{kind}/risk": test_of(0.2, 0.4) for kind in ("positive", "negative")}
    compared |= {
        f"relapse/cir_antigen_{kind}/24m/risk/{level}": share(2, 9)
        for kind in ("positive", "negative")
        for level in ("low", "high")
    }
    results = incidences(7, 2, 1) | compared
    *_, table = present(results, POSITIVE, NEGATIVE)
    assert table.text.splitlines()[1].split("  ")[-1] == "Antigen-negative relapse"
    assert "high: sHR" in table.text and "p\u00a0=\u00a00.20 (Holm 0.40)" in table.text
    assert "not compared" not in describe(results)


@pytest.mark.parametrize("results", [INCIDENCE, incidences(0, 0, 0)], ids=["no antigens recorded", "no relapse"])
def test_without_relapses_told_apart_nothing_is_shown_or_said(results):
    assert present(results) == report.describe_by_antigen(results) == ()


def test_antigens_that_are_all_unknown_are_said_to_be():
    unrecorded = Result(n=27, unit="proportion", note="not estimable: the antigens of no relapse are known")
    kinds = {f"relapse/cir_antigen_{kind}/24m": unrecorded for kind in ("positive", "negative", "unknown")}
    results = INCIDENCE | ANTIGENS | kinds
    (notice,) = present(results)
    assert isinstance(notice, Notice)
    assert "the antigens of no relapse are known" in notice.text
    assert report.describe_by_antigen(results) == ()
