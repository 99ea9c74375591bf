-- What people should know of. Some wait before they are told: a finished campaign for its figures.
create table alert (
  workspace_id bigint      not null references workspace,
  -- A function of what happened: the same fact told twice is one alert.
  source       text        not null,
  -- Given when it is told, so that ids grow with the time people see.
  id           bigint,
  kind         text        not null,
  severity     text        not null check (severity in ('INFO', 'WARNING')),
  title        text        not null,
  text         text        not null,
  campaign_id  bigint,
  event_time   timestamptz not null,
  due_time     timestamptz not null,
  -- herald.analytics.v1.CampaignAnalytics of when it was told.
  figures      bytea,
  primary key (workspace_id, source),
  unique (workspace_id, id)
);
create index alert_due on alert (due_time) where id is null;
create index alert_age on alert (event_time) where id is not null;

create table alert_settings (
  workspace_id bigint primary key references workspace,
  emails       text[] not null,
  kinds        text[] not null
);

-- Up to which alert somebody has looked.
create table alert_seen (
  workspace_id bigint not null references workspace,
  subject      text   not null,
  alert_id     bigint not null,
  primary key (workspace_id, subject)
);

create table alert_email (
  workspace_id bigint      not null,
  alert_id     bigint      not null,
  address      text        not null,
  state        text        not null default 'PENDING' check (state in ('PENDING', 'SENT', 'FAILED')),
  attempts     integer     not null default 0,
  next_time    timestamptz not null default now(),
  expire_time  timestamptz not null,
  error        text        not null default '',
  primary key (workspace_id, alert_id, address),
  foreign key (workspace_id, alert_id) references alert (workspace_id, id) on delete cascade
);
create index alert_email_due on alert_email (next_time) where state = 'PENDING';
create index alert_email_failed on alert_email (workspace_id, next_time) where state = 'FAILED';
