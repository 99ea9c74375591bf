-- Tenants, the people and programs that act in them, and the proofs of who they are.
-- No secret lies here readable: passwords as Argon2id, random secrets as SHA-256, signing keys sealed.

create table workspace (
  id bigint primary key,
  name text not null check (length(name) between 1 and 100),
  time_zone text not null,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  -- The workspace of those who run the installation: they see what belongs to no tenant.
  operator boolean not null default false,
  create_time timestamptz not null default now(),
  -- Null while billing and campaign have not been told of the workspace as it is.
  provision_time timestamptz
);

create unique index workspace_one_operator on workspace (operator) where operator;
create index workspace_unprovisioned on workspace (id) where provision_time is null;

-- An address may be known to several workspaces; none of them can tell.
create table person (
  workspace_id bigint not null references workspace,
  id bigint not null,
  email text not null check (email = lower(email)),
  name text not null,
  role text not null check (role in ('VIEWER', 'OPERATOR', 'OWNER')),
  password_hash text,
  suspended boolean not null default false,
  create_time timestamptz not null default now(),
  last_sign_in_time timestamptz,
  primary key (workspace_id, id),
  unique (workspace_id, email)
);

create index person_email on person (email);

create table session (
  id_hash bytea primary key check (octet_length(id_hash) = 32),
  workspace_id bigint not null,
  person_id bigint not null,
  create_time timestamptz not null default now(),
  use_time timestamptz not null default now(),
  expire_time timestamptz not null,
  foreign key (workspace_id, person_id) references person on delete cascade
);

create index session_person on session (workspace_id, person_id);
create index session_expire on session (expire_time);

create table sign_in_token (
  token_hash bytea primary key check (octet_length(token_hash) = 32),
  workspace_id bigint not null,
  person_id bigint not null,
  expire_time timestamptz not null,
  foreign key (workspace_id, person_id) references person on delete cascade
);

create index sign_in_token_person on sign_in_token (workspace_id, person_id);

create table api_key (
  workspace_id bigint not null references workspace,
  id bigint not null,
  name text not null check (length(name) between 1 and 100),
  role text not null check (role in ('VIEWER', 'OPERATOR', 'OWNER')),
  secret_hash bytea not null unique check (octet_length(secret_hash) = 32),
  prefix text not null,
  -- Set by the operator's environment, and replaced when that changes.
  bootstrap boolean not null default false,
  created_by text not null,
  create_time timestamptz not null default now(),
  last_used_time timestamptz,
  expire_time timestamptz,
  revoke_time timestamptz,
  primary key (workspace_id, id)
);

-- Failed sign-ins by hash of address and origin, so that guessing is slow also across restarts.
create table sign_in_attempt (
  subject_hash bytea primary key,
  attempts integer not null,
  window_start timestamptz not null,
  blocked_until timestamptz
);

create index sign_in_attempt_window on sign_in_attempt (window_start);

create table signing_key (
  id text primary key,
  public_key text not null,
  sealed_private_key bytea not null,
  create_time timestamptz not null default now(),
  -- Published before it signs, so that every service knows it by then.
  activate_time timestamptz not null
);

create table audit_entry (
  workspace_id bigint not null references workspace,
  id bigint generated always as identity,
  time timestamptz not null default now(),
  actor text not null,
  action text not null,
  target text not null,
  address text not null,
  request_id text not null,
  primary key (workspace_id, id)
);

-- What this installation made up once for itself.
create table installation (
  only_one boolean primary key default true check (only_one),
  -- Makes the salt of a password a function of the e-mail address.
  salt_key bytea not null
);

insert into installation (salt_key)
values (decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex'));
