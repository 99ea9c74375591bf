-- Whether the gateway has taken a notice. Those of before are nobody's news any more.
alter table wallet_notice add told boolean not null default true;
alter table wallet_notice alter told set default false;
create index wallet_notice_untold on wallet_notice (id) where not told;
