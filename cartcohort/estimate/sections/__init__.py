"""The named results of each report section, composed from the estimators.

Each function takes arrays, or records of arrays, and returns a ResultSet whose names are those of `results.json`
(without the section's own prefix where one function serves two sections).
"""
