-- Evidence per message, and every figure that follows from it.
--
-- One statement (MergeStore) merges a batch of evidence into `message` and adds what changed to all the
-- other tables here, in one transaction. So each of them equals, at every commit, what one would compute
-- from `message` anew; Reconciliation does exactly that.
--
-- Times are microseconds since 1970 (UTC): eight bytes, compared and subtracted without conversion.
-- Evidence is a set of bits: 1 accepted, 2 held, 4 sent, 8 delivered, 16 read, 32 failed, 64 replied,
-- 128 clicked, 256 skipped, 512 unconfirmed, 1024 expired.

-- A campaign as campaign-service last told (the snapshot), and its counters. The row exists from the
-- first snapshot or the first evidence on, whichever comes first.
create table campaign (
  campaign_id bigint primary key,
  workspace_id bigint not null,

  snapshot_version bigint not null default 0,
  status text not null default 'CAMPAIGN_STATUS_UNSPECIFIED',
  type text not null default 'CAMPAIGN_TYPE_UNSPECIFIED',
  message_type text not null default 'MESSAGE_TYPE_UNSPECIFIED',
  category text not null default 'MESSAGE_CATEGORY_UNSPECIFIED',
  audience integer not null default 0 check (audience >= 0),
  charge_basis text not null default 'ON_SENT' check (charge_basis in ('ON_SENT', 'ON_DELIVERED')),
  launch_time timestamptz,
  create_time timestamptz,
  channel_id bigint not null default 0,
  time_zone text not null default '',

  submitted integer not null default 0,
  sent integer not null default 0,
  delivered integer not null default 0,
  read integer not null default 0,
  failed integer not null default 0,
  skipped integer not null default 0,
  unconfirmed integer not null default 0,
  accepted integer not null default 0,
  held integer not null default 0,
  replied integer not null default 0,
  clicked integer not null default 0,
  anomalies integer not null default 0,
  expired integer not null default 0,

  -- Messages below this ordinal are closed: they take no more evidence, because retention removes
  -- their rows and a late fact would be counted as a new message.
  closed_below bigint not null default 0,
  -- Messages below this ordinal are removed.
  removed_below bigint not null default 0 check (removed_below <= closed_below),

  -- Grows with every change of a figure or of the snapshot.
  version bigint not null default 1,
  changed_at timestamptz not null default now(),
  -- The transaction of the last change: how a watcher finds changes in whatever order they commit.
  changed_by xid8 not null default pg_current_xact_id(),

  constraint figures_are_consistent check (
    0 <= read and read <= delivered and delivered <= sent and sent <= submitted
    and 0 <= failed and 0 <= skipped and 0 <= unconfirmed
    and 0 <= held and held <= accepted
    and 0 <= replied and replied <= delivered and 0 <= clicked and clicked <= delivered
    and 0 <= anomalies and 0 <= expired)
) with (fillfactor = 50);

create index campaign_by_change on campaign (changed_by);
create index campaign_by_workspace on campaign (workspace_id, changed_at);
create index campaign_by_launch on campaign (workspace_id, launch_time);
create index campaign_to_remove on campaign (campaign_id) where removed_below < closed_below;

-- What is known of one message: the set of its evidence and the earliest time of each kind. No column an
-- index names changes with a status, and pages keep room for new versions, so that an update stays on its
-- page and touches no index.
create table message (
  campaign_id bigint not null,
  ordinal integer not null,
  lot integer not null,
  evidence smallint not null,
  -- Why it was skipped, by the earliest such evidence.
  skip_reason smallint,
  -- Why it failed, by the earliest such evidence; also when proof of delivery overruled it.
  failure_code integer,
  accepted_at bigint,
  held_at bigint,
  sent_at bigint,
  delivered_at bigint,
  read_at bigint,
  failed_at bigint,
  replied_at bigint,
  clicked_at bigint,
  skipped_at bigint,
  unconfirmed_at bigint,
  expired_at bigint,
  country text collate "C" not null,
  -- Collation "C" orders as the service does, so that the choice between two texts is the same everywhere.
  failure_title text collate "C",
  failure_details text collate "C",
  primary key (campaign_id, ordinal)
) with (
  fillfactor = 50,
  autovacuum_vacuum_scale_factor = 0.05,
  autovacuum_vacuum_insert_scale_factor = 0.1
);

create index message_by_failure on message (campaign_id, failure_code, ordinal)
  where failure_code is not null;

-- How many messages of each 4096 ordinals have this country and exactly this evidence, and between which
-- times their first evidence lies (never narrowed). A list skips the blocks that cannot hold a match, and
-- retention finds the blocks that are old enough.
create table message_block (
  campaign_id bigint not null,
  block integer not null,
  country text collate "C" not null,
  evidence smallint not null,
  messages integer not null,
  earliest bigint not null,
  latest bigint not null,
  primary key (campaign_id, block, country, evidence)
) with (fillfactor = 50);

-- Figures and usage totals of one line: the messages of one campaign and country that have one price.
-- Charged messages are `sent` or `delivered`, by the campaign's charge basis.
create table campaign_line (
  campaign_id bigint not null,
  country text collate "C" not null,
  lot integer not null,
  submitted integer not null,
  sent integer not null,
  delivered integer not null,
  read integer not null,
  failed integer not null,
  released_on_sent integer not null,
  released_on_delivered integer not null,
  -- Grows with every change of what billing must know.
  version bigint not null,
  -- What billing has taken.
  relayed_version bigint not null default 0,
  -- Not to be sent before, because billing refused it.
  relay_after timestamptz not null default '-infinity',
  primary key (campaign_id, country, lot)
) with (fillfactor = 50);

create index campaign_line_to_relay on campaign_line (campaign_id)
  where version > relayed_version and lot > 0;

-- Messages whose first evidence of a kind fell into the minute (since 1970, UTC); sums equal the counters.
create table campaign_minute (
  campaign_id bigint not null,
  minute integer not null,
  submitted integer not null,
  sent integer not null,
  delivered integer not null,
  read integer not null,
  failed integer not null,
  replied integer not null,
  clicked integer not null,
  primary key (campaign_id, minute)
) with (fillfactor = 50);

-- The same across the campaigns of a workspace.
create table workspace_minute (
  workspace_id bigint not null,
  minute integer not null,
  submitted integer not null,
  sent integer not null,
  delivered integer not null,
  read integer not null,
  failed integer not null,
  replied integer not null,
  clicked integer not null,
  primary key (workspace_id, minute)
) with (fillfactor = 50);

-- Failed messages by code. The title is Meta's, kept when retention removes the messages it stands in;
-- until then it is read from the first of them.
create table failure_reason (
  campaign_id bigint not null,
  code integer not null,
  messages integer not null,
  title text collate "C" not null default '',
  primary key (campaign_id, code)
) with (fillfactor = 50);

-- Skipped messages by reason.
create table skip_reason (
  campaign_id bigint not null,
  reason smallint not null,
  messages integer not null,
  primary key (campaign_id, reason)
) with (fillfactor = 50);

-- How long messages took from submission to delivery (kind 1) or reading (kind 2): a histogram over the
-- steps of DurationScale.
create table campaign_duration (
  campaign_id bigint not null,
  kind smallint not null check (kind in (1, 2)),
  step smallint not null,
  messages integer not null,
  primary key (campaign_id, kind, step)
) with (fillfactor = 50);

-- What the removed messages of a campaign were, so that its figures can still be accounted for.
create table removed_messages (
  campaign_id bigint not null,
  country text collate "C" not null,
  lot integer not null,
  evidence smallint not null,
  failure_code integer not null,
  skip_reason smallint not null,
  messages integer not null,
  primary key (campaign_id, country, lot, evidence, failure_code, skip_reason)
);

-- Statuses that belong to no message of ours.
create table unattributed (
  workspace_id bigint not null,
  channel_id bigint not null,
  reason text collate "C" not null,
  count bigint not null,
  last_time timestamptz not null,
  primary key (workspace_id, channel_id, reason)
);

-- Batches of them already counted.
create table unattributed_batch (
  batch_id text collate "C" primary key,
  recorded_at timestamptz not null default now()
);

create index unattributed_batch_by_age on unattributed_batch (recorded_at);
