-- lookup 0: 05911 0, 05913 1

-- lookup 1: M 0, W 1

-- lookup 2: C50 0

-- lookup 3: 3 0

-- measure 0
with t as materialized (
  select
    "m0"."number" as "d0",
    "m1"."number" as "d1",
    cast(null as text) as unit,
    "r"."personId" as person
  from "approved" as r
  join lookup as "m0" on "m0".slot = 0 and "m0".stored = "r"."area"
  join lookup as "m1" on "m1".slot = 1 and "m1".stored = "r"."sex"
  where true
)
select "d0" as "k0", "d1" as "k1", count(*) as "value", count(distinct person) as persons
from t
group by "d0", "d1"
having count(*) > 0
union all
select 4294967295 as "k0", "d1" as "k1", count(*) as "value", count(distinct person) as persons
from t
group by "d1"
having count(*) > 0
union all
select "d0" as "k0", 4294967295 as "k1", count(*) as "value", count(distinct person) as persons
from t
group by "d0"
having count(*) > 0
union all
select 4294967295 as "k0", 4294967295 as "k1", count(*) as "value", count(distinct person) as persons
from t
having count(*) > 0
order by "k0", "k1";

-- measure 1
with t as materialized (
  select
    "m0"."number" as "d0",
    "m1"."number" as "d1",
    "r"."personId" as unit,
    "r"."personId" as person
  from "approved" as r
  join lookup as "m0" on "m0".slot = 0 and "m0".stored = "r"."area"
  join lookup as "m1" on "m1".slot = 1 and "m1".stored = "r"."sex"
  where "r"."site" in (select stored from lookup where slot = 2) and "r"."behaviour" in (select stored from lookup where slot = 3)
)
select "d0" as "k0", "d1" as "k1", count(distinct unit) as "value", count(distinct person) as persons
from t
group by "d0", "d1"
having count(*) > 0
union all
select 4294967295 as "k0", "d1" as "k1", count(distinct unit) as "value", count(distinct person) as persons
from t
group by "d1"
having count(*) > 0
union all
select "d0" as "k0", 4294967295 as "k1", count(distinct unit) as "value", count(distinct person) as persons
from t
group by "d0"
having count(*) > 0
union all
select 4294967295 as "k0", 4294967295 as "k1", count(distinct unit) as "value", count(distinct person) as persons
from t
having count(*) > 0
order by "k0", "k1";

-- atoms
with t as (
  select
    "m0"."number" as "d0",
    "m1"."number" as "d1",
    "r"."personId" as person,
    case when true then 1 else 0 end
      + case when "r"."site" in (select stored from lookup where slot = 2) and "r"."behaviour" in (select stored from lookup where slot = 3) then 2 else 0 end as signature
  from "approved" as r
  join lookup as "m0" on "m0".slot = 0 and "m0".stored = "r"."area"
  join lookup as "m1" on "m1".slot = 1 and "m1".stored = "r"."sex"
  where true
)
select "d0" as "k0", "d1" as "k1", "signature" as "signature", count(*) as records, count(distinct person) as persons
from t
where signature > 0
group by "d0", "d1", "signature"
having count(*) > 0
order by "k0", "k1", "signature";
