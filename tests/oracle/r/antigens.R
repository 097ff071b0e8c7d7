# Relapse by antigen status where there is every kind of it: the marrow transplants, with antigens made up by place in
# the table (neither bundled study has a relapse without its antigens).  Run:  Rscript antigens.R
# Writes antigens.json, whose ids are those of results.json.
lines <- readLines("oracle.R")
eval(parse(text = lines[seq_len(grep("^# Part 2", lines)[1] - 2)]))
for (file in c("study", "book", "survival", "risk_factors", "relapse")) source(file.path("report", paste0(file, ".R")))
DATA <- file.path("..", "..", "..", "data")

study <- read_study("bmt")
place <- seq_len(nrow(study$subjects)) - 1
pick <- function(states) ifelse(is.na(study$subjects$relapse), NA, states[place %% length(states) + 1])
study$subjects$relapse_cd19 <- pick(c("positive", "negative", "dim", "positive", "unknown"))
study$subjects$relapse_cd22 <- pick(c("positive", "dim", "negative", "positive", "positive", "negative", "unknown"))
open_report("bmt", study, "antigens")
relapse_by_antigen(study)
out <- list(source = "data/bmt with antigens by place in the table", versions = list(R = R.version.string),
            n_results = length(book$res), results = book$res)
writeLines(to_json(out), "antigens.json", useBytes = TRUE)
cat(sprintf("antigens.json %4d results\n", length(book$res)))
