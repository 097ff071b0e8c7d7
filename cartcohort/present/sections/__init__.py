"""Tables, figures, sentences and the summary of each report section, made from its results."""
