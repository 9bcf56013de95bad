-- The ledger is listed by record time. All rows of one commit share it and new ones come last, so the tree stays small and
-- is only written at its right edge.
create index movement_record on movement (record_time);

-- Ranges of event time, for a few bytes per hundred pages: rows come nearly in the order in which things happened.
create index movement_event on movement using brin (event_time);
