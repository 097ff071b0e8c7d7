# Reference numbers for the bmt data (137 marrow transplants).  Run:  Rscript bmt.R
# Reads bmt.csv and writes bmt.json into the working folder.  The helpers (JSON writer, sections) are part 1 of
# oracle.R, so that both scripts write the same layout; part 2 of that script makes its own data and is not run.
lines <- readLines("oracle.R")
eval(parse(text = lines[seq_len(grep("^# Part 2", lines)[1] - 2)]))

prep <- paste("d <- read.csv(\"bmt.csv\")", "d$id <- seq_len(nrow(d))",
  "d$disease <- factor(d$group, 1:3, c(\"ALL\", \"AML low risk\", \"AML high risk\"))",
  "d$days <- d$relapse_death_or_last_contact_day",
  "d$cause <- ifelse(d$relapsed == 1, 1L, ifelse(d$relapsed_or_died == 1, 2L, 0L))",
  "d$quarter <- ceiling(d$days / 90)", "d$age10 <- d$age_years / 10", "d$fab <- factor(d$fab_4_or_5)", "d$mtx <- factor(d$methotrexate)",
  "d$site <- factor(d$hospital)", sep = "; ")
eval(parse(text = prep))
start_book("bmt", "Copelan et al. (1991), Klein and Moeschberger (1997) table D.1, KMsurv::bmt with columns renamed", "bmt.csv", prep,
  list(disease = "made by prep: group 1 ALL, 2 AML low risk, 3 AML high risk", days = "made by prep: relapse_death_or_last_contact_day",
       cause = "made by prep: 0 censored, 1 relapse, 2 death in remission", death_or_last_contact_day = "days, with died",
       quarter = "made by prep: days / 90, rounded up", age10 = "made by prep: age_years / 10", fab = "made by prep: fab_4_or_5 as a factor",
       mtx = "made by prep: methotrexate as a factor", site = "made by prep: hospital as a factor", id = "made by prep: row"),
  "days", list("0" = "censored", "1" = "relapse", "2" = "death in remission"), nrow(d),
  list(disease = list(levels = arr(levels(d$disease)), reference = "ALL"), fab = list(levels = arr(levels(d$fab)), reference = "0"),
       mtx = list(levels = arr(levels(d$mtx)), reference = "0")),
  notes = "The main endpoint (no prefix) is relapse or death; os_ is death from any cause.")

dfs <- list(id = "", name = "relapse or death", surv = "Surv(days, relapsed_or_died)", time = "days", event = "relapsed_or_died")
os <- list(id = "os", name = "death", surv = "Surv(death_or_last_contact_day, died)", time = "death_or_last_contact_day", event = "died")
times <- c(100, 365, 730, 1095, 1825)
by_disease <- list(list(id = "disease", rhs = "disease", tau = 730, pairs = TRUE, scores = 0:2))
both <- c(by_disease, list(list(id = "fab", rhs = "fab", two = TRUE, tau = 730)))
by_site <- list(list(id = "disease_by_site", rhs = "disease", strata = "site"), list(id = "fab_by_site", rhs = "fab", strata = "site"))
models <- list(list(id = "disease", rhs = "disease"), list(id = "fab", rhs = "fab"), list(id = "age", rhs = "age10"), list(id = "mtx", rhs = "mtx"),
  list(id = "multi", rhs = "disease + age10 + fab + mtx + male", zph_more = TRUE,
       newdata = "data.frame(disease = c(\"ALL\", \"AML high risk\"), age10 = 3, fab = \"0\", mtx = \"0\", male = 1)", times = times),
  list(id = "stratified_site", rhs = "disease + age10 + fab + strata(site)"))
for (ep in list(dfs, os)) {
  sec_km(ep, both, times, 1825)
  sec_logrank(ep, both, by_site)
  sec_cox(ep, models)
}
sec_landmark(os, 100, by_disease, c(265, 630))
sec_cond(os, list(c(365, 365)), list(list(id = "aml_high_risk", cond = "disease == \"AML high risk\"")))
sec_cr(list(id = "", time = "days", status = "cause", labels = c("relapse", "death")),
  list(list(id = "disease", rhs = "disease", strata = "site"), list(id = "fab", rhs = "fab", strata = "disease")), times,
  list(list(id = "disease", rhs = "disease"), list(id = "fab_age", rhs = "fab + age10"), list(id = "multi", rhs = "disease + age10 + fab + mtx + male")))
# The same with times in whole 90-day steps: heavy ties between causes and with censorings.
sec_cr(list(id = "tied", time = "quarter", status = "cause", labels = c("relapse", "death")),
  list(list(id = "disease", rhs = "disease")), c(1, 4, 8, 12, 20), list(list(id = "multi", rhs = "disease + age10 + fab")))
for (rho in c(-1, 0.5, 1)) for (tm in c("days", "quarter"))
  add(sprintf("gray_%sdisease_rho%g", if (tm == "days") "" else "tied_", rho),
      sprintf("cuminc(d$%s, d$cause, group = d$disease, rho = %g, cencode = 0)", tm, rho), gray_value, "gray", group = "disease", rho = rho)
sec_tests(list(
  fisher_disease_cause = "fisher.test(table(d$disease, d$cause))", fisher_fab_mtx = "fisher.test(table(d$fab, d$mtx))",
  chisq_disease_mtx_pearson = "chisq.test(table(d$disease, d$mtx), correct = FALSE)", chisq_fab_male_yates = "chisq.test(table(d$fab, d$male))",
  wilcoxon_age_by_fab_normal_cc = "wilcox.test(age_years ~ fab, data = d, exact = FALSE, correct = TRUE)",
  kruskal_age_by_disease = "kruskal.test(age_years ~ disease, data = d)", kruskal_wait_by_site = "kruskal.test(wait_days ~ site, data = d)"))
write_book("bmt.json")
