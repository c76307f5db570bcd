-- lookup 0: 05911 0, 05913 1

-- lookup 1: C50 0

-- lookup 2: 50-54 0

-- measure 0
with t as materialized (
  select
    "m0"."number" as "d0",
    "m1"."number" as "d1",
    cast(null as text) as unit,
    "r"."personId" as person,
    r.record_key
  from "approved" as r
  join lookup as "m0" on "m0".slot = 0 and "m0".stored = "r"."area"
  join lookup as "m1" on "m1".slot = 2 and "m1".stored = "r"."age"
  where "r"."site" in (select stored from lookup where slot = 1)
)
select "d0" as "k0", "d1" as "d1", count(*) as "events", count(distinct person) as persons, case when count(record_key) = count(*) then cast(mod(sum(record_key), 4294967296) as bigint) end as record_keys
from t
group by "d0", "d1"
having count(*) > 0
union all
select 4294967295 as "k0", "d1" as "d1", count(*) as "events", count(distinct person) as persons, case when count(record_key) = count(*) then cast(mod(sum(record_key), 4294967296) as bigint) end as record_keys
from t
group by "d1"
having count(*) > 0
union all
select "d0" as "k0", 4294967295 as "d1", count(*) as "events", count(distinct person) as persons, case when count(record_key) = count(*) then cast(mod(sum(record_key), 4294967296) as bigint) end as record_keys
from t
group by "d0"
having count(*) > 0
union all
select 4294967295 as "k0", 4294967295 as "d1", count(*) as "events", count(distinct person) as persons, case when count(record_key) = count(*) then cast(mod(sum(record_key), 4294967296) as bigint) end as record_keys
from t
having count(*) > 0
order by "k0", "d1";

-- no atoms
