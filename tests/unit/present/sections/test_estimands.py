"""What a reader is told of other readings: which question each answers, how far they lie apart, what is missing."""

import pytest

from cartcohort.estimate.results import Result, ResultSet
from cartcohort.present.display import Notice
from cartcohort.present.sections import estimands
from tests.unit.present.figures.reading import texts_of


def share(estimate, n_event, n=35, **fields):
    return Result(estimate=estimate, conf_level=0.95, n=n, n_event=n_event, unit="proportion", **fields)


def ratio(estimate, p, n=35, **fields):
    return Result(
        estimate=estimate, conf_low=0.99, conf_high=18.6, conf_level=0.95, n=n, n_event=20, p_value=p,
        unit="hazard ratio", label="OS, x: Genetic risk: high vs low", **fields,
    )  # fmt: skip


def reading(name, estimate, n_event, *, endpoint="os", n=35, cox_n=35):
    prefix = f"survival/{endpoint}/handling/{name}"
    return {
        f"{prefix}/median": Result(estimate=12.2, conf_low=7.0, conf_level=0.95, n=n, n_event=n_event, unit="months"),
        f"{prefix}/rate/24m": share(estimate, n_event, n),
        f"{prefix}/cox/genetic_risk/high": ratio(4.28, 0.052, cox_n),
    }


def counts(**counted):
    return {f"survival/{name}/any": share(n_event / 35, n_event) for name, n_event in counted.items()}


def table(results, *, hsct_handling="ignore", new_therapy_handling="ignore"):
    return estimands.table_estimands(
        ResultSet(results), hsct_handling=hsct_handling, new_therapy_handling=new_therapy_handling, p_style="journal"
    )


def test_readings_are_not_taken_for_uncertainty_of_one_figure():
    results = ResultSet(
        {
            **counts(transplant=9, new_therapy=0, never_infused=0),
            "survival/os/intercurrent/transplant": share(9 / 35, 9),
            "survival/pfs/intercurrent/transplant": share(0, 0),
            **reading("ignore", 0.417, 20),
            **reading("event", 0.22, 27),
        }
    )
    assert estimands.describe_estimands(results).text == (
        "9 of 35 patients (25.7%) had a later transplant, 9 before the end of overall survival and none before "
        "the end of progression-free survival. No patient had a new therapy. All enrolled patients "
        "were treated, so counting from enrolment only moves the start. For overall survival, the share "
        "without an event at 24 months runs from 22.0% to 41.7% over the readings. Each reading estimates another "
        "quantity, so their spread is not a confidence interval. Readings that change no patient's time "
        "or event are left out."
    )


def test_what_a_study_does_not_record_is_said_instead_of_shown():
    assert estimands.describe_estimands(ResultSet()).text == (
        "The study does not record any later transplant or new therapy. Without days of enrolment nothing "
        "can be counted from there."
    )
    nothing = estimands.plot_estimands(ResultSet(), hsct_handling="ignore", new_therapy_handling="ignore")
    assert isinstance(nothing, Notice)
    assert table({}) == nothing


@pytest.mark.parametrize(
    ("n_event", "note", "said"),
    [
        (1, "", "1/40 (2.5%) of those enrolled was never treated."),
        (3, "2 without a day of enrolment left out",
         "3/40 (7.5%) of those enrolled were never treated (2 without a day of enrolment left out)."),
    ],
)  # fmt: skip
def test_the_never_infused_are_counted_among_the_enrolled(n_event, note, said):
    results = {"survival/never_infused/any": share(n_event / 40, n_event, 40, note=note)}
    assert said in estimands.describe_estimands(ResultSet(results)).text


def test_each_row_names_its_strategy_and_the_question_it_answers():
    rows = table({**reading("ignore", 0.417, 20), **reading("new_therapy_competing", 0.74, 9)}).text.splitlines()
    assert "As reported" in rows[3] and "Treatment policy: whatever treatment follows" in rows[3]
    assert "New therapy competes" in rows[4] and "While on treatment: no event before any new therapy" in rows[4]


def test_a_report_with_other_handling_says_so_of_its_own_reading():
    found = table(
        {**reading("event", 0.22, 27), **reading("ignore", 0.417, 20)},
        hsct_handling="event", new_therapy_handling="censor",
    ).text  # fmt: skip
    own, other = found.splitlines()[3:5]
    assert "As reported" in own and "Transplant: composite; new therapy: hypothetical" in own
    assert "Transplant ignored" in other and "Treatment policy: whatever happens, transplant included" in other


@pytest.mark.parametrize(
    ("name", "remark"), [("censor", "would have fared like the rest"), ("competing", "there is no median")]
)
def test_the_assumption_of_a_reading_stands_below_the_table_only_where_it_is_shown(name, remark):
    assert remark in table({**reading("ignore", 0.4, 20), **reading(name, 0.3, 18)}).html
    assert remark not in table({**reading("ignore", 0.4, 20), **reading("event", 0.3, 25)}).html


def test_a_hazard_ratio_from_enrolment_says_how_many_it_leaves_out():
    html = table({**reading("ignore", 0.4, 20), **reading("enrolled", 0.38, 22, n=40, cox_n=37)}).html
    assert "The hazard ratio from enrolment leaves out 3 patients of unknown factor." in html


def test_the_figure_has_an_axis_for_the_rate_and_one_for_the_ratio():
    figure = estimands.plot_estimands(
        ResultSet({**reading("ignore", 0.417, 20), **reading("event", 0.22, 27)}),
        hsct_handling="ignore", new_therapy_handling="ignore",
    )  # fmt: skip
    assert "At 24 months" in figure.svg and "HR, genetic risk, high vs low" in figure.svg
    assert figure.svg.count('class="point"') == 4
    assert "Overall survival (OS), Transplant is an event: At 24 months 22.0%" in figure.description


def test_an_endpoint_whose_readings_are_those_of_another_is_drawn_with_it():
    pfs = {**reading("ignore", 0.417, 20), **reading("event", 0.22, 27)}
    efs = {name.replace("survival/os/", "survival/efs/"): result for name, result in pfs.items()}
    figure = estimands.plot_estimands(
        ResultSet({**pfs, **efs}), hsct_handling="ignore", new_therapy_handling="ignore"
    )
    assert texts_of(figure, "row")[0] == "Overall survival (OS = EFS)"
    assert figure.svg.count('class="point"') == 4
