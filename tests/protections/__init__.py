"""Taking each protection away, to see that the tests which SECURITY.md names for it notice."""
