"""Raw sheets as people have them: of a clinic, of a statistician with times and status, an export of REDCap."""

CLINICAL = """\
Pt ID,Gender,Age at infusion,Date of CAR-T infusion,Date of death,Date last FU,Best response,Date of CR,Relapse date,\
Prior allo-HSCT,BM blasts (%),CRS grade,CRS onset,CRS end,ICANS grade,ICANS onset,Cause of death,Centre,DOB
H-01,M,34,05.01.2021,30.09.2021,,Complete remission,02.02.2021,01.06.2021,No,80,2,07.01.2021,12.01.2021,0,,Relapse,A,x
H-02,F,51,11.02.2021,,28.02.2023,complete response,11.03.2021,,Yes,12,1,14.02.2021,16.02.2021,none,,,B,x
H-03,F,28,03.03.2021,,15.02.2023,CRi,31.03.2021,10.01.2022,No,65,3,05.03.2021,15.03.2021,2,08.03.2021,,A,x
H-04,M,61,20.04.2021,02.05.2021,,not evaluable,,,No,40,4,22.04.2021,,Grade 3,24.04.2021,CRS,B,x
H-05,M,45,09.06.2021,,20.02.2023,no response,,,Yes,unknown,0,,,0,,,A,x
H-06,F,39,01.07.2021,01.12.2021,,SD,,,No,90,1,02.07.2021,04.07.2021,0,,Infection,B,x
"""
"""Dates with points, words for codes, adverse events as columns; of six patients."""

STATISTICIAN = """\
ID,age,sex,blasts,prior_lines,EMD,response,OS_months,OS_status,relapse_months,relapse,crs_grade,risk_score
1,34,1,0.80,2,0,CR,8.9,1,4.9,1,2,3
2,51,2,0.12,3,0,CR,24.6,0,24.6,0,1,1
3,28,2,0.65,2,1,CRi,23.5,0,10.3,1,3,2
4,61,1,0.40,4,0,NE,0.4,1,0.4,0,4,2
5,45,1,0.05,1,0,NR,20.4,0,20.4,0,0,2
"""
"""Times in months with their status, codes, a fraction; of five patients, without a date."""

REDCAP = """\
record_id,redcap_repeat_instrument,redcap_repeat_instance,demo_sex,demo_age,infusion_dt,dod,lfu_date,bor,cr_date,\
relapse_dt,ae_term,ae_grade,ae_start,ae_stop,lab_date,lab_test,lab_result,lab_unit
1,,,Male,34,2021-01-05,2021-09-30,,CR,2021-02-02,2021-06-01,,,,,,,,
1,adverse_events,1,,,,,,,,,CRS,2,2021-01-07,2021-01-12,,,,
1,adverse_events,2,,,,,,,,,ICANS,1,2021-01-09,2021-01-10,,,,
1,labs,1,,,,,,,,,,,,,2021-01-08,ferritin,12000,ng/mL
2,,,Female,51,2021-02-11,,2023-02-28,CRi,2021-03-11,,,,,,,,,
2,adverse_events,1,,,,,,,,,CRS,1,2021-02-14,2021-02-16,,,,
2,labs,1,,,,,,,,,,,,,2021-02-14,ferritin,900,ng/mL
3,,,Female,28,2021-03-03,,2023-02-15,NR,,,,,,,,,,
"""
"""An export with the repeating instruments adverse_events and labs, of three patients."""
