-- What people did after a message, as a shop or another system told it. No phone number is kept.
create table conversion (
  workspace_id  bigint      not null,
  -- The teller's own id: told twice, it counts once.
  conversion_id text        not null,
  -- Null: no message of ours preceded it.
  campaign_id   bigint,
  ordinal       integer,
  -- '' and 0: it is not about money.
  currency      text        not null,
  value_micros  bigint      not null check (value_micros >= 0),
  converted_at  timestamptz not null,
  primary key (workspace_id, conversion_id),
  check ((campaign_id is null) = (ordinal is null))
);
create index conversion_newest on conversion (campaign_id, converted_at desc, conversion_id);
create index conversion_message on conversion (campaign_id, ordinal);

-- What each campaign brought in, by currency.
create table conversion_total (
  campaign_id  bigint  not null,
  currency     text    not null,
  conversions  bigint  not null,
  -- Messages that led to at least one of them.
  messages     integer not null,
  value_micros numeric not null,
  primary key (campaign_id, currency)
);
