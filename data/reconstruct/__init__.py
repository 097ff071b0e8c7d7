"""Rebuild the synthetic default study so that every figure of the published abstract holds at once.

The abstract gives group sizes, medians, ranges and P values, no patient data. `timelines` draws survival courses with
the published medians and ranges, `search` tries every division into low and high genetic risk until both P values
come out, `baseline`, `treatment`, `toxicity`, `adverse` and `markers` fill in a believable clinical course around
them, `write` writes the study's files and `verify` recomputes every figure from those files.

Nothing here is an answer table: the targets are in `targets`, the rest is drawn from a seed.
"""
