"""What is said of the antigens at relapse."""

import pandas as pd
import pytest

from cartcohort.present.display import Notice
from cartcohort.present.sections import relapse as report
from tests.unit.present.sections.relapse.records import ANTIGENS, INCIDENCE, NOTHING, share


def describe(antigens, total=10):
    results = antigens | {"relapse/total": share(total, 35)}
    return report.describe_antigens(results, escape_benchmark=0.3, p_style="journal").text


def change(**results):
    """The results with some of them replaced, by the last part of their name."""
    named = {f"relapse/antigen/{name}": result for name, result in results.items()}
    return type(ANTIGENS)({**ANTIGENS, **named})


def test_all_relapses_kept_both_antigens():
    text = describe(ANTIGENS)
    assert text.startswith("Of 10 relapses, all kept CD19 and CD22, 10/35 (28.6%) of all patients; 2 had dim CD19.")
    assert "seen in none of 10 relapses of known status, 0.0% (95% CI, 0.0% to 30.8%)" in text


def test_a_test_and_an_interval_that_disagree_are_said_to():
    assert "The interval includes the benchmark although p is below 0.05" in describe(ANTIGENS)
    agreeing = change(escape=share(0, 30, conf_low=0.0, conf_high=0.12, p_value=0.0001))
    assert "The interval includes" not in describe(agreeing)


def test_the_benchmark_is_never_taken_for_a_control_group():
    assert describe(ANTIGENS).endswith(
        "The benchmark is a planning value and no control group, so the comparison cannot tell an effect of the "
        "therapy."
    )


@pytest.mark.parametrize(("n_event", "words"), [(0, "none kept"), (4, "4 kept"), (10, "all kept")])
def test_some_all_or_none_kept_their_antigens(n_event, words):
    assert f"Of 10 relapses, {words} CD19 and CD22" in describe(change(double_positive=share(n_event, 35)))


@pytest.mark.parametrize(
    ("n_event", "words"),
    [
        (0, "The only relapse kept CD19 and CD22, 1/35 (2.9%) of all patients. Antigen escape was not seen in the"),
        (1, "The only relapse did not keep CD19 and CD22, 0/35 (0.0%) of all patients. Antigen escape was seen in"),
    ],
)
def test_a_single_relapse_is_said_in_the_singular(n_event, words):
    none = share(0, 35)
    single = change(
        double_positive=share(1 - n_event, 35), cd19_dim=none, cd22_dim=none, escape=share(n_event, 1, p_value=0.5)
    )
    assert describe(single, total=1).startswith(words)


def test_relapses_of_unknown_status_are_counted_aloud():
    text = describe(change(double_positive=share(6, 35), unknown=share(3, 35)))
    assert "Of 10 relapses, 6 kept CD19 and CD22, 6/35 (17.1%) of all patients; 2 had dim CD19 and 3 were of" in text


def test_antigens_that_were_not_recorded_are_not_counted():
    unknown = share(0, 0, note="not estimable: antigens at relapse were not recorded")
    text = describe(change(double_positive=unknown, escape=unknown))
    assert text == "The share of antigen escapes is not estimable: antigens at relapse were not recorded."


def test_without_a_relapse_there_is_nothing_to_say():
    text = report.describe_antigens(NOTHING, escape_benchmark=0.3, p_style="journal").text
    assert text == "No relapse is recorded, so nothing can be said of the antigens at relapse."


def test_the_table_names_the_benchmark_and_drops_words_that_its_headings_say():
    table = report.table_antigens(INCIDENCE | ANTIGENS, escape_benchmark=0.25, p_style="journal")
    assert "the benchmark of 25.0%" in table.html
    assert "Relapses, of all patients,CD19 dim," in table.csv.replace('"', "")
    assert ", of all patients</th>" not in table.html.replace("Relapses, of all patients", "")


def test_the_flow_starts_from_the_presupposed_state():
    flow = pd.DataFrame({"before": "CD19 and CD22 positive", "after": ["CD19 dim, CD22 positive"], "n": [2]})
    assert "CD19 and CD22 positive to CD19 dim, CD22 positive: 2 (100.0%)" in report.plot_antigens(flow).description
    assert isinstance(report.plot_antigens(flow[:0]), Notice)


def test_denominators_stand_side_by_side_with_their_size():
    table = report.table_denominators(INCIDENCE | ANTIGENS)
    assert "(N = 35)" in table.text
    assert "(N = 10)" in table.text
    line = next(line for line in table.text.splitlines() if line.startswith("CD19 and CD22 kept"))
    assert line.count("28.6%") == 1 and "37.0%" in line and "100.0%" in line
