"""The file's own ways to the dictionary's: rows, names, values, units, dates and columns that stand for several."""
