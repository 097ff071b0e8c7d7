"""Results of a small relapse section, as literals."""

from cartcohort.estimate.results import Result, ResultSet


def share(n_event, n, label="Relapse", **more):
    known = {"conf_low": 0.1, "conf_high": 0.5, "conf_level": 0.95, "unit": "proportion"}
    estimate = n_event / n if n else None
    return Result(**{"estimate": estimate, "n_event": n_event, "n": n, "label": label, **known, **more})


def months(estimate, **more):
    return Result(**{"estimate": estimate, "unit": "months", "n": 10, **more})


def ratio(estimate, label, unit="hazard ratio"):
    limits = {"conf_low": estimate / 3, "conf_high": estimate * 3, "conf_level": 0.95}
    return Result(estimate=estimate, unit=unit, label=label, n=27, n_event=10, p_value=0.3, **limits)


def test_of(p, p_holm):
    return Result(p_value=p, p_holm=p_holm, p_bh=p_holm, n=27, n_event=10)


test_of.__test__ = False

INCIDENCE = ResultSet(
    {
        "relapse/total": share(10, 35, "Relapse, of all patients"),
        "relapse/total/of_responders": share(10, 27, "Relapse, of those in CR or CRi"),
        "relapse/cir/12m": share(10, 27, estimate=0.30),
        "relapse/cir/24m": share(10, 27, estimate=0.37),
        "relapse/nrm/12m": share(4, 27, estimate=0.11),
        "relapse/nrm/24m": share(4, 27, estimate=0.15),
    }
)

BY_FACTOR = ResultSet(
    {
        "relapse/cir/24m/risk/low": share(2, 8, estimate=0.25),
        "relapse/cir/24m/risk/high": share(8, 19, estimate=0.42),
        "relapse/nrm/24m/risk/low": share(0, 8, estimate=0.0),
        "relapse/nrm/24m/risk/high": share(4, 19, estimate=0.21),
        "relapse/gray/cir/risk": test_of(0.03, 0.06),
        "relapse/gray/cir/sex": test_of(0.7, 0.7),
        "relapse/gray/nrm/risk": test_of(0.18, 0.18),
        "relapse/fine_gray/cir/risk/high": ratio(
            1.8, "CIR, Fine-Gray: Risk: high vs low", "subdistribution hazard ratio"
        ),
        "relapse/cause_specific/cir/risk/high": ratio(2.1, "CIR, cause-specific: Risk: high vs low"),
        "relapse/fine_gray/nrm/risk/high": ratio(
            1.2, "NRM, Fine-Gray: Risk: high vs low", "subdistribution hazard ratio"
        ),
        "relapse/cause_specific/nrm/risk/high": ratio(0.8, "NRM, cause-specific: Risk: high vs low"),
    }
)

ANTIGENS = ResultSet(
    {
        "relapse/antigen/double_positive": share(10, 35, "CD19 and CD22 kept, of all patients"),
        "relapse/antigen/double_positive/of_responders": share(10, 27, "CD19 and CD22 kept, of those in CR or CRi"),
        "relapse/antigen/double_positive/of_relapsed": share(10, 10, "CD19 and CD22 kept, of the relapses"),
        "relapse/antigen/cd19_dim": share(2, 35, "CD19 dim, of all patients"),
        "relapse/antigen/cd22_dim": share(0, 35, "CD22 dim, of all patients"),
        "relapse/antigen/unknown": share(0, 35, "CD19 or CD22 unknown, of all patients"),
        "relapse/antigen/unknown/of_relapsed": share(0, 10, "CD19 or CD22 unknown, of the relapses"),
        "relapse/antigen/escape": share(
            0, 10, "Antigen escape, of relapses", conf_low=0.0, conf_high=0.308, p_value=0.039
        ),
    }
)

COURSE = ResultSet(
    {
        "relapse/time_to_relapse/median": months(5.2),
        "relapse/time_to_relapse/minimum": months(2.6),
        "relapse/time_to_relapse/maximum": months(10.3),
        "relapse/time_to_relapse/from_infusion/median": months(6.1),
        "relapse/time_to_relapse/from_infusion/minimum": months(3.5),
        "relapse/time_to_relapse/from_infusion/maximum": months(11.2),
        "relapse/survival_after_relapse/median": months(
            3.1, n_event=8, conf_low=0.8, conf_high=16.8, conf_level=0.95
        ),
        "relapse/survival_after_relapse/rate/12m": share(8, 10, "Survival after relapse: alive at 12 months"),
        "relapse/landmark/24m/cir/12m": share(0, 7, estimate=0.0, conf_low=None, conf_high=None),
        "relapse/landmark/24m/cir/hazard": share(0, 7, unit="events per patient-year", conf_low=0.0, conf_high=0.31),
        "relapse/landmark/24m/nrm/12m": share(0, 7, estimate=0.0, conf_low=None, conf_high=None),
        "relapse/landmark/24m/nrm/hazard": share(0, 7, unit="events per patient-year", conf_low=0.0, conf_high=0.31),
    }
)

NOTHING = ResultSet(
    {
        "relapse/total": Result(n=3, unit="proportion", note="not estimable: no relapse is recorded"),
        "relapse/antigen/escape": Result(n=0, unit="proportion", note="not estimable: no relapse is recorded"),
        "relapse/time_to_relapse/median": months(None, n=0, note="not estimable"),
        "relapse/survival_after_relapse/median": months(None, n=0, note="not estimable: no patients"),
    }
)
