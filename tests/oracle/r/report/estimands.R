# survival/<e>/handling/...: endpoints read in other ways, one thing at a time; what came before the end of the time.

READINGS <- list(
  ignore = list(), censor = list(hsct = "censor"), event = list(hsct = "event"), competing = list(hsct = "competing"),
  new_therapy_censor = list(new = "censor"), new_therapy_event = list(new = "event"),
  new_therapy_competing = list(new = "competing"), both_censor = list(hsct = "censor", new = "censor"),
  enrolled = list(origin = "enrollment"))

report_estimands <- function(study) {
  d <- study$subjects
  recorded <- function(column) any(paste0(column, c("_date", "_day")) %in% names(study$raw))
  treatments <- Filter(recorded, c(transplant = "hsct", new_therapy = "new_therapy"))
  for (t in names(treatments)) put_share(sprintf("survival/%s/any", t), sum(!is.na(d[[treatments[[t]]]])), nrow(d))
  # Everybody in the bundled studies was infused.
  if (any(!is.na(d$enrollment))) put_share("survival/never_infused/any", 0, sum(!is.na(d$enrollment)))
  two <- Filter(function(f) length(unique(na.omit(d[[f]]))) == 2, study$factors)[1]
  for (name in ALL_ENDPOINTS) {
    own <- endpoint(study, name)
    for (t in names(treatments)) {
      day <- own$d[[treatments[[t]]]] - own$start
      # On one day the event comes first.
      before <- !is.na(day) & (day < own$days | (day == own$days & !own$event))
      put_share(sprintf("survival/%s/intercurrent/%s", name, t), sum(before), nrow(own$d))
    }
    estimand_readings(study, name, two)
  }
}
# A reading under which every patient has the same time and end as under an earlier one is left out.
estimand_readings <- function(study, name, f) {
  possible <- if (any(!is.na(study$subjects$enrollment))) READINGS else READINGS[names(READINGS) != "enrolled"]
  read <- lapply(possible, function(options) do.call(endpoint, c(list(study, name), options)))
  ends <- sapply(read, function(ep) paste(ep$days, ep$event, ep$type == 3, collapse = " "))
  read <- read[!duplicated(ends)]
  if (length(read) > 1) for (reading in names(read)) {
    ep <- read[[reading]]; n <- length(ep$time); ne <- sum(ep$event)
    stem <- sprintf("survival/%s/handling/%s", name, reading)
    competes <- any(ep$type == 3)
    fit <- if (competes) one_minus_incidence(ep) else km(ep$time, ep$event)
    # Half with the event is no median where others had a treatment instead.
    if (!competes) put_median(paste0(stem, "/median"), fit, n, ne)
    put_rate(paste0(stem, "/rate/24m"), fit, 24, n, ne)
    cox_terms(paste0(stem, "/cox"), ep, f)
  }
}
# A survfit object that holds one minus the cumulative incidence of the event, a treatment competing.
one_minus_incidence <- function(ep) {
  fit <- km(ep$time, ep$event)
  state <- factor(ifelse(ep$event, 1, ifelse(ep$type == 3, 2, 0)), 0:2)
  aj <- survfit(Surv(ep$time, state) ~ 1, conf.type = "log-log")
  stopifnot(identical(aj$time, fit$time))
  # Before the first event the incidence is 0 and has no limits.
  fit$surv <- 1 - aj$pstate[, 2]; fit$lower <- 1 - aj$upper[, 2]; fit$upper <- 1 - aj$lower[, 2]
  fit
}
