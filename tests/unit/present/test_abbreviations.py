"""Abbreviations are spelt out where they are used, once."""

from cartcohort.estimate.results import Result, ResultSet
from cartcohort.present.abbreviations import spell_out_used
from cartcohort.present.figures import plot_forest
from cartcohort.present.tables import Cell, Column, Row, build_table


def test_only_those_that_are_used_are_spelt_out():
    assert spell_out_used(["sHR 1.80", "Chronic GVHD"]) == [
        "sHR, subdistribution hazard ratio.",
        "GVHD, graft-versus-host disease.",
    ]
    assert spell_out_used(["the CIRCLE of MRDs"]) == []


def test_those_of_numbers_are_looked_for_among_numbers_alone():
    assert spell_out_used(["NR", "NE"], numbers=["12.2 (7.5–NR)"]) == ["NR, not reached."]


def test_what_is_spelt_out_already_is_not_again():
    assert spell_out_used(["Minimal residual disease (MRD)"]) == []
    assert spell_out_used(["MRD"], said=["MRD, minimal residual disease; of marrow cells."]) == []


def test_a_table_and_a_figure_say_what_they_abbreviate():
    rows = [Row(("Relapse (CIR)", Cell("NE", (None,))))]
    table = build_table(
        id="t", caption="T", columns=[Column("Event"), Column("Rate (95% CI)", number=True)], rows=rows
    )
    assert "NE, not estimable. CIR, cumulative incidence of relapse." in table.html
    ratio = Result(estimate=2.0, conf_low=1.0, conf_high=4.0, conf_level=0.95, unit="hazard ratio", label="high")
    assert plot_forest(ResultSet({"a": ratio}), id="f", title="F").note == "HR, hazard ratio."
