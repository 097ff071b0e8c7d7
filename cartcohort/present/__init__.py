"""Result records to what a reader sees: numbers as text, tables, figures, sentences."""
