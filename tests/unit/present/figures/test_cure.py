"""The cure fraction over its curve, and the further year by the time survived: what is drawn and what is said."""

import numpy as np
import pytest

from cartcohort.estimate.mixture_cure import cured_share, fit_mixture_cure
from cartcohort.estimate.results import Result
from cartcohort.estimate.survival import estimate_survival_curve
from cartcohort.present.display import Notice
from cartcohort.present.figures.cure import CurePanel, plot_cure_models
from cartcohort.present.figures.further import plot_further
from cartcohort.present.figures.survival import plot_survival_curves
from tests.unit.present.figures.reading import assert_sound, numbers, paths_of, texts, texts_of

TIME, EVENT = [1, 2, 4, 8, 9, 30, 40, 50], np.array([1, 1, 1, 1, 0, 0, 0, 0], dtype=bool)
WORDS = {"id": "c", "title": "Cure", "family": "Weibull", "x_label": "Months", "min_at_risk": 2}


def panel(time=TIME, event=EVENT):
    fit = fit_mixture_cure(time, event)
    return CurePanel(estimate_survival_curve(time, event), fit, cured_share(fit))


def test_curve_models_and_interval_are_drawn_and_told():
    figure = plot_cure_models({"Overall survival": panel(), "Progression-free survival": panel()}, **WORDS)
    assert_sound(figure)
    assert len(paths_of(figure, "with-cure")) == len(paths_of(figure, "without-cure")) == 2
    assert len(paths_of(figure, "interval")) == 2
    assert "Overall survival: 8 patients, 4 events, 50.0% event-free at 50.0 months; cured under a Weibull model" in (
        figure.description
    )
    assert len(texts_of(figure, "key")) == 3


def test_the_numbers_drawn_are_those_of_the_models():
    found = panel()
    rows = numbers(plot_cure_models({"OS": found}, **WORDS))
    months = [float(row["months"]) for row in rows]
    assert (months[0], months[-1]) == (0, 50)
    assert [float(row["with_cure"]) for row in rows] == pytest.approx(found.model.survival(months))
    assert [float(row["without_cure"]) for row in rows] == pytest.approx(found.model.survival_without(months))


def test_an_endpoint_without_a_model_is_left_out_and_none_at_all_is_a_notice():
    without = panel([3, 9], np.array([False, False]))
    figure = plot_cure_models({"OS": panel(), "PFS": without}, **WORDS)
    assert "PFS" not in texts(figure)
    assert isinstance(plot_cure_models({"PFS": without}, **WORDS), Notice)
    assert isinstance(plot_cure_models({}, **WORDS), Notice)


def year(estimate, low=None, high=None, n=9):
    return Result(estimate=estimate, conf_low=low, conf_high=high, conf_level=0.95, n=n, unit="proportion")


FURTHER = {"id": "f", "title": "Further", "x_label": "Months survived", "y_label": "Event-free"}


def test_the_further_year_has_its_limits_and_the_patients_it_rests_on():
    points = {
        "OS": {0.0: year(0.5, 0.3, 0.7, n=35), 6.0: year(0.8, 0.5, 0.9), 12.0: year(None, n=0)},
        "PFS": {0.0: year(0.4, 0.2, 0.6, n=35), 6.0: year(1.0, 0.6, 1.0, n=7)},
    }
    figure = plot_further(points, **FURTHER)
    assert_sound(figure)
    assert texts_of(figure, "count") == ["35", "9", "35", "7"]
    assert [path.count("M") for path in paths_of(figure, "interval")] == [2, 2]
    assert "after 6 months 80.0% (95% CI, 50.0% to 90.0%)" in figure.description
    assert [row["months_survived"] for row in numbers(figure)] == ["0.0", "6.0", "0.0", "6.0"]


def test_times_whose_numbers_would_touch_are_labelled_every_so_often_and_all_drawn():
    points = {"OS": {float(month): year(0.5, 0.3, 0.7, n=35) for month in range(0, 150, 6)}}
    figure = plot_further(points, **FURTHER)
    assert texts_of(figure, "count") == ["35"] * 9
    assert {"0", "144"} <= set(texts(figure)) and "6" not in texts(figure)
    assert [path.count("M") for path in paths_of(figure, "interval")] == [25]


def test_a_single_point_and_one_without_limits_can_be_drawn():
    assert_sound(plot_further({"OS": {0.0: year(0.0)}}, **FURTHER))


def test_where_nobody_was_followed_for_long_enough_there_is_a_notice():
    assert isinstance(plot_further({"OS": {24.0: year(None, n=0)}}, **FURTHER), Notice)
    assert isinstance(plot_further({}, **FURTHER), Notice)


def test_a_figure_says_from_how_few_patients_its_curves_are_faint():
    faint = "Faint where fewer than 3 remain at risk."
    assert plot_cure_models({"OS": panel()}, **WORDS | {"min_at_risk": 3}).note.endswith(faint)
    assert "Faint" not in plot_cure_models({"OS": panel()}, **WORDS | {"min_at_risk": 1}).note
    curve = {"All": estimate_survival_curve(TIME, EVENT)}
    assert plot_survival_curves(curve, id="s", title="Survival", min_at_risk=3).note.endswith(faint)
    assert "Faint" not in plot_survival_curves(curve, id="s", title="Survival", min_at_risk=0).note
