-- The span of the launch (W3C traceparent), where it is recorded: the sending belongs to it.
alter table campaign add column launch_trace text;
