-- What WhatsApp tells us: the raw bodies as received, and which of them are still to be applied.

-- Never changed after it is written; dropped a day at a time. bytea, because a legal \u0000 has no place in jsonb or text.
create table webhook_log (
  receive_time timestamptz not null default now(),
  id bigint generated always as identity,
  -- The channel on whose own address it came in; 0: the address of the operator's app.
  channel_id bigint not null,
  body bytea not null,
  primary key (receive_time, id)
) partition by range (receive_time);

-- Catches a body whose day has no partition yet, so that a clock cannot make the intake fail.
create table webhook_log_other partition of webhook_log default;

create table webhook_pending (
  id bigint primary key,
  receive_time timestamptz not null,
  bytes integer not null,
  -- How often an applier has begun without coming back: it died over this body, or beside it.
  attempts smallint not null default 0,
  -- How often in a row a service could not make sense of it, though it answered.
  failures smallint not null default 0,
  -- Nobody takes it before this time.
  next_time timestamptz not null default '-infinity'
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.2);

create index webhook_pending_due on webhook_pending (next_time, id);

create table quarantine (
  id bigint generated always as identity primary key,
  -- Null while nobody can tell whose it is; the operator's workspace sees those.
  workspace_id bigint,
  webhook_id bigint not null,
  channel_id bigint not null,
  path text not null,
  reason text not null,
  message text not null,
  -- A whole webhook body that holds just the part at fault, ready to be applied again.
  body bytea not null,
  receive_time timestamptz not null,
  create_time timestamptz not null default now(),
  replay_time timestamptz,
  unique (webhook_id, path)
);

create index quarantine_workspace on quarantine (workspace_id, id desc);

-- The secrets of channels with an app of their own, as campaign-service last told: the intake must not need another service.
create table webhook_secret (
  channel_id bigint primary key,
  sealed_app_secret bytea not null,
  sealed_verify_token bytea not null,
  workspace_id bigint not null,
  waba_id text not null
);
