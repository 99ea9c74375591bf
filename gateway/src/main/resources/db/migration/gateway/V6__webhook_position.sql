-- How far the webhooks logged in Kafka are applied. Here and not only in Kafka, so that it moves in the transaction that
-- stores what came of them, and goes back with everything else when the database is restored.
create table webhook_position (
  -- Kafka's id of the topic: one of the same name that was made anew is another.
  topic_id text not null,
  partition_number integer not null,
  -- The first offset that is not applied.
  next_offset bigint not null,
  -- The first offset that no applier has begun. If the next one differs, somebody works on what lies between, or has died
  -- over it.
  begun_offset bigint not null check (begun_offset >= next_offset),
  primary key (topic_id, partition_number)
);
