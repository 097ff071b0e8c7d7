"""Published figures with their caveats."""

from types import SimpleNamespace

from cartcohort.estimate.results import Result, ResultSet
from cartcohort.present import tables


def claim(field, published):
    return SimpleNamespace(
        claim="Worse without response", result="logrank", field=field, published=published, compare=lambda value: True
    )


def test_a_p_value_that_agrees_keeps_the_caveat_of_its_test():
    biased = ResultSet({"logrank": Result(p_value=0.00001, note="biased by guarantee time")})
    table = tables.table_published([claim("p_value", "<0.0001")], biased, id="t")
    assert "biased by guarantee time" in table.html


def test_the_note_of_an_estimate_is_no_caveat_of_the_comparison():
    median = ResultSet({"logrank": Result(estimate=12.2, note="upper limit not reached")})
    assert "upper limit" not in tables.table_published([claim("estimate", "12.2")], median, id="t").html
