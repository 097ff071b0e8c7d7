"""Arrays to result records: numpy, scipy, lifelines and statsmodels only, never a study."""
