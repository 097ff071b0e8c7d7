"""The headline results once more, by a second route that shares no code with the first.

Nothing here imports an estimator, or the study's own derivation of endpoints: what the two routes have in common is
the patients' columns and the record of a result. A route is a plain count, written to be read by eye and done in
exact fractions where a rounding could decide; or statsmodels; or lifelines. `compare` sets the routes side by side.
"""
