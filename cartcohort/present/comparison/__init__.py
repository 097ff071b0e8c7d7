"""Two runs side by side: what moved between them, in words, tables and curves."""

from cartcohort.present.comparison.page import Counts, Shown, present_comparison

__all__ = ["Counts", "Shown", "present_comparison"]
