-- Requests with an Idempotency-Key and their answers, so that a repeat changes nothing. Answers are sealed: they may hold a
-- secret that is shown once.
create table request (
  workspace_id bigint not null,
  method text not null,
  request_id text not null,
  fingerprint bytea not null,
  response bytea,
  created_at timestamptz not null default now(),
  primary key (workspace_id, method, request_id)
);

create index request_created_at on request (created_at);
