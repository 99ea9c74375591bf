-- Which person is whom at the OpenID Connect provider: bound at the first sign-in, by the address that was proven then.
create table oidc_identity (
  workspace_id bigint not null,
  person_id bigint not null,
  issuer text not null,
  subject text not null,
  create_time timestamptz not null default now(),
  primary key (workspace_id, person_id, issuer),
  unique (issuer, subject, workspace_id),
  foreign key (workspace_id, person_id) references person on delete cascade
);
