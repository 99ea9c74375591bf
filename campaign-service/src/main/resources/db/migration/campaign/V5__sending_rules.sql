-- What protects people from too many messages, and a number from people's annoyance. Without a row: the defaults.
create table sending_rules (
  workspace_id       bigint  primary key,
  -- Minutes since midnight, where the person is; until may lie on the next day.
  quiet_from         integer check (quiet_from between 0 and 1439),
  quiet_until        integer check (quiet_until between 0 and 1439),
  cap_messages       integer check (cap_messages between 1 and 100),
  cap_days           integer check (cap_days between 1 and 30),
  excluded_countries text[]  not null default '{}',
  -- Failed messages of a hundred at which a campaign is paused; 0: never.
  pause_at_percent   integer not null check (pause_at_percent between 0 and 100),
  version            bigint  not null default 1,
  -- Up to which version messages held by earlier rules have been let go.
  freed_version      bigint  not null default 0,
  check ((quiet_from is null) = (quiet_until is null)),
  check (quiet_from <> quiet_until),
  check ((cap_messages is null) = (cap_days is null))
);

-- Under which version of the rules a message waits; 0: it waits for another reason.
alter table retry add column rules_version bigint not null default 0;

-- Marketing messages that may have reached a person, while the workspace has a cap. Written before they leave; kept for
-- as long as a cap can look back.
create table contact_message (
  workspace_id bigint      not null,
  phone        bigint      not null,
  campaign_id  bigint      not null,
  ordinal      integer     not null,
  claimed_at   timestamptz not null default now(),
  primary key (workspace_id, phone, campaign_id, ordinal)
);
create index contact_message_old on contact_message using brin (claimed_at);

-- Whom a number with a daily limit has begun to write to within the last day, and how many an hour.
create table channel_opening (
  channel_id bigint      not null,
  phone      bigint      not null,
  opened_at  timestamptz not null,
  primary key (channel_id, phone)
);
create index channel_opening_old on channel_opening using brin (opened_at);
create table channel_hour (
  channel_id bigint      not null,
  hour       timestamptz not null,
  people     integer     not null,
  primary key (channel_id, hour)
);

-- Spreads the messages so that the last one leaves this long after the start; 0: as soon as it can.
alter table campaign add column finish_within interval not null default '0';
