"""ICAHT among those of whom it is known."""

import pandas as pd
import pytest

from cartcohort.estimate.results import ResultSet
from cartcohort.estimate.sections.hematotoxicity import summarise_icaht


def icaht(*rows):
    frame = pd.DataFrame(rows, columns=["grade", "early", "late", "had", "known"])
    return frame.astype({name: "Int64" for name in ("grade", "early", "late")})


def counts(results, stem):
    return {
        name.removeprefix(f"{stem}/"): (result.n_event, result.n)
        for name, result in results.items()
        if name.startswith(f"{stem}/") and result.n_event and name.count("/") - stem.count("/") <= 2
    }


def test_patients_of_whom_it_is_not_known_are_left_out():
    results = summarise_icaht(
        icaht(
            (4, 4, None, True, True),
            (2, 1, 2, True, True),
            (0, 0, 0, False, True),
            (None, None, 1, False, False),
            (3, 1, 0, True, True),
            (None, None, None, True, True),
        ),
        conf_level=0.95,
    )
    assert counts(results, "safety/icaht/early") == {
        "any": (3, 4),
        "grade_3_or_higher": (1, 4),
        "grade/1": (2, 4),
        "grade/4": (1, 4),
    }
    assert counts(results, "safety/icaht/late") == {"any": (2, 4), "grade/1": (1, 4), "grade/2": (1, 4)}
    whole = {name: results[f"safety/icaht/{name}"] for name in ("any", "grade_3_or_higher", "grade/not_recorded")}
    assert {name: (result.n_event, result.n) for name, result in whole.items()} == {
        "any": (4, 5),
        "grade_3_or_higher": (2, 5),
        "grade/not_recorded": (1, 5),
    }
    assert whole["any"].estimate == pytest.approx(0.8) and whole["any"].label == "ICAHT: any grade"


def test_nobody_with_icaht_is_a_result_and_nothing_recorded_is_none():
    results = summarise_icaht(icaht((0, 0, None, False, True), (0, 0, None, False, True)), conf_level=0.95)
    assert (results["safety/icaht/any"].n_event, results["safety/icaht/any"].n) == (0, 2)
    assert results["safety/icaht/any"].note == "" and "safety/icaht/late/any" not in results
    assert summarise_icaht(pd.DataFrame(), conf_level=0.95) == ResultSet()
