-- The span of the request that brought a webhook (W3C traceparent), where it is recorded: its application names it.
alter table webhook_log add column trace text;
