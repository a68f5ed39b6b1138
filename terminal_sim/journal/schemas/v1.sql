-- One row of one terminal. `seq` counts the file's rows and `number` the terminal's, both from 1 without a gap.
-- `mono` and `wall` are microseconds; `txn` is the payment that the row speaks of, where it speaks of one.
-- `hash` is SHA-256 over `prev_hash`, which is the hash of the terminal's row before, and all other columns but seq.
create table journal (
    seq integer primary key,
    terminal text not null,
    number integer not null,
    boot integer not null,
    mono integer not null,
    wall integer not null,
    kind text not null,
    txn text,
    fields text not null,
    prev_hash blob not null,
    hash blob not null,
    unique (terminal, number)
) strict;

create trigger journal_is_never_changed before update on journal
begin
    select raise(abort, 'the journal is append-only');
end;

create trigger journal_is_never_shortened before delete on journal
begin
    select raise(abort, 'the journal is append-only');
end;
