-- Which changes the gateway has stored, to tell users' systems of them. Those of before are nobody's news.
alter table status_change add told boolean not null default true;
alter table status_change alter told set default false;
create index status_change_untold on status_change (change_id) where not told;
