-- tandem:ignore-file TD302 only Supabase needs it
SELECT '-- tandem:ignore TD303 no', $a$ -- tandem:ignore TD303 no $a$; -- tandem:ignore TD303 why
/* tandem:ignore TD301 /* nested */ why */ SELECT E'\'' -- tandem:ignore
