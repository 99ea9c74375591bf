-- How many messages a second WhatsApp itself lets the number send, in Meta's words; told when the channel is checked.
alter table channel add column throughput_level text not null default '';
