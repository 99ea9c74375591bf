-- What WhatsApp calls the messages it took, hashed: a reply that quotes a message names it so. Kept for a month.
create table sent_message (
  whatsapp_hash bigint  primary key,
  campaign_id   bigint  not null,
  ordinal       integer not null,
  sent_on       date    not null default current_date
);
create index sent_message_old on sent_message using brin (sent_on);

-- What people answered. The text is theirs: it goes when they are erased, and after a time anyway. The row stays, so
-- that a message is never counted twice for one button.
create table reply (
  campaign_id  bigint      not null,
  ordinal      integer     not null,
  -- Hash of WhatsApp's id of the reply: it may be told twice.
  whatsapp_hash bigint     not null,
  replied_at   timestamptz not null,
  -- The quick reply that was tapped; '' when the person wrote.
  button       text        not null,
  text         text        not null,
  primary key (campaign_id, ordinal, whatsapp_hash)
);
create index reply_newest on reply (campaign_id, replied_at desc, ordinal, whatsapp_hash);
create index reply_words on reply (replied_at) where text <> '';

-- Messages answered by each button, and in words (''). A message counts once for each.
create table reply_count (
  campaign_id bigint  not null,
  button      text    not null,
  messages    integer not null,
  primary key (campaign_id, button)
);
