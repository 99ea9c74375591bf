-- Where other systems want to hear of events, and every event on its way to them.

create table subscription (
  workspace_id bigint not null references workspace,
  id bigint not null,
  name text not null,
  url text not null,
  format text not null check (format in ('HERALD', 'AISENSY')),
  event_types text[] not null check (cardinality(event_types) > 0),
  sealed_secret bytea not null,
  -- Signs beside the new one for a while after a change.
  sealed_old_secret bytea,
  old_secret_until timestamptz,
  -- DELETED: its deliveries are removed in small steps, then the row.
  state text not null check (state in ('ACTIVE', 'PAUSED', 'DISABLED', 'DELETED')),
  disable_reason text not null default '',
  disable_time timestamptz,
  -- Since when no attempt has succeeded, and how many batches in a row; both end with a success.
  failing_since timestamptz,
  failures integer not null default 0,
  last_success_time timestamptz,
  -- Nothing is sent before this: a target that fails is asked less and less often.
  next_time timestamptz not null default '-infinity',
  created_by text not null,
  create_time timestamptz not null default now(),
  primary key (workspace_id, id)
);

-- Event and delivery in one row: most workspaces have one subscription, and the intake writes this beside everything else.
create table delivery (
  workspace_id bigint not null,
  subscription_id bigint not null,
  id bigint not null generated always as identity,
  -- A function of what happened: the same fact told twice is one event.
  event_id uuid not null,
  event_type text not null,
  event_time timestamptz not null,
  campaign_id bigint,
  data text not null,
  state text not null default 'PENDING' check (state in ('PENDING', 'DELIVERED', 'FAILED')),
  attempts integer not null default 0,
  next_time timestamptz not null default now(),
  expire_time timestamptz not null,
  create_time timestamptz not null default now(),
  attempt_time timestamptz,
  status_code integer not null default 0,
  error text not null default '',
  duration_millis integer not null default 0,
  primary key (workspace_id, subscription_id, id),
  unique (workspace_id, subscription_id, event_id),
  foreign key (workspace_id, subscription_id) references subscription
) with (autovacuum_vacuum_scale_factor = 0.05);

create index delivery_due on delivery (workspace_id, subscription_id, next_time, id) where state = 'PENDING';
create index delivery_age on delivery (create_time);
