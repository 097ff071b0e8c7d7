"""The coverage of every interval and the size of every test, run by hand: nothing here is a test."""
