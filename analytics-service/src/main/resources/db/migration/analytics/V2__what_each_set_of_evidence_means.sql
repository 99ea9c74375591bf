-- What each of the 2048 sets of evidence counts as: 1 or 0 for every counter. The rule is that of the
-- classes Bucket and Meaning; a test compares all rows. The merging statement and operators
-- look it up here.
create table evidence_meaning (
  evidence smallint primary key,
  bucket text not null,
  submitted integer not null,
  sent integer not null,
  delivered integer not null,
  read integer not null,
  failed integer not null,
  skipped integer not null,
  unconfirmed integer not null,
  accepted integer not null,
  held integer not null,
  replied integer not null,
  clicked integer not null,
  anomalies integer not null,
  expired integer not null,
  released_on_sent integer not null,
  released_on_delivered integer not null
);

insert into evidence_meaning
with seen as (
  select evidence,
         evidence & (1 | 2) <> 0 as taken,
         evidence & 2 <> 0 as held,
         evidence & 4 <> 0 as sent,
         evidence & (8 | 16 | 64 | 128) <> 0 as delivered,
         evidence & 16 <> 0 as read,
         evidence & 32 <> 0 as failed,
         evidence & 64 <> 0 as replied,
         evidence & 128 <> 0 as clicked,
         evidence & 256 <> 0 as skipped,
         evidence & 512 <> 0 as unconfirmed,
         evidence & 1024 <> 0 as expired
  from generate_series(0, 2047) as evidence
), sorted as (
  select *,
         case
           when read then 'READ'
           when delivered then 'DELIVERED'
           when failed then 'FAILED'
           when sent then 'SENT'
           when taken then 'ACCEPTED'
           when skipped then 'SKIPPED'
           when unconfirmed then 'UNCONFIRMED'
           else 'PENDING'
         end as bucket
  from seen
)
select evidence,
       bucket,
       (taken or sent or delivered or (failed and unconfirmed))::integer,
       (bucket in ('SENT', 'DELIVERED', 'READ'))::integer,
       (bucket in ('DELIVERED', 'READ'))::integer,
       (bucket = 'READ')::integer,
       (bucket = 'FAILED')::integer,
       (bucket = 'SKIPPED')::integer,
       (bucket = 'UNCONFIRMED')::integer,
       (bucket = 'ACCEPTED')::integer,
       (bucket = 'ACCEPTED' and held)::integer,
       replied::integer,
       clicked::integer,
       ((failed and delivered) or (skipped and (taken or sent or delivered or failed)))::integer,
       (expired and bucket in ('ACCEPTED', 'UNCONFIRMED'))::integer,
       (bucket in ('FAILED', 'SKIPPED')
         or (expired and bucket not in ('SENT', 'DELIVERED', 'READ')))::integer,
       (bucket in ('FAILED', 'SKIPPED')
         or (expired and bucket not in ('DELIVERED', 'READ')))::integer
from sorted;
