create schema if not exists "revier";

create table "revier"."stays_keys" (
  record text collate "C" primary key,
  record_key bigint not null check (record_key between 0 and 4294967295)
);

create view "revier"."stays" with (security_barrier) as
select
  r."Fall Nr"::text collate "C" as "stayId",
  r."personId"::text collate "C" as "personId",
  r."say ""area"""::text collate "C" as "area",
  r."sex"::text collate "C" as "sex",
  r."beds" as "beds",
  r."score" as "score",
  k.record_key as record_key
from "hospital"."stays" as r
left join "revier"."stays_keys" as k on k.record = r."Fall Nr"::text collate "C"
where r."released";

create table "revier"."stays_content" (
  is_only boolean primary key default true check (is_only),
  epoch text not null check (epoch ~ '^[0-9a-f]{16}$')
);

create view "revier"."stays_epoch" as select epoch from "revier"."stays_content";

-- Once for all views of the schema, with a password or a certificate as you use them.
create role "revier_reader" login;

grant usage on schema "revier" to "revier_reader";

grant select on "revier"."stays", "revier"."stays_epoch" to "revier_reader";

