"""The formats of a study's tables, a module a family; each gives the same `TextTable` for the same content."""
