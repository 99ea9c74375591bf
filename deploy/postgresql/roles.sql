-- Makes Herald's roles and schemas in a database of its own. Run it as superuser, connected to that database:
--   createdb herald
--   psql -d herald -v gateway="'…'" -v campaign="'…'" -v analytics="'…'" -v billing="'…'" -f roles.sql
-- Each service owns one schema, and sees no other.
create role herald_gateway login password :gateway;
create role herald_campaign login password :campaign;
create role herald_analytics login password :analytics;
create role herald_billing login password :billing;
create schema gateway authorization herald_gateway;
create schema campaign authorization herald_campaign;
create schema analytics authorization herald_analytics;
create schema billing authorization herald_billing;
revoke all on schema public from public;
