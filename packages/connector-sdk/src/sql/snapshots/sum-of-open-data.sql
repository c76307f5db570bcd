-- lookup 0: 05911 0, 05913 1

-- lookup 1: M 0, W 1

-- lookup 2: 2020 0

-- measure 0
with t as (
  select
    "m0"."number" as "d0",
    "m1"."number" as "d1",
    "r"."persons" as figure
  from "approved" as r
  join lookup as "m0" on "m0".slot = 0 and "m0".stored = "r"."area"
  join lookup as "m1" on "m1".slot = 1 and "m1".stored = "r"."sex"
  where "r"."year" in (select stored from lookup where slot = 2)
)
select "d0" as "k0", "d1" as "k1", cast(coalesce(sum(figure), 0) as bigint) as value, max(case when figure is null then 1 else 0 end) as missing
from t
group by "d0", "d1"
having count(*) > 0
order by "k0", "k1";

-- no atoms
