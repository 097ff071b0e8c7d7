"""Whole studies that nobody has seen, written to the data dictionary, to run every notebook on."""

import numpy as np
import pandas as pd
import yaml

from tests import builders

LONG = "a level whose name is so long that no column of any table was ever meant to hold it"


def write_registry(folder, *, n=1500, seed=1):
    """A study in days with factors of its own: twelve levels, one level, a number, long and foreign names."""
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
        "factors": ["centre", "arm", "country", "ferritin_at_start", "age_group"],
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
