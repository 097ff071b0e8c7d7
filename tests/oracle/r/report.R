# Every number of a default run that R can give, for both studies of the suite.  Run:  Rscript report.R [study] [part ...]
# Reads data/<study>/*.csv as they are, derives endpoints and groups by the rules in data/README.md with code of its
# own (report/study.R), and writes a file a part, report/<study>/<part>.json, whose ids are those of results.json.
# The JSON writer, Fisher's odds ratio and Firth's models come from part 1 of oracle.R.
lines <- readLines("oracle.R")
eval(parse(text = lines[seq_len(grep("^# Part 2", lines)[1] - 2)]))
PARTS <- c("survival", "guard", "cure", "estimands", "risk_factors", "efficacy", "relapse", "safety", "published", "conventions")
for (file in c("study", "book", PARTS)) source(file.path("report", paste0(file, ".R")))

DATA <- file.path("..", "..", "..", "data")
asked <- commandArgs(trailingOnly = TRUE)
stopifnot(asked %in% c(names(STUDIES), PARTS))
chosen <- function(all) if (any(all %in% asked)) intersect(all, asked) else all
for (name in chosen(names(STUDIES))) {
  study <- read_study(name)
  for (part in chosen(PARTS)) {
    open_report(name, study, part)
    get(paste0("report_", part))(study)
    close_report()
  }
}
