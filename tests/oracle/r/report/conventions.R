# <convention>/survival/<e>/...: endpoints in all patients, the main ones by factor, as R and SAS compute them by default.
# R: survfit(conf.type = "log"), coxph(ties = "efron").  SAS: PROC LIFETEST CONFTYPE=LOGLOG, PROC PHREG TIES=BRESLOW.
# Both take the middle of a step at 0.5 as the median; R gives no survival beyond the last follow-up.

CONVENTIONS <- list(r = list(conf_type = "log", ties = "efron"), sas = list(conf_type = "log-log", ties = "breslow"))

report_conventions <- function(study) {
  usual <- CHOSEN
  for (name in names(CONVENTIONS)) {
    CHOSEN <<- CONVENTIONS[[name]]
    book$under <- paste0(name, "/")
    for (ep in endpoints(study, ALL_ENDPOINTS)) {
      survival_overall(ep)
      if (ep$name %in% MAIN) for (f in known_factors(study$factors, ep$d)) survival_by(ep, f)
    }
  }
  CHOSEN <<- usual
}
