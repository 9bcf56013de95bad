-- Stock as of a past time is the sum of an item's postings up to then. All that the sum needs stands in the index, so that an item with
-- thousands of movements costs thousands of index entries side by side, and not as many pages all over the ledger.
drop index movement_item_event;
create index movement_item_event on movement (item_id, event_time)
  include (record_time, posted_from, posted_to, quantity) where item_id is not null;
