-- The last quality rating WhatsApp told of a template.
alter table template add quality_rating text not null default 'UNKNOWN';

-- What WhatsApp changed about templates and numbers, until the gateway has taken it and alerts people.
create table notice (
  notice_id    bigint      generated always as identity primary key,
  workspace_id bigint      not null,
  channel_id   bigint      not null,
  -- Null: it is about the number.
  template_id  bigint,
  name         text        not null,
  field        text        not null check (field in ('STATUS', 'CATEGORY', 'QUALITY', 'MESSAGING_LIMIT', 'HELD')),
  old_value    text        not null,
  new_value    text        not null,
  reason       text        not null default '',
  noticed_at   timestamptz not null default now()
);

-- Triggers, so that no way of learning of a change (webhook, listing, refused message) can forget to tell it.
create function notice_template() returns trigger language plpgsql as $$
begin
  insert into notice (workspace_id, channel_id, template_id, name, field, old_value, new_value, reason)
  select new.workspace_id, new.channel_id, new.template_id, new.name || ' (' || new.language || ')',
         change.field, change.old_value, change.new_value, change.reason
    from (values ('STATUS', old.status, new.status, new.status_reason),
                 ('CATEGORY', old.category, new.category, ''),
                 ('QUALITY', old.quality_rating, new.quality_rating, ''))
         as change (field, old_value, new_value, reason)
   where change.old_value <> change.new_value;
  return null;
end $$;
create trigger notice_template after update of status, category, quality_rating on template
  for each row execute function notice_template();

-- A value learnt for the first time is no change.
create function notice_channel() returns trigger language plpgsql as $$
begin
  insert into notice (workspace_id, channel_id, name, field, old_value, new_value)
  select new.workspace_id, new.channel_id, new.name, change.field, change.old_value, change.new_value
    from (values ('QUALITY', old.quality_rating, new.quality_rating, old.quality_rating not in ('', 'UNKNOWN')),
                 ('MESSAGING_LIMIT', old.messaging_limit_tier, new.messaging_limit_tier, old.messaging_limit_tier <> ''),
                 ('HELD', old.held_reason, new.held_reason, (old.held_reason = '') <> (new.held_reason = '')))
         as change (field, old_value, new_value, known)
   where change.old_value <> change.new_value and change.known;
  return null;
end $$;
create trigger notice_channel after update of quality_rating, messaging_limit_tier, held_reason on channel
  for each row execute function notice_channel();
