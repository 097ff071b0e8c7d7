"""The leukaemia trial of Freireich et al. (Blood 1963; 21:699-716), remission in weeks, as printed in textbooks."""

import numpy as np
import pandas as pd

MERCAPTOPURINE_TIME = np.array([6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35], float)
MERCAPTOPURINE_EVENT = np.array([1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0], bool)
PLACEBO_TIME = np.array([1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23], float)
PLACEBO_EVENT = np.ones(21, bool)

TIME = np.concatenate([MERCAPTOPURINE_TIME, PLACEBO_TIME])
EVENT = np.concatenate([MERCAPTOPURINE_EVENT, PLACEBO_EVENT])
GROUP = pd.Series(pd.Categorical(["6-MP"] * 21 + ["placebo"] * 21, categories=["6-MP", "placebo"]), name="group")
