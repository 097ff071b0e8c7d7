"""The doctor: what is no error in a study but looks odd.

Rules are functions that take a `Case` and yield what they find, each with rows, columns and a remedy. A run of the
reports asks the few that are cheap and concern every number (`rules.find_at_once`), `check` asks all of them.
"""

from cartcohort.study.doctor.schemas import schema_of

__all__ = ["schema_of"]
