# Writes a study's tables as SAS datasets (sas7bdat), which no library for Python writes.
# Rscript tests/unit/study/sources/write_sas7bdat.R data/car1922 tests/unit/study/sources
library(haven)
arguments <- commandArgs(trailingOnly = TRUE)
for (name in c("subjects", "adverse_events")) {
  table <- read.csv(file.path(arguments[1], paste0(name, ".csv")), stringsAsFactors = FALSE, na.strings = "")
  for (column in grep("_date$", names(table), value = TRUE)) table[[column]] <- as.Date(table[[column]])
  suppressWarnings(write_sas(table, file.path(arguments[2], paste0("car1922-", name, ".sas7bdat"))))
}
