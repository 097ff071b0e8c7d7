"""A study.yaml proposed for files that are not known yet, from their names and values, for the user to accept."""
