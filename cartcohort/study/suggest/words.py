"""What columns and values of the data dictionary are called elsewhere: in English, with words of other languages.

Names are written as people say them; `headers.py` strips capitals, accents, small words, units and "date" from both
sides before they are compared. The dictionary's own names need not be listed.
"""

from __future__ import annotations

from collections.abc import Mapping

SUBJECT_NAMES: Mapping[str, str] = {
    "subject_id": (
        "subject id, record id, study id, patient id, pt id, pat id, usubjid, subjid, participant id, "
        "pat, participant, subject, subject no, subject number, patient no, patient number, patient, pt, pt no, "
        "pat no, pat nr, patno, patnr, case id, case no, case, upn, unique patient number, mrn, "
        "medical record number, hospital number, id, no, nr, patienten id, patientennummer, patienten nr, "
        "numero patient, id paciente, 患者编号, 病例号, 编号, 住院号"
    ),
    "infusion_date": (
        "infusion, car t infusion, cart infusion, car infusion, car t cell infusion, cell infusion, "
        "t cell infusion, first infusion, infusion 1, car t, cart, day 0, d0, day zero, t0, reinfusion, "
        "treatment, infusionsdatum, perfusion, infusion car t, 回输日期, 输注日期, 回输时间"
    ),
    "death_day": (
        "death, date of death, dod, dth, dthdt, dth dt, died, deceased, death dt, verstorben, verstorben am, "
        "gestorben, gestorben am, tod, todesdatum, sterbedatum, "
        "deces, fallecimiento, muerte, 死亡日期, 死亡时间"
    ),
    "last_contact_day": (
        "last contact, last follow up, last followup, last fu, lfu, lfup, last seen, last seen alive, "
        "last alive, last known alive, date last known alive, lka, lstalvdt, lstalv, last visit, last news, "
        "last contact alive, last contact or death, last follow up or death, date of last follow up, "
        "follow up date, fu date, dlfu, dlc, letzter kontakt, letztes follow up, letzte kontrolle, "
        "dernieres nouvelles, derniere nouvelle, ultimo contacto, ultimo seguimiento, 末次随访, 末次随访日期, "
        "末次随访时间, 最后随访日期"
    ),
    "enrollment_day": (
        "enrollment, enrolment, enrolled, inclusion, registration, consent, informed consent, einschluss"
    ),
    "second_infusion_day": "second infusion, 2nd infusion, infusion 2, second car t infusion, 第二次回输日期",
    "age_years": (
        "age, age at infusion, age at car t, age at treatment, age at enrollment, age at inclusion, patient age, "
        "alter, alter bei infusion, edad, 年龄"
    ),
    "sex": "sex, gender, sex at birth, m f, geschlecht, sexe, sexo, genero, 性别",
    "disease_status": "disease status, disease state, relapsed refractory, relapsed or refractory, r r, rr status",
    "prior_lines": (
        "prior lines, prior lines of therapy, prior lines of treatment, number of prior lines, "
        "no of prior lines, n prior lines, number of prior therapies, prior therapies, prior treatments, "
        "previous lines, previous therapies, lines of therapy, lines, number of lines, vorlinien, vortherapien, "
        "anzahl vortherapien"
    ),
    "prior_hsct": (
        "z n allo szt, z n allo hsct, vorherige szt, prior hsct, prior sct, prior allo, prior allo hsct, "
        "prior allohsct, prior transplant, prior bmt, "
        "previous hsct, previous sct, previous transplant, previous allo, hsct before car t, "
        "transplant before car t, prior transplantation, vorherige transplantation"
    ),
    "extramedullary_disease": (
        "extramedullarer befall, extramedullary disease, extramedullary, emd, em disease, "
        "extramedullary involvement, "
        "extramedullary leukemia, extramedullary leukaemia, eml"
    ),
    "marrow_blasts_pct": (
        "blasten km, blasten im knochenmark, blastenanteil, marrow blasts, bm blasts, bone marrow blasts, blasts, "
        "blast, bm blast, blasts in bm, blasts bm, "
        "bone marrow blast, marrow blast, marrow blast percentage, blasten, knochenmarkblasten, 骨髓原始细胞"
    ),
    "genetic_abnormalities": (
        "genetic abnormalities, cytogenetics, genetics, karyotype, mutations, genetic aberrations"
    ),
    "genetic_risk": "genetic risk, cytogenetic risk, cytogenetics risk, molecular risk, genetic risk group",
    "first_product": "first product, product given first",
    "car19_dose_1e6_per_kg": "car19 dose, cd19 car t dose, car19 cell dose, cd19 dose, dose car19",
    "car22_dose_1e6_per_kg": "car22 dose, cd22 car t dose, car22 cell dose, cd22 dose, dose car22",
    "best_response": (
        "best response, best overall response, bor, best resp, overall response, response, response status, "
        "best response to car t, remission status, remission, ansprechen, bestes ansprechen, meilleure reponse, "
        "reponse, mejor respuesta, respuesta, 疗效, 最佳疗效"
    ),
    "response_day": (
        "response, first response, cr date, date of cr, date of remission, remission, time to response, "
        "ansprechen, datum ansprechen, datum des ansprechens, remissionsdatum, first documented response, "
        "days to response"
    ),
    "mrd_negative": "mrd negative, mrd neg, mrd negativity, mrd status, mrd, mrd at best response",
    "progression_day": (
        "progress, progressionsdatum, progression, disease progression, pd, progressive disease, date of pd, "
        "time to progression, dop"
    ),
    "relapse_day": (
        "rezidiv am, relapse, recurrence, date of relapse, time to relapse, rezidiv, rezidivdatum, rechute, "
        "recaida, 复发日期"
    ),
    "relapse_cd19": "relapse cd19, cd19 at relapse, cd19 status at relapse",
    "relapse_cd22": "relapse cd22, cd22 at relapse, cd22 status at relapse",
    "relapse_site": "relapse site, site of relapse",
    "hsct_day": (
        "hsct, hsct after car t, allo hsct, allo, bmt, sct, transplant, transplantation, consolidative hsct, "
        "consolidation hsct, post car t hsct, date of transplant"
    ),
    "new_therapy_day": "new therapy, next therapy, subsequent therapy, next treatment, new treatment, next line",
    "death_cause": (
        "cause of death, death cause, cod, reason of death, todesursache, cause deces, causa de muerte, 死因, "
        "死亡原因"
    ),
    "tocilizumab_day": "tocilizumab, toci, first tocilizumab, tocilizumab first dose, tocilizumab start, toci start",
    "corticosteroid_day": (
        "corticosteroid, corticosteroids, steroid, steroids, first steroid, dexamethasone, steroid start"
    ),
}

FOLLOW_UP_NAMES: Mapping[str, str] = {
    "time": (
        "os, overall survival, os time, time os, os duration, survival, survival time, "
        "time to death or last follow up, time to death, follow up, follow up time, fu time, fu, fup, futime, "
        "follow up duration, t os, uberlebenszeit, gesamtuberleben, survie globale, supervivencia global, "
        "总生存期, 总生存时间, 生存时间"
    ),
    "status": (
        "vital status, os status, os event, os cens, os censor, censored, censor, cens, cnsr, death status, "
        "status, survival status, life status, alive dead, dead, dead or alive, death, died, deceased, "
        "patient status, status at last follow up, status at last contact, fustat, last status, event, event os, "
        "vitalstatus, statut vital, estado vital, verstorben, deces, 生存状态, 死亡"
    ),
}

STATUS_TIME_NAMES: Mapping[str, Mapping[str, str]] = {
    "relapse": {
        "time": "relapse, time to relapse, relapse time, ttr",
        "status": "relapse, relapsed, relapse status, relapse event, recurrence, rezidiv",
    },
    "progression": {
        "time": "progression, time to progression, progression time, ttp",
        "status": "progression, progressed, progression status, progression event, pd",
    },
}

ADVERSE_EVENT_NAMES: Mapping[str, str] = {
    "subject_id": SUBJECT_NAMES["subject_id"],
    "term": (
        "term, ae term, aeterm, aedecod, adverse event, adverse event term, ae, event, toxicity, preferred term, "
        "ae name, event name, event term, ctcae term, reaction, nebenwirkung"
    ),
    "grade": (
        "grade, ae grade, ctcae grade, toxicity grade, max grade, maximum grade, severity, aetoxgr, grad, gravite"
    ),
    "onset_day": (
        "onset, start, ae start, ae onset, aestdt, begin, begin date, event start, start of event, first day, "
        "stdt, beginn"
    ),
    "resolution_day": (
        "resolution, end, stop, ae end, ae stop, aeendt, resolved, event end, end of event, last day, endt, ende"
    ),
    "infusion": "infusion, infusion number, after infusion",
    "treatment": "treatment, treatment given, therapy, action taken, management",
}

ASSESSMENT_NAMES: Mapping[str, str] = {
    "subject_id": SUBJECT_NAMES["subject_id"],
    "assessment_day": (
        "assessment, sample, sampling, collection, lab, lab date, visit, test date, measurement, day, date, "
        "lbdt, datum"
    ),
    "assay": "assay, test, lab test, parameter, analyte, lab name, marker, test name, lab parameter, param, lbtest",
    "value": "value, result, lab value, test result, lbstresn, lab result, wert, resultat",
    "unit": "unit, units, lab unit, lbstresu, einheit",
}

EVENT_TERMS: Mapping[str, str] = {
    "CRS": "crs, cytokine release syndrome",
    "ICANS": "icans, neurotoxicity, neurotox, ntx",
    "IEC-HS": "iec hs, hlh, hlh like",
    "infection": "infection",
    "neutropenia": "neutropenia",
    "thrombocytopenia": "thrombocytopenia",
}
"""Adverse events that stand as columns of a flat sheet; what is told of them follows or precedes the name."""

EVENT_DETAILS: Mapping[str, str] = {
    "grade": "grade, max grade, maximum grade, highest grade, worst grade, peak grade, gr, severity, astct grade",
    "onset_day": "onset, start, begin, first day, onset day",
    "resolution_day": "resolution, end, stop, resolved, last day",
}

ANTIGEN_WORDS = {
    "positive": "pos, present",
    "negative": "neg, absent, lost, loss",
    "dim": "low, weak, partial",
    "unknown": "unk, not known, not done, nd, not tested, missing",
}

LEVEL_WORDS: Mapping[str, Mapping[str, str]] = {
    "sex": {
        "female": "f, w, woman, female sex, weiblich, frau, femme, feminin, mujer, femenino, 女, 女性",
        "male": "m, man, male sex, mannlich, maennlich, mann, homme, masculin, hombre, masculino, 男, 男性",
    },
    "disease_status": {
        "relapsed": "relapse, rel, relapsed disease, in relapse",
        "refractory": "refr, primary refractory, refractory disease, ref",
    },
    "genetic_risk": {"high": "high risk, adverse, poor, poor risk", "low": "low risk, favorable, favourable"},
    "first_product": {"CAR19": "cd19, car 19, cd19 car t", "CAR22": "cd22, car 22, cd22 car t"},
    "best_response": {
        "CR": "complete remission, complete response, komplette remission, remission complete, 完全缓解",
        "CRi": (
            "cr i, complete remission with incomplete recovery, cr with incomplete recovery, "
            "complete remission with incomplete hematologic recovery, "
            "complete remission with incomplete haematologic recovery, "
            "complete remission with incomplete count recovery"
        ),
        "PR": "partial remission, partial response, partielle remission, 部分缓解",
        "NR": (
            "no response, non response, non responder, nonresponse, non remission, no remission, sd, "
            "stable disease, pd, progressive disease, refractory, progression, 未缓解"
        ),
        "NE": "not evaluable, unevaluable, not evaluated, not assessed, not assessable, inevaluable",
    },
    "relapse_cd19": ANTIGEN_WORDS,
    "relapse_cd22": ANTIGEN_WORDS,
    "relapse_site": {
        "marrow": "bm, bone marrow, medullary",
        "extramedullary": "em, emd, extramedullary only, isolated extramedullary",
        "both": "combined, bm and em, marrow and extramedullary, bm em",
    },
    "death_cause": {
        "disease": (
            "disease progression, progression, progressive disease, relapse, leukemia, leukaemia, pd, "
            "underlying disease"
        ),
        "infection": "infections, sepsis, infectious",
        "toxicity": "toxicities, crs, icans, treatment toxicity, treatment related, adverse event",
        "transplant": "transplant related, hsct, hsct related, gvhd, trm, transplantation",
        "other": "others, other cause, other reason",
    },
}
"""By column: other words for each of its levels."""

YES_NO_WORDS: Mapping[str, str] = {
    "yes": "y, true, ja, j, oui, si, present, 是, 有",
    "no": "n, false, nein, non, absent, 否, 无",
}

MRD_WORDS: Mapping[str, str] = {
    "yes": "mrd negative, mrd neg, negative, neg, undetectable",
    "no": "mrd positive, mrd pos, positive, pos, detectable",
}

DEAD_WORDS = "dead, died, deceased, death, exitus, d, tot, verstorben, decede, muerto, fallecido, yes, true, y, 死亡"
ALIVE_WORDS = "alive, living, censored, a, lebt, lebend, vivant, vivo, no, false, n, alive and well, 存活"

MISSING_WORDS = (
    "unknown, unk, not known, not available, not applicable, not done, not recorded, nd, n d, n k, nk, missing, "
    "none recorded, unbekannt, inconnu, desconocido, pending, tbd, 不详, 未知"
)
"""Cells, besides those that count as empty everywhere, that say nothing was recorded."""

NOT_HAPPENED_WORDS = f"{MISSING_WORDS}, alive, none, no, not reached, never, ongoing, continuing"
"""The same where a time is expected."""
