-- The ledger of one site is listed by record time, too, without passing over what all others recorded since. All rows of one commit share
-- the entry, which PostgreSQL then keeps once for them, and each site's new ones come last among its own.
create index movement_site_record on movement (site_id, record_time);

-- What was changed last waits in a list of its own, which each search reads from end to end: a short one.
alter index item_words set (gin_pending_list_limit = 512);
select gin_clean_pending_list('item_words');
