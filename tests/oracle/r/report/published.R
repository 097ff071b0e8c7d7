# Every figure of the abstract that car1922 reproduces, counted once more from the CSV alone, by none of the above.

report_published <- function(study) {
  if (study$name != "car1922") return(invisible())
  s <- study$raw; ev <- read_raw(study$name, "adverse_events")
  date <- function(column) as.Date(s[[column]])
  n <- nrow(s); nr <- s$best_response %in% c("NR", "NE"); cutoff <- as.Date("2023-02-28")
  end <- pmin(ifelse(is.na(s$death_date), pmin(s$last_contact_date, "2023-02-28"), s$death_date))
  os <- as.numeric(as.Date(end) - date("infusion_date")) / MONTH; dead <- !is.na(s$death_date)
  # Non-response is an event on day 28, or never if the patient had died by then; NE is none by itself.
  failed <- ifelse(s$best_response == "NR" & is.na(s$progression_date), as.character(date("infusion_date") + 28), NA)
  first <- pmin(s$relapse_date, s$progression_date, failed, s$death_date, na.rm = TRUE)
  failure <- !is.na(first) & first <= end
  pfs <- as.numeric(as.Date(ifelse(failure, first, end)) - date("infusion_date")) / MONTH
  stopifnot(all(end <= as.character(cutoff)))
  # The abnormalities that study.yaml calls high risk.
  named <- grepl("BCR::ABL1|KMT2A|Ph-like|TP53|complex karyotype|hypodiploidy|TCF3::HLF", s$genetic_abnormalities)
  stopifnot(identical(named, s$genetic_risk == "high"))
  burden <- as.numeric(s$marrow_blasts_pct) >= 50 | s$extramedullary_disease == "yes"
  p <- function(time, event, group) { f <- survdiff(Surv(time, event) ~ group); pchisq(f$chisq, 1, lower.tail = FALSE) }
  median_of <- function(time, event) unname(quantile(survfit(Surv(time, event) ~ 1), 0.5)$quantile)
  had <- function(term) length(unique(ev$subject_id[ev$term == term]))
  relapsed <- !is.na(s$relapse_date); present <- c("positive", "dim")
  later <- os > 24
  figure <- function(result, ...) {
    values <- list(...)
    for (f in names(values)) book$published[[length(book$published) + 1]] <- list(result = result, field = f, value = values[[f]])
  }
  share <- function(result, x, of = n, fields = c("estimate", "n_event", "n"))
    do.call(figure, c(list(result), list(estimate = x / of, n_event = x, n = of)[fields]))
  share("efficacy/response/orr", sum(s$best_response %in% RESPONSE))
  figure("survival/os/median", estimate = median_of(os, dead))
  figure("survival/os/observed/median", estimate = median(os))
  figure("survival/os/observed/minimum", estimate = min(os))
  figure("survival/os/observed/maximum", estimate = max(os))
  figure("survival/os/logrank/response", p_value = p(os, dead, nr))
  figure("survival/os/logrank/genetic_risk", p_value = p(os, dead, named))
  figure("survival/pfs/median", estimate = median_of(pfs, failure))
  figure("survival/pfs/observed/median", estimate = median(pfs))
  figure("survival/pfs/observed/minimum", estimate = min(pfs))
  figure("survival/pfs/observed/maximum", estimate = max(pfs))
  figure("survival/pfs/logrank/response", p_value = p(pfs, failure, nr))
  figure("survival/pfs/logrank/genetic_risk", p_value = p(pfs, failure, named))
  share("efficacy/baseline/nonresponse/tumor_burden/high", sum(nr & burden), sum(nr), c("n_event", "n"))
  share("efficacy/baseline/nonresponse/genetic_risk/high", sum(nr & named), sum(nr), c("n_event", "n"))
  share("efficacy/baseline/genetic_risk/high", sum(named))
  share("safety/crs/any", had("CRS"))
  share("safety/icans/any", had("ICANS"))
  share("relapse/total", sum(relapsed))
  share("relapse/antigen/double_positive", sum(relapsed & s$relapse_cd19 %in% present & s$relapse_cd22 %in% present), fields = "n_event")
  share("relapse/antigen/cd19_dim", sum(relapsed & s$relapse_cd19 %in% "dim"), fields = "n_event")
  figure("survival/os/conditional/24m/12m", estimate = summary(survfit(Surv(os[later] - 24, dead[later]) ~ 1), times = 12)$surv)
}
