-- Who caused a movement of the centre's own, and why. The movement's hash covers it, so it is as fixed as the movement.
create table movement_note (
  epoch_id integer not null,
  seq bigint not null,
  -- As in `api_change`: `person:maria`, `client:web-shop`.
  actor text not null,
  reason text,
  -- The address of the document that it belongs to, as `/v1/orders/…`.
  document text,
  primary key (epoch_id, seq)
);
create index movement_note_document on movement_note (document, epoch_id, seq) where document is not null;
create trigger movement_note_append_only before update or delete or truncate on movement_note
  for each statement execute function refuse_change();
do $$ begin
  revoke update, delete, truncate on movement_note from tallygate_service;
exception when undefined_object or insufficient_privilege then
  null; -- 0005 says when the role is missing, and docs/audit.md what to do then.
end $$;
