-- measure 0
with t as (
  select
    cast(null as text) as unit,
    "r"."personId" as person
  from "approved" as r
  where true
)
select count(*) as "value", count(distinct person) as persons
from t
having count(*) > 0
order by 1;

-- atoms
with t as (
  select
    "r"."personId" as person,
    case when true then 1 else 0 end as signature
  from "approved" as r
  where true
)
select "signature" as "signature", count(*) as records, count(distinct person) as persons
from t
where signature > 0
group by "signature"
having count(*) > 0
order by "signature";
