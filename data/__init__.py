"""Bundled studies, and the program that rebuilds the synthetic one."""
