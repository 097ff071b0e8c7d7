"""Columns of a regression: names, contrasts, and what is left out."""

import numpy as np
import pandas as pd
import pytest

from cartcohort.errors import EstimationError
from cartcohort.estimate import design


def test_categories_are_coded_against_their_first_level_and_numbers_enter_per_unit():
    table = pd.DataFrame(
        {"burden": pd.Categorical(["high", "low", "mid"], categories=["low", "mid", "high"]), "age": [40, 50, 60]}
    )
    found = design.encode_covariates(table)
    assert found.terms == ("burden/mid", "burden/high", "age/per unit")
    assert found.contrasts == ("mid vs low", "high vs low", "per unit")
    assert found.covariates == ("burden", "burden", "age")
    assert found.X.tolist() == [[0, 1, 40], [0, 0, 50], [1, 0, 60]]


def test_yes_no_and_text_columns_are_categories():
    found = design.encode_covariates(pd.DataFrame({"fever": [True, False], "sex": ["m", "f"]}))
    assert found.terms == ("fever/yes", "sex/m") and found.contrasts == ("yes vs no", "m vs f")


def test_a_level_without_patients_keeps_its_term_with_a_note():
    values = pd.Categorical(["b", "c", "b"], categories=["a", "b", "c"])
    found = design.encode_covariates(pd.DataFrame({"x": values}))
    assert found.terms == ("x/a", "x/c") and found.contrasts == ("a vs b", "c vs b")
    assert found.term_notes == ("not estimable: no patients at this level", "")


def test_a_factor_of_one_level_gives_no_term_and_is_named():
    found = design.encode_covariates(pd.DataFrame({"x": pd.Categorical(["a", "a"]), "age": [1.0, 1.0]}))
    assert found.note == "left out, a single level: x"
    assert found.term_notes == ("not estimable: does not vary",)


def test_an_empty_table_has_an_empty_design():
    assert design.encode_covariates(pd.DataFrame(index=range(3))).X.shape == (3, 0)
    assert design.encode_covariates(pd.DataFrame({"age": np.empty(0)})).terms == ("age/per unit",)


def test_incomplete_rows_are_dropped_whatever_lacks():
    rows = design.select_rows(
        [1, 2, 3, 4],
        [True] * 4,
        pd.DataFrame({"x": pd.array([None, 1, 2, 3], dtype="Int64")}, index=[7, 7, 8, 9]),
        strata=["a", None, "a", "b"],
        entry=[0, 0, 0, np.nan],
    )
    assert rows.kept.tolist() == [False, False, True, False] and rows.n_dropped == 3
    assert rows.time.tolist() == [3] and rows.covariates["x"].tolist() == [2]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: design.encode_covariates(pd.DataFrame([[1, 2]], columns=["x", "x"])), "different names"),
        (lambda: design.encode_covariates(pd.DataFrame({"x": [1, np.inf]})), "finite"),
        (lambda: design.select_rows([1], [True], pd.DataFrame({"x": [1, 2]})), "equal lengths"),
        (lambda: design.select_rows([1], [True], pd.DataFrame({"x": [1]}), entry=[1]), "precede"),
        (lambda: design.select_rows([1], [True], pd.DataFrame({"x": [1]}), strata=["a", "b"]), "equal lengths"),
    ],
)
def test_what_cannot_be_is_refused(call, message):
    with pytest.raises(EstimationError, match=message):
        call()
