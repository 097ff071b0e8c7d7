"""Notebooks to HTML: runs, caches, exports. Knows nothing of medicine."""
