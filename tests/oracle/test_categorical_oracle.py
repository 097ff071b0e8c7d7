"""Proportions, tables, ranks and adjusted p-values against R, for every entry of these sections."""

import re

import numpy as np
import pandas as pd
import pytest

from cartcohort.estimate import association, multiplicity, proportions, ranks
from tests.oracle.closeness import exactly
from tests.oracle.reference import Entry, as_parameters, entries, frame_of

NOT_COMPARED = {r".*/padjust_.*_(hommel|by)": "Hommel and Benjamini-Yekutieli are not offered"}
"""Entries without a counterpart, by pattern of dataset and id.

Of compared entries these are left out: Wilson limits with continuity correction, Agresti-Coull, Jeffreys and Wald
limits (`binom_*`, not offered); expected counts (`chisq_*`); the odds ratio and limits as `fisher.test` has them
where the entry has `refined` (its root search stops early); the odds ratio of tables with an empty row or column
(`fisher_g_*`: R gives 0 with limits 0 and infinity, we say that there is none).
"""


def compared(section: str, prefix: str = "") -> list[Entry]:
    return entries(
        section,
        where=lambda entry: not re.fullmatch("|".join(NOT_COMPARED), entry.name) and entry["id"].startswith(prefix),
    )


def finite(value: float | str | None) -> float | None:
    """R's number, None for its infinities."""
    return None if value in ("Inf", "-Inf") else value


BINOMIAL, FISHER, WILCOXON = compared("binomial_ci"), compared("fisher"), compared("wilcoxon")
CHISQ, TREND = compared("chisq", "chisq_"), compared("chisq", "trend_")
KRUSKAL, ADJUSTED = compared("kruskal"), compared("p_adjust")
GROUPS = {name: compared("group_comparison", name) for name in ("fisher", "chisq", "wilcoxon", "kruskal")}


@pytest.mark.parametrize("entry", as_parameters(BINOMIAL))
def test_limits_of_a_proportion_agree_with_binom_test_and_prop_test(entry):
    value, level = entry.value, entry["conf_int"]
    for estimate, name in (
        (proportions.estimate_proportion, "clopper_pearson"),
        (proportions.estimate_proportion_wilson, "wilson"),
    ):
        found = estimate(value["x"], value["n"], conf_level=level)
        limits = [value[name]["lower"], value[name]["upper"]]
        assert [found.estimate, found.conf_low, found.conf_high] == exactly([value["estimate"], *limits])
    tested = proportions.test_proportion(value["x"], value["n"], benchmark=0.5)
    assert tested.p_value == exactly(value["p_binom_test_half"])


@pytest.mark.parametrize("entry", as_parameters(FISHER))
def test_fishers_test_agrees_with_r_and_its_refined_odds_ratio(entry):
    value = entry.value
    options = {"conf_level": entry.get("conf_int", 0.95), "alternative": entry.get("alternative", "two-sided")}
    found = association.test_fisher(value["table"], **options)
    assert found.p_value == exactly(value["p"])
    if "refined" not in value or "_g_" in entry["id"]:
        assert found.estimate is found.conf_low is found.conf_high is None
        return
    refined = [finite(value["refined"][name]) for name in ("estimate", "lower", "upper")]
    for ours, theirs in zip((found.estimate, found.conf_low, found.conf_high), refined, strict=True):
        assert (ours is None) == (theirs is None)
        assert ours is None or ours == exactly(theirs)


@pytest.mark.parametrize("entry", as_parameters(CHISQ))
def test_chi_squared_tests_agree_with_r(entry):
    value = entry.value
    found = association.test_chi_square(value["table"], continuity_correction=entry["id"].endswith("yates"))
    if value["p"] is None or "given probabilities" in value["method"]:
        # Of a single row or column R tests that the counts are equal.
        assert found.statistic is found.p_value is None and found.note.startswith("not estimable")
        return
    assert [found.statistic, found.df, found.p_value] == exactly([value["statistic"], value["df"], value["p"]])
    assert bool(found.note) == bool(entry.get("warnings"))


@pytest.mark.parametrize("entry", as_parameters(TREND))
def test_the_trend_of_proportions_agrees_with_r(entry):
    assert entry["call"] == "prop.trend.test(c(3, 7, 11), c(15, 14, 13))"
    found, value = proportions.test_proportion_trend([3, 7, 11], [15, 14, 13]), entry.value
    assert [found.statistic, found.df, found.p_value] == exactly([value["statistic"], value["df"], value["p"]])


def rank_sum(entry: Entry, value, group):
    if "_exact" in entry["id"]:
        return ranks.test_rank_sum_exact(value, group, conf_level=entry.value.get("conf_int", 0.95))
    return ranks.test_rank_sum_normal(value, group, continuity_correction="_nocc" not in entry["id"])


@pytest.mark.parametrize("entry", as_parameters(WILCOXON))
def test_rank_sum_tests_agree_with_r(entry):
    value = entry.value
    group = pd.Categorical(["x"] * len(value["x"]) + ["y"] * len(value["y"]))
    found = rank_sum(entry, value["x"] + value["y"], group)
    assert [found.statistic, found.p_value] == exactly([value["statistic"], value["p"]])
    if "estimate" in value:
        # R shifts the first sample against the second, we the other group against the reference.
        expected = [-value["estimate"], -value["upper"], -value["lower"]]
        assert [found.estimate, found.conf_low, found.conf_high] == exactly(expected)


@pytest.mark.parametrize("entry", as_parameters(KRUSKAL))
def test_kruskal_wallis_tests_agree_with_r(entry):
    value = entry.value
    samples = value["groups"]
    group = np.repeat(list(samples), [len(sample) for sample in samples.values()])
    found = ranks.test_kruskal(np.concatenate(list(samples.values())), group)
    assert [found.statistic, found.df, found.p_value] == exactly([value["statistic"], value["df"], value["p"]])


@pytest.mark.parametrize("entry", as_parameters(ADJUSTED))
def test_adjusted_p_values_agree_with_r(entry):
    found = multiplicity.adjust_p_values(entry.value["p"], method=entry["method"].lower())
    assert [p is None for p in found] == [p is None for p in entry.value["adjusted"]]
    assert [p for p in found if p is not None] == exactly([p for p in entry.value["adjusted"] if p is not None])


def crossed(entry: Entry) -> pd.DataFrame:
    row, column = re.search(r"table\(d\$([\w.]+), d\$([\w.]+)\)", entry["call"]).groups()
    frame = frame_of(entry)
    return pd.crosstab(frame[row], frame[column])


def value_and_group(entry: Entry) -> tuple[pd.Series, pd.Series]:
    value, group = re.search(r"\(([\w.]+) ~ ([\w.]+),", entry["call"]).groups()
    frame = frame_of(entry)
    return frame[value], frame[group]


@pytest.mark.parametrize("entry", as_parameters(GROUPS["fisher"]))
def test_fishers_test_of_data_agrees_with_r(entry):
    found, value = association.test_fisher(crossed(entry)), entry.value
    assert found.p_value == exactly(value["p"])
    if "estimate" in value:
        ours = [found.estimate, found.conf_low, found.conf_high]
        for one, theirs in zip(ours, (value["estimate"], value["lower"], value["upper"]), strict=True):
            # Without a refined value, R's root search sets the tolerance.
            assert one == (None if theirs == "Inf" else pytest.approx(theirs, rel=3e-2))


@pytest.mark.parametrize("entry", as_parameters(GROUPS["chisq"]))
def test_chi_squared_tests_of_data_agree_with_r(entry):
    # A call without `correct` has R's default: Yates' correction for two by two.
    found = association.test_chi_square(crossed(entry), continuity_correction="correct" not in entry["call"])
    value = entry.value
    if "given probabilities" in value["method"]:
        assert found.p_value is None and found.note.startswith("not estimable")
        return
    assert [found.statistic, found.df, found.p_value] == exactly([value["statistic"], value["df"], value["p"]])


@pytest.mark.parametrize("entry", as_parameters(GROUPS["wilcoxon"]))
def test_rank_sum_tests_of_data_agree_with_r(entry):
    found, value = rank_sum(entry, *value_and_group(entry)), entry.value
    assert [found.statistic, found.p_value] == exactly([value["statistic"], value["p"]])


@pytest.mark.parametrize("entry", as_parameters(GROUPS["kruskal"]))
def test_kruskal_wallis_tests_of_data_agree_with_r(entry):
    found, value = ranks.test_kruskal(*value_and_group(entry)), entry.value
    assert [found.statistic, found.df, found.p_value] == exactly([value["statistic"], value["df"], value["p"]])
