"""The headline results of each section recomputed by a second route, from the patients' columns on.

Parameters are taken as the report has them, not as a cell of the notebook passes them on, so that a cell that forgets
one is seen as well.
"""

from cartcohort.estimate.sections.self_check.efficacy import check_efficacy
from cartcohort.estimate.sections.self_check.relapse import check_relapse
from cartcohort.estimate.sections.self_check.risk_factors import check_risk_factors
from cartcohort.estimate.sections.self_check.safety import check_safety
from cartcohort.estimate.sections.self_check.survival import check_survival

__all__ = ["check_efficacy", "check_relapse", "check_risk_factors", "check_safety", "check_survival"]
