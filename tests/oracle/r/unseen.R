# Reference numbers for studies that nobody has chosen: each seed makes one of its own size, ties, censoring, levels,
# strata and missing values.  Run:  Rscript unseen.R                 the files unseen_*.{csv,json} beside this script
#                                   Rscript unseen.R FOLDER 1001:1050   others, into a folder
# The helpers (JSON writer, sections) are part 1 of oracle.R.
lines <- readLines("oracle.R")
eval(parse(text = lines[seq_len(grep("^# Part 2", lines)[1] - 2)]))
KEPT <- c(tiny = 2003, separated = 2006, tied = 2007, zero = 2031, gaps = 2033)

# What R cannot do on a data set (one group, a singular variance) is no reference: the result is left out.
left_out <- 0
strict_add <- add
add <- function(...) tryCatch(strict_add(...), error = function(e) left_out <<- left_out + 1)

# Fisher scoring as in oracle.R can come to rest at a score of 1e-5: from there by Newton's method on the score itself,
# with differences for its derivative.
scoring_max <- eval(parse(text = sub("1:2000", "1:60", deparse(firth_max), fixed = TRUE)))
firth_max <- function(parts, X, y, fixed = integer(), at = numeric(), start = rep(0, ncol(X))) {
  b <- scoring_max(parts, X, y, fixed, at, start)$b
  free <- setdiff(seq_along(b), fixed)
  if (length(free) && max(abs(parts(b, X, y)$u[free])) > 1e-3)
    b[free] <- optim(b[free], function(v) -parts(replace(b, free, v), X, y)$pl, method = "BFGS")$par
  score <- function(v) parts(replace(b, free, v), X, y)$u[free]
  if (length(free)) for (it in 1:20) {
    u <- score(b[free])
    if (max(abs(u)) < 1e-12) break
    h <- 1e-4 * (1 + abs(b[free])) / apply(abs(X[, free, drop = FALSE]), 2, max)
    J <- sapply(seq_along(free), function(j) {
      e <- replace(0 * h, j, h[j])
      (score(b[free] + e) - score(b[free] - e)) / (2 * h[j])
    })
    b[free] <- b[free] - solve(J, u)
  }
  list(b = b, parts = parts(b, X, y))
}

# --- a study of its own ------------------------------------------------------
# Follow-up is counted in units of `grain` days (0: as it comes), shown in days, or in months of 365.25 / 12 days.
draw_study <- function(seed) {
  set.seed(seed)
  n <- sample(c(8, 14, 24, 35, 60, 110, 250, 800), 1, prob = c(1, 1, 2, 3, 3, 2, 1.5, 0.5))
  k <- sample(2:6, 1)
  d <- data.frame(id = seq_len(n), arm = sample(c("A", "B"), n, TRUE, c(0.75, 0.25)),
                  group = sample(paste0("g", 1:k), n, TRUE, (k:1)^2), sex = sample(c("F", "M"), n, TRUE),
                  site = sample(paste0("S", 1:3), n, TRUE, c(3, 2, 1)), age = round(rnorm(n, 55, 12), sample(0:1, 1)))
  effect <- (d$arm == "B") * rnorm(1, 0, 0.7) + 0.2 * match(d$group, sort(unique(d$group))) + rnorm(1, 0, 0.02) * (d$age - 55)
  shape <- sample(c(0.7, 1, 1.5), 1)
  relapse <- 500 * (rexp(n) / exp(effect))^(1 / shape)
  relapse[runif(n) < sample(c(0, 0.4), 1)] <- Inf
  death <- 900 * rexp(n) / exp(0.01 * (d$age - 55))
  end <- if (runif(1) < 0.3) runif(n, 10, 400) else runif(n, 200, 1500)
  first <- pmin(relapse, death, end)
  grain <- sample(c(0, 1, 7, 28, 90), 1)
  days <- if (grain == 0) round(first, 3) else grain * ceiling(first / grain)
  if (runif(1) < 0.2) days[sample(n, max(1, n %/% 10))] <- 0
  d$status <- ifelse(first == relapse, 1L, ifelse(first == death, 2L, 0L))
  in_months <- runif(1) < 0.4
  unit <- if (in_months) 365.25 / 12 else 1
  d$time <- days / unit
  resp <- pmax(1, round(rexp(n, 1 / 80))) / unit
  d$resp <- ifelse(runif(n) < 0.6, resp, NA)
  d$marker <- rbinom(n, 1, ifelse(d$arm == "B", 0.7, 0.3))
  gaps <- sample(c(0, 0, 0.1), 1)
  for (column in c("group", "age", "site", "marker")) d[[column]][runif(n) < gaps] <- NA
  list(data = d, unit = if (in_months) "months" else "days")
}

prep_of <- function(name) paste(sprintf("d <- read.csv(\"%s.csv\", na.strings = \"\")", name), "for (f in c(\"arm\", \"group\", \"sex\", \"site\")) d[[f]] <- factor(d[[f]])",
  "d$any <- as.integer(d$status > 0)", "d$later <- d$time + 1", "base <- d[, c(\"id\", \"arm\", \"age\", \"sex\", \"time\", \"any\")]",
  "td <- if (min(d$time) > 0) tmerge(tmerge(base, base, id = id, event = event(time, any)), d[!is.na(d$resp), c(\"id\", \"resp\")], id = id, state = tdc(resp))",
  "if (!is.null(td)) td <- as.data.frame(td)", sep = "; ")

make_study <- function(name, seed) {
  study <- draw_study(seed)
  write_csv(study$data, paste0(name, ".csv"))
  prep <- prep_of(name)
  eval(parse(text = prep), envir = globalenv())
  start_book(name, sprintf("drawn by unseen.R, seed %d", seed), paste0(name, ".csv"), prep,
    list(time = sprintf("time, %s", study$unit), status = "0 censored, 1 and 2 competing causes", resp = "time a state is entered, empty if never"),
    study$unit, list("0" = "censored", "1" = "cause 1", "2" = "cause 2"), nrow(d), list())
  LEVELS <<- sample(c(0.8, 0.9, 0.95, 0.99), 1)
  # On a grid of the study's own times, and beyond the last.
  at <- function(p) if (study$unit == "days") unname(ceiling(quantile(d$time, p))) else unname(ceiling(2 * quantile(d$time, p))) / 2
  times <- unique(c(at(c(0.1, 0.4, 0.7, 0.95)), ceiling(max(d$time)) + 5))
  tau <- at(0.8) + 1
  levels_left <- nlevels(droplevels(d$group[!is.na(d$group)]))
  any_event <- list(id = "", name = "any event", surv = "Surv(time, any)", time = "time", event = "any")
  one_cause <- list(id = "cause1", name = "cause 1, cause 2 censored", surv = "Surv(time, status == 1)", time = "time", event = "status == 1")
  by_group <- list(id = "group", rhs = "group", pairs = levels_left > 1, scores = seq_len(levels_left) - 1)
  by_arm <- list(id = "arm", rhs = "arm", two = nlevels(d$arm) == 2)
  for (ep in list(any_event, one_cause)) {
    sec_km(ep, list(by_arm, by_group), times, tau)
    sec_logrank(ep, list(by_arm, by_group), list(list(id = "arm_by_site", rhs = "arm", strata = "site"),
                                                 list(id = "group_by_arm", rhs = "group", strata = "arm")))
    sec_cox(ep, list(list(id = "arm", rhs = "arm"), list(id = "group", rhs = "group"), list(id = "age", rhs = "age", zph_more = TRUE),
      list(id = "multi", rhs = "arm + age + sex", zph_more = TRUE, newdata = "data.frame(arm = c(\"A\", \"B\"), age = 50, sex = \"F\")", times = times),
      list(id = "stratified", rhs = "age + arm + strata(site)")))
  }
  if (!is.null(td))
    sec_cox(list(id = "", name = "any event, a state entered during follow-up", surv = "Surv(tstart, tstop, event)", time = "tstop", event = "event"),
      list(list(id = "tdc_state", rhs = "state", data = "td"), list(id = "tdc_state_age", rhs = "state + age", data = "td"),
           list(id = "tdc_state_by_sex", rhs = "state + strata(sex)", data = "td")))
  causes <- list(id = "", time = "time", status = "status", labels = c("cause1", "cause2"))
  fine_gray <- list(list(id = "arm", rhs = "arm"), list(id = "age_sex", rhs = "age + sex"))
  # crr interpolates the censoring distribution between two values at time 0 where somebody is censored then; the
  # model rests on the order of the times alone, so that of later times is meant.
  at_zero <- any(d$time == 0 & d$status == 0)
  sec_cr(causes, list(list(id = "arm", rhs = "arm", strata = "sex"), list(id = "group", rhs = "group", strata = "arm")), times,
    if (!at_zero) fine_gray, finegray = FALSE)
  if (at_zero) sec_cr(replace(causes, c("id", "time"), c("later", "later")), list(), times + 1, fine_gray, finegray = FALSE)
  for (rho in c(-1, 1))
    add(sprintf("gray_arm_rho%g", rho), sprintf("cuminc(d$time, d$status, group = d$arm, rho = %g, cencode = 0)", rho), gray_value, "gray", group = "arm", rho = rho)
  sec_landmark(any_event, times[1], list(by_arm, by_group), times[2])
  sec_cond(any_event, list(times[1:2]), list(list(id = "A", cond = "arm == \"A\"")))
  sec_tests(list(
    fisher_arm_marker = "fisher.test(table(d$arm, d$marker))", fisher_group_sex = "fisher.test(table(d$group, d$sex))",
    chisq_group_sex_pearson = "chisq.test(table(d$group, d$sex), correct = FALSE)", chisq_arm_marker_yates = "chisq.test(table(d$arm, d$marker))",
    wilcoxon_age_by_arm_normal_cc = "wilcox.test(age ~ arm, data = d, exact = FALSE, correct = TRUE)", kruskal_age_by_group = "kruskal.test(age ~ group, data = d)"))
  sec_binom(list(c(sum(d$marker, na.rm = TRUE), sum(!is.na(d$marker))), c(sum(d$status == 1), nrow(d))))
  sec_tables(list(a = unname(unclass(table(d$arm, d$marker))), b = unname(unclass(table(d$sex, d$marker))), sites = unname(unclass(table(d$site, d$sex)))))
  x <- d$resp[d$sex == "F" & !is.na(d$resp)]; y <- d$resp[d$sex == "M" & !is.na(d$resp)]
  few <- function(v) v[seq_len(min(12, length(v)))]
  sec_ranks(list(resp = list(few(x), few(y)), distinct = list(few(sample(2 * seq_along(x))), few(sample(2 * seq_along(y) + 5)))), list())
  sec_padjust(list(drawn = round(c(runif(3)^3, NA, runif(2)), 4)))
  if (nrow(d) <= 60) for (rhs in c("arm", "arm + age")) for (l in LEVELS) {
    nm <- slug(rhs)
    add(sprintf("firth_logistic_%s_%s", nm, pct(l)), sprintf("firth_logistic(marker ~ %s, data = d, level = %g)", rhs, l), identity, "firth", model = rhs, conf_int = l)
    add(sprintf("firth_cox_%s_%s", nm, pct(l)), sprintf("firth_cox(Surv(time, any) ~ %s, data = d, level = %g)", rhs, l), identity, "firth", model = rhs, conf_int = l)
  }
  write_book(paste0(name, ".json"))
}

arguments <- commandArgs(trailingOnly = TRUE)
if (length(arguments)) setwd(arguments[1])
seeds <- if (length(arguments)) eval(parse(text = arguments[2])) else KEPT
labels <- if (length(arguments)) seeds else names(KEPT)
for (i in seq_along(seeds)) make_study(paste0("unseen_", labels[i]), seeds[i])
if (left_out) cat(sprintf("%d results that R could not give are left out\n", left_out))
