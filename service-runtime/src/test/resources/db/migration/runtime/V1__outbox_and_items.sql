create table outbox (
  id         bigint generated always as identity primary key,
  topic      text        not null,
  payload    bytea       not null,
  created_at timestamptz not null default now()
) with (autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 5000);
create index outbox_topic on outbox (topic, id);

create table item (
  id     bigint primary key,
  phone  text unique,
  noted  timestamptz
);
