-- Where the tracked links of launched campaigns lead, as campaign-service told once, and how often they were opened.
create table link (
  campaign_id  bigint  not null,
  place        integer not null,
  workspace_id bigint  not null,
  target       text    not null,
  -- Messages whose person opened it, and how often in all.
  messages     bigint  not null default 0,
  clicks       bigint  not null default 0,
  -- Opened by programs: previews, scanners, crawlers.
  previews     bigint  not null default 0,
  primary key (campaign_id, place)
);

create table click (
  campaign_id bigint      not null,
  ordinal     integer     not null,
  place       integer     not null,
  first_at    timestamptz not null,
  clicks      integer     not null,
  primary key (campaign_id, ordinal, place)
);

create table outbox (
  id         bigint generated always as identity primary key,
  topic      text        not null,
  payload    bytea       not null,
  created_at timestamptz not null default now()
) with (autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 5000);
create index outbox_topic on outbox (topic, id);
