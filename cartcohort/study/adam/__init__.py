"""An ADaM package as a study: ADSL, ADTTE, ADRS, ADAE and ADLB to the tables of the data dictionary."""

from cartcohort.study.adam.package import AdamPackage, read_package

__all__ = ["AdamPackage", "read_package"]
