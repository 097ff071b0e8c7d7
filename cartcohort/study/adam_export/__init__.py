"""A cohort and its endpoints written as an ADaM package."""

from cartcohort.study.adam_export.package import write_adam

__all__ = ["write_adam"]
