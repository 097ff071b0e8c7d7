"""Timings, run by hand: nothing here is a test.

Linear algebra keeps to one thread, which has to be said before numpy is imported: CPU time is then the time that a
call takes on a machine with nothing else to do.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
