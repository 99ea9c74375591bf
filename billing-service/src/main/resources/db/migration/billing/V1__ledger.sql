-- Wallets, the double-entry ledger, and the lines whose settlement moves money.
--
-- The database itself keeps what an auditor asks for: an entry is never changed or removed, a balance
-- moves only by an entry, the accounts of a workspace always sum to what was paid in, entries are
-- numbered without a gap, and no reservation takes more than is available.

-- Compared byte by byte, and checked when it is written: a check of the table would be repeated with every update.
create domain country as text collate "C" check (value ~ '^[A-Z]{2}$');
create type category as enum
  ('MARKETING', 'UTILITY', 'AUTHENTICATION', 'AUTHENTICATION_INTERNATIONAL', 'SERVICE');
create type charge_basis as enum ('ON_SENT', 'ON_DELIVERED');
create type account as enum ('FUNDING', 'AVAILABLE', 'RESERVED', 'REVENUE');
create type cause as enum ('TOP_UP', 'RESERVATION', 'CHARGE', 'RELEASE', 'REFUND', 'ADJUSTMENT');
create type origin as enum ('REQUEST', 'RESERVE', 'USAGE', 'UNATTEMPTED');

-- One row a workspace; whoever changes anything of a workspace's money locks it first.
-- Amounts are millionths of the currency's unit.
create table wallet (
  workspace_id          bigint       primary key check (workspace_id > 0),
  currency              text         not null check (currency ~ '^[A-Z]{3}$'),
  markup_ppm            integer      not null check (markup_ppm between 0 and 10000000),
  charge_basis          charge_basis not null,
  low_balance_threshold bigint       check (low_balance_threshold > 0),
  topped_up             bigint       not null default 0 check (topped_up >= 0),
  adjusted              bigint       not null default 0,
  -- Below zero only by late charges: see the check on ledger_entry for what a reservation may take.
  available             bigint       not null default 0,
  reserved              bigint       not null default 0 check (reserved >= 0),
  revenue               bigint       not null default 0 check (revenue >= 0),
  -- Number of the last entry.
  entries               bigint       not null default 0,
  created_at            timestamptz  not null,
  updated_at            timestamptz  not null,
  constraint accounts_sum_to_funding check (available + reserved + revenue = topped_up + adjusted)
) with (fillfactor = 50);

create table ledger_entry (
  workspace_id    bigint      not null,
  number          bigint      not null,
  created_at      timestamptz not null,
  cause           cause       not null,
  debit           account     not null,
  credit          account     not null,
  amount          bigint      not null check (amount > 0),
  campaign_id     bigint,
  country         country,
  lot             integer,
  category        category,
  messages        integer,
  unit_price      bigint,
  -- What makes the movement happen once: a caller's request, or the state of the line that caused it.
  origin          origin      not null,
  version         bigint,
  request_id      text,
  note            text,
  available_after bigint      not null,
  reserved_after  bigint      not null check (reserved_after >= 0),
  primary key (workspace_id, number),
  constraint accounts_fit_cause check (
    (cause, debit, credit) in (
      ('TOP_UP', 'FUNDING', 'AVAILABLE'),
      ('RESERVATION', 'AVAILABLE', 'RESERVED'),
      ('CHARGE', 'RESERVED', 'REVENUE'),
      ('CHARGE', 'AVAILABLE', 'REVENUE'),
      ('RELEASE', 'RESERVED', 'AVAILABLE'),
      ('REFUND', 'REVENUE', 'AVAILABLE'),
      ('ADJUSTMENT', 'FUNDING', 'AVAILABLE'),
      ('ADJUSTMENT', 'AVAILABLE', 'FUNDING'))),
  constraint payment_or_line check (
    case when origin = 'REQUEST'
      then cause in ('TOP_UP', 'ADJUSTMENT') and request_id is not null and note is not null
        and num_nonnulls(campaign_id, country, lot, category, messages, unit_price, version) = 0
      else cause not in ('TOP_UP', 'ADJUSTMENT') and num_nonnulls(request_id, note) = 0
        and num_nulls(campaign_id, country, lot, category, messages, unit_price, version) = 0
        and amount = messages * unit_price
    end),
  constraint never_overdrawn_by_a_reservation check (cause <> 'RESERVATION' or available_after >= 0)
);

create unique index ledger_entry_request on ledger_entry (workspace_id, request_id)
  where request_id is not null;
-- A state settles a line once. Also finds the entries of a campaign.
create unique index ledger_entry_state on ledger_entry
  (workspace_id, campaign_id, country, lot, origin, version, cause, debit)
  where campaign_id is not null;
-- Charges and releases are the bulk and are found by number; the rare causes are not.
create index ledger_entry_cause on ledger_entry (workspace_id, cause, number)
  where cause not in ('CHARGE', 'RELEASE');

-- Balances follow from entries, in the same statement, and from nothing else.
create function post_entries() returns trigger language plpgsql as $$
declare
  wallets bigint;
  posted  bigint;
  follow  boolean;
begin
  with movement as (
    select workspace_id,
           coalesce(sum(amount) filter (where cause = 'TOP_UP'), 0)::bigint as topped_up,
           coalesce(sum(case debit when 'FUNDING' then amount else -amount end)
                      filter (where cause = 'ADJUSTMENT'), 0)::bigint as adjusted,
           sum(case when credit = 'AVAILABLE' then amount
                    when debit = 'AVAILABLE' then -amount else 0 end)::bigint as available,
           sum(case when credit = 'RESERVED' then amount
                    when debit = 'RESERVED' then -amount else 0 end)::bigint as reserved,
           sum(case when credit = 'REVENUE' then amount
                    when debit = 'REVENUE' then -amount else 0 end)::bigint as revenue,
           count(*) as entries, min(number) as first, max(number) as last,
           min(created_at) as earliest, max(created_at) as latest
      from added
     group by workspace_id),
  changed as (
    update wallet
       set topped_up = wallet.topped_up + movement.topped_up,
           adjusted = wallet.adjusted + movement.adjusted,
           available = wallet.available + movement.available,
           reserved = wallet.reserved + movement.reserved,
           revenue = wallet.revenue + movement.revenue,
           entries = wallet.entries + movement.entries,
           updated_at = movement.latest
      from movement
     where wallet.workspace_id = movement.workspace_id
       and movement.first = wallet.entries + 1
       and movement.last = wallet.entries + movement.entries
       and movement.earliest >= wallet.updated_at
    returning wallet.workspace_id, wallet.entries, wallet.available, wallet.reserved)
  select (select count(*) from movement), (select count(*) from changed),
         (select coalesce(bool_and((added.available_after, added.reserved_after)
                                   = (changed.available, changed.reserved)), false)
            from changed
            join added on added.workspace_id = changed.workspace_id
                      and added.number = changed.entries)
    into wallets, posted, follow;
  if posted <> wallets then
    raise exception 'an entry does not continue its wallet: unknown wallet, gap in the numbers, or time going back'
      using errcode = 'integrity_constraint_violation';
  end if;
  if not follow then
    raise exception 'the balances after an entry do not follow from it'
      using errcode = 'integrity_constraint_violation';
  end if;
  return null;
end $$;

create trigger post_entries after insert on ledger_entry
  referencing new table as added for each statement execute function post_entries();

create function refuse() returns trigger language plpgsql as $$
begin
  raise exception '% on % is refused: the ledger is append-only', tg_op, tg_table_name
    using errcode = 'object_not_in_prerequisite_state';
end $$;

create trigger entries_are_final before update or delete on ledger_entry
  for each statement execute function refuse();
create trigger entries_stay before truncate on ledger_entry
  for each statement execute function refuse();
create trigger wallets_stay before delete on wallet for each statement execute function refuse();
create trigger no_wallet_is_emptied before truncate on wallet
  for each statement execute function refuse();

-- Refused twice: the trigger stops the owner of the table too, the missing privilege needs no trigger.
revoke update, delete, truncate on ledger_entry from current_user;

create function guard_wallet() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    if (new.topped_up, new.adjusted, new.available, new.reserved, new.revenue, new.entries)
        is distinct from (0::bigint, 0::bigint, 0::bigint, 0::bigint, 0::bigint, 0::bigint) then
      raise exception 'a wallet begins empty' using errcode = 'integrity_constraint_violation';
    end if;
  elsif (new.workspace_id, new.currency) is distinct from (old.workspace_id, old.currency) then
    raise exception 'a wallet keeps its workspace and its currency'
      using errcode = 'integrity_constraint_violation';
  elsif pg_trigger_depth() = 1
      and (new.topped_up, new.adjusted, new.available, new.reserved, new.revenue, new.entries)
        is distinct from
          (old.topped_up, old.adjusted, old.available, old.reserved, old.revenue, old.entries) then
    raise exception 'a balance moves only by a ledger entry'
      using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;

create trigger guard_wallet before insert or update on wallet
  for each row execute function guard_wallet();

-- What a workspace fixed for a campaign at its first reservation.
create table campaign (
  workspace_id bigint       not null references wallet,
  campaign_id  bigint       not null check (campaign_id > 0),
  charge_basis charge_basis not null,
  created_at   timestamptz  not null,
  primary key (workspace_id, campaign_id)
);

-- The unit of account. Its price never changes; its totals are the last states heard; held is what of
-- it stands in the reserved account.
create table line (
  workspace_id        bigint      not null,
  campaign_id         bigint      not null,
  country             country     not null,
  lot                 integer     not null check (lot > 0),
  created_at          timestamptz not null,
  category            category    not null,
  market              text        not null,
  rate_card           text        not null,
  rate_card_sha256    text        not null,
  list_price          bigint      not null check (list_price >= 0),
  markup_ppm          integer     not null,
  unit_price          bigint      not null check (unit_price >= list_price),
  channel_id          bigint      not null check (channel_id >= 0),
  reserved_total      integer     not null check (reserved_total >= 0),
  charged_total       integer     not null default 0 check (charged_total >= 0),
  released_total      integer     not null default 0 check (released_total >= 0),
  unattempted_total   integer     not null default 0 check (unattempted_total >= 0),
  usage_version       bigint      not null default 0,
  unattempted_version bigint      not null default 0,
  -- Messages that cost nothing: by the recipient's window; from the channel's monthly allowance, as granted at
  -- reservation and as still needed.
  free_by_window      integer     not null default 0 check (free_by_window >= 0),
  allowance_granted   integer     not null default 0 check (allowance_granted >= 0),
  allowance_held      integer     not null default 0,
  -- Messages whose price stands in reserved, and messages ever moved by cause; charges from reserved are the rest.
  held                integer     not null default 0,
  released_posted     bigint      not null default 0 check (released_posted >= 0),
  refunded_posted     bigint      not null default 0 check (refunded_posted >= 0),
  late_posted         bigint      not null default 0 check (late_posted >= 0),
  primary key (workspace_id, campaign_id, country, lot),
  foreign key (workspace_id, campaign_id) references campaign,
  check (allowance_held between 0 and allowance_granted),
  check (held between 0 and reserved_total)
) with (fillfactor = 70);

-- How much of a channel's free service messages of a calendar month (yyyymm) lines hold.
create table service_allowance (
  workspace_id bigint  not null references wallet,
  channel_id   bigint  not null check (channel_id > 0),
  month        integer not null check (month between 200001 and 999912),
  held         integer not null check (held >= 0),
  primary key (workspace_id, channel_id, month)
);

create type notice_kind as enum ('LOW_BALANCE', 'BALANCE_RESTORED', 'OVERDRAWN');

create table wallet_notice (
  workspace_id          bigint      not null references wallet,
  id                    bigint      not null,
  kind                  notice_kind not null,
  created_at            timestamptz not null,
  available             bigint      not null,
  low_balance_threshold bigint,
  primary key (workspace_id, id)
);
