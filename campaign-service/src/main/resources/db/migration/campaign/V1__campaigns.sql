-- Everything campaign-service owns. Keys lead with workspace, campaign or audience, so that the big tables
-- can be distributed without a change of code.

create table workspace (
  workspace_id bigint primary key,
  time_zone    text   not null,
  -- Grows when the settings change; snapshots carry them.
  version      bigint not null default 1
);

-- One WhatsApp business phone number. Disconnecting erases the secrets and frees the number; the row stays,
-- because campaigns of the past name it.
create table channel (
  channel_id           bigint      primary key,
  workspace_id         bigint      not null,
  name                 text        not null,
  phone_number_id      text        not null,
  waba_id              text        not null,
  display_phone_number text        not null default '',
  verified_name        text        not null default '',
  quality_rating       text        not null default 'UNKNOWN',
  messaging_limit_tier text        not null default '',
  rate                 integer     not null check (rate between 1 and 1000),
  simulated            boolean     not null,
  own_app              boolean     not null,
  -- AES-256-GCM, bound to channel and purpose.
  access_token         bytea,
  app_secret           bytea,
  verify_token         bytea,
  held_reason          text        not null default '',
  checked_at           timestamptz,
  created_at           timestamptz not null default now(),
  disconnected_at      timestamptz,
  check ((disconnected_at is null) = (access_token is not null)),
  check (not own_app or disconnected_at is not null or (app_secret is not null and verify_token is not null))
);
-- A number speaks for one workspace only: webhooks are routed by it.
create unique index channel_number on channel (phone_number_id) where disconnected_at is null;
create index channel_workspace on channel (workspace_id, channel_id desc) where disconnected_at is null;
create index channel_waba on channel (waba_id) where disconnected_at is null;

create table template (
  template_id      bigint      primary key,
  workspace_id     bigint      not null,
  channel_id       bigint      not null references channel,
  whatsapp_id      text        not null,
  name             text        not null,
  language         text        not null,
  category         text        not null,
  status           text        not null,
  status_reason    text        not null default '',
  parameter_format text        not null,
  components       jsonb       not null,
  synced_at        timestamptz not null,
  -- News older than this changes nothing: webhooks come late and twice.
  status_at        timestamptz not null default now(),
  unique (channel_id, name, language)
);
create index template_workspace on template (workspace_id, name, language, template_id);
create index template_whatsapp on template (whatsapp_id);

create table contact (
  workspace_id    bigint      not null,
  phone           bigint      not null check (phone > 0),
  contact_id      bigint      not null,
  name            text        not null default '',
  country         text        not null,
  tags            text[]      not null default '{}',
  attributes      jsonb       not null default '{}',
  opted_out       boolean     not null default false,
  opt_out_source  text        not null default '',
  opted_out_at    timestamptz,
  -- When the person last decided, either way: news older than this changes nothing.
  decided_at      timestamptz,
  last_inbound_at timestamptz,
  created_at      timestamptz not null default now(),
  updated_at      timestamptz not null default now(),
  primary key (workspace_id, phone),
  unique (workspace_id, contact_id),
  check (opted_out = (opted_out_at is not null))
);
create index contact_opted_out on contact (workspace_id, phone) where opted_out;
create index contact_inbound on contact (workspace_id, last_inbound_at) where last_inbound_at is not null;
create index contact_tags on contact using gin (tags) where tags <> '{}';

-- Erased people who do not want messages: a keyed hash of the number, so that they stay left alone.
create table erased_opt_out (
  workspace_id bigint not null,
  phone_mac    bytea  not null,
  primary key (workspace_id, phone_mac)
);

create table campaign (
  campaign_id        bigint      primary key,
  workspace_id       bigint      not null,
  name               text        not null,
  type               text        not null check (type in ('BROADCAST', 'API')),
  message_type       text        not null check (message_type in ('TEMPLATE', 'REGULAR')),
  status             text        not null
                     check (status in ('DRAFT', 'SCHEDULED', 'LIVE', 'PAUSED', 'SENT', 'STOPPED')),
  pause_kind         text,
  pause_message      text,
  pause_code         integer,
  paused_at          timestamptz,
  channel_id         bigint      not null references channel,
  template_id        bigint      references template,
  content            jsonb       not null,
  max_rate           integer     not null default 0 check (max_rate between 0 and 1000),
  default_region     text        not null default '',
  start_at           timestamptz,
  start_grace        interval    not null,
  created_at         timestamptz not null default now(),
  launched_at        timestamptz,
  ended_at           timestamptz,
  created_by         text        not null,
  launched_by        text        not null default '',
  -- Grows with every change; messages claimed under an older version are not sent.
  version            bigint      not null default 1,
  -- The recipients: replaced as a whole while the campaign is a DRAFT.
  audience_id        bigint      not null,
  -- The price line of a broadcast: the day its money was reserved, yyyymmdd; 0 before.
  lot                integer     not null default 0,
  category           text,
  charge_basis       text,
  -- A campaign of Herald's own, such as test messages; never listed.
  hidden             boolean     not null default false,
  -- STOPPED: its unattempted recipients have been told to billing.
  settled            boolean     not null default false,
  -- Until when the watchdog has looked for messages that were never heard of again.
  watched_at         timestamptz,
  check ((status = 'PAUSED') = (pause_kind is not null)),
  check (status in ('DRAFT') or launched_at is not null),
  check ((status in ('SENT', 'STOPPED')) = (ended_at is not null)),
  check ((message_type = 'TEMPLATE') = (template_id is not null)),
  check (status <> 'SENT' or type = 'BROADCAST')
);
create index campaign_list on campaign (workspace_id, created_at desc, campaign_id desc) where not hidden;
create index campaign_live on campaign (channel_id, campaign_id) where status = 'LIVE';
create index campaign_scheduled on campaign (start_at) where status = 'SCHEDULED';
create index campaign_unsettled on campaign (campaign_id) where status = 'STOPPED' and not settled;
create index campaign_template on campaign (template_id) where status in ('SCHEDULED', 'LIVE');
create unique index campaign_api_name on campaign (workspace_id, lower(name))
  where type = 'API' and status <> 'STOPPED' and not hidden;

-- SENT and STOPPED are final for everybody, whatever a program tries.
create function campaign_end_is_final() returns trigger language plpgsql as $$
begin
  if old.status in ('SENT', 'STOPPED') and new.status <> old.status then
    raise exception 'campaign % is % for good', old.campaign_id, old.status using errcode = 'restrict_violation';
  end if;
  return new;
end
$$;
create trigger campaign_end_is_final before update of status on campaign
  for each row execute function campaign_end_is_final();

create table status_change (
  campaign_id bigint      not null references campaign on delete cascade,
  change_id   bigint      not null generated always as identity,
  changed_at  timestamptz not null default now(),
  from_status text        not null,
  to_status   text        not null,
  changed_by  text        not null,
  reason      text        not null default '',
  primary key (campaign_id, change_id)
);

-- How many recipients an audience has. A row of its own: API calls add to it while the dispatcher reads the campaign.
create table audience (
  audience_id bigint  primary key,
  campaign_id bigint  not null references campaign on delete cascade deferrable initially deferred,
  recipients  integer not null default 0 check (recipients >= 0),
  -- The file's columns in order; parameters of recipients follow the order of those that are neither phone nor name.
  columns     text[]  not null default '{}'
);
create index audience_campaign on audience (campaign_id);

-- Recipients are written once; only erasing a person changes a row.
create table recipient (
  audience_id bigint  not null,
  ordinal     integer not null,
  -- E.164 as a number, without "+"; null when the person was erased.
  phone       bigint,
  -- The price line of an API call's message; 0: the campaign's.
  lot         integer not null,
  country     text    not null,
  name        text,
  parameters  text[],
  primary key (audience_id, ordinal)
);
create index recipient_phone on recipient (phone, audience_id);

-- One reading of an audience. It fills an audience of its own, which becomes the campaign's when it is done.
create table audience_import (
  audience_id     bigint      primary key,
  campaign_id     bigint      not null references campaign on delete cascade,
  workspace_id    bigint      not null,
  state           text        not null check (state in ('RUNNING', 'DONE', 'FAILED')),
  rows            integer     not null default 0,
  accepted        integer     not null default 0,
  duplicates      integer     not null default 0,
  rejected        integer     not null default 0,
  opted_out       integer     not null default 0,
  columns         text[]      not null default '{}',
  tags            text[]      not null default '{}',
  total_bytes     bigint      not null default 0,
  read_bytes      bigint      not null default 0,
  failure_reason  text        not null default '',
  failure_message text        not null default '',
  started_at      timestamptz not null default now(),
  -- A RUNNING import that has not been heard of for a minute has lost its process.
  heard_at        timestamptz not null default now(),
  ended_at        timestamptz,
  -- Recipients below this ordinal have become contacts.
  contacts_done   integer     not null default 0
);
create index audience_import_campaign on audience_import (campaign_id, audience_id desc);
create index audience_import_open on audience_import (state, heard_at) where state = 'RUNNING';
create index audience_import_contacts on audience_import (audience_id)
  where state = 'DONE' and contacts_done < accepted;

create table row_error (
  audience_id bigint  not null references audience_import on delete cascade,
  row_number  integer not null,
  column_name text    not null,
  reason      text    not null,
  message     text    not null,
  primary key (audience_id, row_number, column_name)
);

-- Audiences nobody needs any more: their recipients are deleted in small steps.
create table discarded_audience (
  audience_id bigint primary key
);

-- How far the dispatcher is. A row of its own, because the campaign's row is share-locked by every claim.
create table campaign_cursor (
  campaign_id  bigint  primary key references campaign on delete cascade,
  next_ordinal integer not null default 0
);

-- Who may dispatch a channel. A higher epoch shuts out every earlier owner.
create table channel_lease (
  channel_id bigint      primary key references channel,
  owner      text        not null,
  epoch      bigint      not null,
  expires_at timestamptz not null
);

-- The durable intent: these messages may be on their way. Written before the first of them leaves.
create table dispatch_batch (
  campaign_id bigint      not null references campaign,
  batch_id    bigint      not null generated always as identity,
  channel_id  bigint      not null,
  epoch       bigint      not null,
  ordinals    integer[]   not null,
  -- Attempts made before, by position in ordinals.
  attempts    integer[]   not null,
  claimed_at  timestamptz not null default now(),
  -- Nothing of this batch is written to a socket after this.
  send_until  timestamptz not null,
  -- Nothing of it can still be under way after this.
  quiet_at    timestamptz not null,
  -- A batch still open after this has lost its owner and is settled as unconfirmed.
  settle_at   timestamptz not null,
  primary key (campaign_id, batch_id)
);
create index dispatch_batch_settle on dispatch_batch (settle_at);

-- Ordinals behind the cursor that WhatsApp certainly did not take.
create table retry (
  campaign_id bigint      not null references campaign,
  ordinal     integer     not null,
  attempts    integer     not null,
  not_before  timestamptz not null,
  primary key (campaign_id, ordinal)
);
create index retry_due on retry (campaign_id, not_before);

-- Messages WhatsApp may or may not have taken, as this service last knew.
create table unconfirmed (
  campaign_id bigint      not null references campaign,
  ordinal     integer     not null,
  since       timestamptz not null,
  primary key (campaign_id, ordinal)
);

-- Countries a campaign must not be sent to any more, because WhatsApp refuses them for this account.
create table refused_country (
  campaign_id bigint not null references campaign on delete cascade,
  country     text   not null,
  primary key (campaign_id, country)
);

-- What billing has set aside for a campaign: cumulative numbers of messages, never decreasing.
create table reservation (
  campaign_id  bigint      not null,
  country      text        not null,
  lot          integer     not null,
  workspace_id bigint      not null,
  category     text        not null,
  -- As billing last answered.
  reserved     integer     not null default 0 check (reserved >= 0),
  -- Given to recipients.
  used         integer     not null default 0 check (used >= 0),
  -- Told to billing as never to be attempted.
  unattempted  integer     not null default 0 check (unattempted >= 0),
  version      bigint      not null default 0,
  -- A question to billing whose answer we may not have seen.
  asked_at     timestamptz,
  used_at      timestamptz not null default now(),
  primary key (campaign_id, country, lot),
  -- Money cannot be given twice.
  check (used + unattempted <= reserved)
);
create index reservation_asked on reservation (asked_at) where asked_at is not null;
create index reservation_spare on reservation (used_at) where reserved > used + unattempted;

-- Answers to requests that must not be carried out twice.
create table request (
  workspace_id bigint      not null,
  method       text        not null,
  request_id   text        not null,
  fingerprint  bytea       not null,
  answer       bytea       not null,
  created_at   timestamptz not null default now(),
  primary key (workspace_id, method, request_id)
);
create index request_created on request (created_at);

create table outbox (
  id         bigint generated always as identity primary key,
  topic      text        not null,
  payload    bytea       not null,
  created_at timestamptz not null default now()
) with (autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 5000);
create index outbox_topic on outbox (topic, id);

-- Which database this is, to notice a restore: see RestoreGuard.
create table installation (
  singleton     boolean primary key default true check (singleton),
  cluster_epoch integer not null,
  system_id     text    not null,
  timeline      integer not null
);

-- What became of test messages, for whoever waits for it; kept for a day.
create table test_result (
  campaign_id   bigint      not null,
  ordinal       integer     not null,
  accepted      boolean     not null,
  error_code    integer     not null,
  error_message text        not null,
  created_at    timestamptz not null default now(),
  primary key (campaign_id, ordinal)
);
