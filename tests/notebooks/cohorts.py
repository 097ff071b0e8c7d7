"""Whole studies that nobody has seen, written to the data dictionary, to run every notebook on."""

import numpy as np
import pandas as pd
import yaml

from tests import builders

LONG = "a level whose name is so long that no column of any table was ever meant to hold it"


def write_registry(folder, *, n=1500, seed=1):
    """A study in days with factors of its own: twelve levels, one level, a number, long names and foreign ones."""
    rng = np.random.default_rng(seed)
    death = rng.exponential(900, n).astype(int) + 1
    last = rng.integers(200, 1500, n)
    died = death <= last
    relapse = rng.integers(30, 600, n)
    responded = (rng.random(n) < 0.7) & (np.minimum(death, last) > 28)
    relapsed = responded & (relapse < np.minimum(death, last)) & (rng.random(n) < 0.4)
    subjects = pd.DataFrame(
        {
            "subject_id": [f"R{i:05d}" for i in range(n)],
            "death_day": pd.array(np.where(died, death, 0), dtype="Int64"),
            "last_contact_day": last,
            "age_years": rng.integers(18, 80, n),
            "best_response": np.where(responded, "CR", "NR"),
            "response_day": pd.array(np.where(responded, 28, 0), dtype="Int64"),
            "relapse_day": pd.array(np.where(relapsed, relapse, 0), dtype="Int64"),
            "centre": rng.choice([f"centre {i:02d}" for i in range(1, 13)], n),
            "arm": rng.choice(["甲组", LONG], n),
            "site": rng.choice(["בית חולים 1", "مستشفى (٢)"], n),
            "country": "one",
            "ferritin_at_start": rng.lognormal(6, 1, n).round(1),
        }
    )
    subjects.loc[died, "last_contact_day"] = death[died]
    for column, known in (("death_day", died), ("response_day", responded), ("relapse_day", relapsed)):
        subjects.loc[~known, column] = pd.NA
    folder.mkdir()
    subjects.to_csv(folder / "subjects.csv", index=False)
    study = {
        "title": "A registry <of> strangers & others",
        "source": "simulated",
        "synthetic": True,
        "factors": ["centre", "arm", "site", "country", "ferritin_at_start", "age_group"],
    }
    (folder / "study.yaml").write_text(yaml.safe_dump(study), encoding="utf-8")
    return folder


def write_minimal(folder):
    """Only the columns that must be there."""
    return builders.write_study(folder, subjects=builders.MINIMAL)


def write_minimal_days(folder):
    """Only the columns that must be there, in days, without a cut-off."""
    return builders.write_study(folder, subjects=builders.MINIMAL_DAYS, yaml="title: In days")


def write_single(folder):
    """One patient, alive."""
    return builders.write_study(
        folder, subjects="subject_id,last_contact_day,death_day\nP1,100,\n", yaml="title: One patient"
    )


def write_all_alive(folder):
    """Nobody died or relapsed; everybody responded."""
    lines = [f"P{i},,{300 + i},CR,28,,,{'low' if i % 2 else 'high'}" for i in range(12)]
    header = "subject_id,death_day,last_contact_day,best_response,response_day,relapse_day,relapse_cd19,genetic_risk"
    return builders.write_study(folder, subjects="\n".join([header, *lines]), yaml="factors: [genetic_risk]")


def write_mixed(folder):
    """Six patients with every kind of course, events and measurements."""
    return builders.write_study(
        folder, subjects=builders.COHORT, adverse_events=builders.ADVERSE_EVENTS, assessments=builders.ASSESSMENTS
    )


_COLUMNS = (
    "subject_id,death_day,last_contact_day,age_years,best_response,response_day,relapse_day,relapse_cd19,risk,twin,one"
)
_FACTORS = "factors: [risk, twin, one, age_group, age_years]\nlevels: {risk: [never, low, high]}"


def _write_course(folder, courses):
    """Patients of (death, last contact, response, relapse) days; an empty level, a constant and two equal factors."""
    lines = [
        f"P{i},{death},{last},50,{'NR' if response == '' else 'CR'},{response},{relapse},"
        f"{'' if relapse == '' else 'negative'},{risk},{risk},yes"
        for i, (death, last, response, relapse) in enumerate(courses)
        for risk in ("low" if i % 2 else "high",)
    ]
    return builders.write_study(folder, subjects="\n".join([_COLUMNS, *lines]), yaml=_FACTORS)


def write_dead_on_day_0(folder):
    """Everybody died on the day of infusion."""
    return _write_course(folder, [(0, 0, "", "")] * 6)


def write_dead_on_one_day(folder):
    """Everybody responded, relapsed and died on the same days."""
    return _write_course(folder, [(200, 200, 28, 100)] * 6)


def write_tied(folder):
    """All times are the same, whatever happened then."""
    return _write_course(folder, [(200, 200, 28, ""), ("", 200, 28, 200), ("", 200, 28, ""), (200, 200, "", "")] * 2)


def write_separated(folder):
    """Every death and relapse at one level of the factors."""
    alive, dead = ("", 400, 28, ""), (150, 150, 28, 90)
    return _write_course(folder, [dead if i % 2 else alive for i in range(10)])
