"""137 leukaemia patients after marrow transplant: the source table, its conversion, and the study made of it."""
