# Every number of a default run that R can give, for both studies of the suite.  Run:  Rscript report.R [study ...]
# Reads data/<study>/*.csv as they are, derives endpoints and groups by the rules in data/README.md with code of its
# own (report/study.R), and writes report_<study>.json, whose ids are those of results.json.
# The JSON writer, Fisher's odds ratio and Firth's models come from part 1 of oracle.R.
lines <- readLines("oracle.R")
eval(parse(text = lines[seq_len(grep("^# Part 2", lines)[1] - 2)]))
for (file in c("study", "book", "survival", "risk_factors", "efficacy", "relapse", "safety", "published"))
  source(file.path("report", paste0(file, ".R")))

DATA <- file.path("..", "..", "..", "data")
asked <- commandArgs(trailingOnly = TRUE)
for (name in if (length(asked)) asked else names(STUDIES)) {
  study <- read_study(name)
  open_report(name, study)
  report_survival(study)
  report_risk_factors(study)
  report_efficacy(study)
  report_relapse(study)
  report_safety(study)
  report_published(study)
  close_report()
}
