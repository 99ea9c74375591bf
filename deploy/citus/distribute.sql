-- Spreads Herald over the nodes of a Citus cluster, each service's schema on one node. Run it as superuser on the coordinator,
-- connected to Herald's database, with the services stopped; again after each upgrade that adds tables. Where Citus is not
-- installed it does nothing. What it means, and what it does not do: docs/citus.md.
do $$
declare
  name text;
begin
  if not exists (select from pg_extension where extname = 'citus') then
    raise notice 'Citus is not installed here: nothing is distributed.';
    return;
  end if;
  foreach name in array array['analytics', 'campaign', 'billing', 'gateway'] loop
    if not exists (select from pg_namespace where nspname = name) then
      raise exception 'There is no schema %. Start its service once, so that it makes its tables, then run this again.', name;
    end if;
    -- By name, so that this file can be read where the function is not there.
    execute format(
      'select citus_schema_distribute(%L) where not exists (select from citus_schemas where schema_name = %L::regnamespace)',
      name, name);
  end loop;
end
$$;
