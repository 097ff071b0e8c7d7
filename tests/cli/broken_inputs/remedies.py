"""What to do, as it is told of more than one broken input."""

DATE = "Write dates as year-month-day, such as 2023-02-28, from 1900 to 2200."
NUMBER = "Write plain digits, with a decimal point, and no unit, or leave the cell empty."
WHOLE = "Write plain digits without decimals and no unit, or leave the cell empty."
EITHER = (
    "They fit two orders: say in study.yaml which it is, `dates: day/month/year` or `dates: month/day/year`. " + DATE
)
YEAR_FIRST = "With `dates: year/month/day` in study.yaml they are read as they stand. " + DATE
SERIAL = DATE + " Numbers of five digits are how Excel, SAS and R count days: give the column a format of dates."
UNITS = WHOLE + " Weeks, months and years can be told under `units` in study.yaml."
ORDER = "Correct them, or leave a cell empty where the day is not known."
HERE = "Correct them, here or in the subjects table."
NOBODY = "Correct it, or add the patient to the subjects table."
FILL = "Fill it in, or delete the row."
ADD = "Add it, or say under `columns` in study.yaml what the file calls it."
QUOTE = "Put a text that holds any of : # @ * & [ ] { } ' \" in quotation marks."
YEAR = "Correct the year of one or the other."
LIST = "Correct the cells, or map them with `values` in study.yaml"
