"""A run's pages as PDF, its sections as Word documents, its figures as PNG: made from its files when asked for."""
