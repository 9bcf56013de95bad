-- Events are judged by who writes them, where their data are at hand, and not by who gives them numbers: those that fit the contract are
-- moved into the log as they stand, by the server alone.
alter table outbox alter column data type json using data::json;
-- Why the data do not fit the contract; null where they do.
alter table outbox add column why text;
alter table event_refused alter column data type json using data::json;

-- What was before and after is only ever shown whole: kept as it was written, it costs half as much to write.
alter table api_change alter column before type json using before::json, alter column after type json using after::json;
