-- Pages of what grows without end, of one site among many and by what a caller has at hand: each read along an index, newest first.
drop index document_site;
create index document_site on document (site_id, kind, id desc);
drop index document_to_site;
create index document_to_site on document (to_site_id, kind, id desc) where to_site_id is not null;
create index document_reference on document (reference, id desc) where reference is not null;
create index document_partner on document (partner, id desc) where partner is not null;
create index document_list_unclosed on document_list (id desc) where closed_at is null;
create index api_change_site on api_change (site_id, time, id) where site_id is not null;
-- Few lots are.
create index lot_blocked on lot (item_id, lot) where status = 'blocked';
