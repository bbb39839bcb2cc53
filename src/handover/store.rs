//! SQL of notes and loans.
use diesel::prelude::*;

use super::{Loan, Note};
use crate::{
    db::{
        Both, Conn,
        schema::{loans, organisations, people, shift_notes as notes},
    },
    error::Result,
    http::page::Page,
    id::Id,
    text::fold,
    time::Moment,
};

/// How many open notes, and how many things that are out, are shown.
const MOST: i64 = 500;

type NoteRow = (Id, String, Option<(Id, String)>, Moment, Option<Moment>);

macro_rules! all_notes {
    () => {
        notes::table.left_join(people::table).select((
            notes::id,
            notes::text,
            (people::id, people::name).nullable(),
            notes::written_at,
            notes::done_at,
        ))
    };
}

fn noted((id, text, written_by, written_at, done_at): NoteRow) -> Note {
    Note { id, text, written_by, written_at, done_at }
}

/// Those that nobody has seen to, oldest first.
pub fn open_notes(c: &mut Conn) -> Result<Vec<Note>> {
    let open = all_notes!().filter(notes::done_at.is_null()).order((notes::written_at, notes::id)).limit(MOST);
    Ok(open.load::<NoteRow>(c)?.into_iter().map(noted).collect())
}

/// The note with this key.
pub fn note(c: &mut Conn, id: Id) -> Result<Option<Note>> {
    Ok(all_notes!().filter(notes::id.eq(id)).first::<NoteRow>(c).optional()?.map(noted))
}

/// A new one.
pub fn insert_note(c: &mut Conn, note: &Note, by: Id) -> Result<()> {
    let row = (notes::id.eq(note.id), notes::text.eq(&note.text), notes::written_by.eq(by), notes::written_at.eq(note.written_at));
    diesel::insert_into(notes::table).values(row).execute(c)?;
    Ok(())
}

/// Seen to, unless it was.
pub fn done(c: &mut Conn, id: Id, by: Id, now: Moment) -> Result<()> {
    let open = notes::table.filter(notes::id.eq(id)).filter(notes::done_at.is_null());
    diesel::update(open).set((notes::done_by.eq(by), notes::done_at.eq(now))).execute(c)?;
    Ok(())
}

type LoanRow = (Id, String, (Id, String), Option<Id>, String, Moment, Moment, Option<Moment>);

macro_rules! all_loans {
    () => {
        loans::table.inner_join(organisations::table).select((
            loans::id,
            loans::item,
            (organisations::id, organisations::name),
            loans::booking_id,
            loans::borrower,
            loans::lent_at,
            loans::due_at,
            loans::returned_at,
        ))
    };
}

fn lent((id, item, organisation, booking_id, borrower, lent_at, due_at, returned_at): LoanRow) -> Loan {
    Loan { id, item, organisation, booking_id, borrower, lent_at, due_at, returned_at }
}

/// What is out, by when it is due.
pub fn out(c: &mut Conn) -> Result<Vec<Loan>> {
    let out = all_loans!().filter(loans::returned_at.is_null()).order((loans::due_at, loans::id)).limit(MOST);
    Ok(out.load::<LoanRow>(c)?.into_iter().map(lent).collect())
}

/// One page of what came back, latest first.
pub fn returned(c: &mut Conn, page: &Page) -> Result<Vec<Loan>> {
    let mut query = all_loans!()
        .filter(loans::returned_at.is_not_null())
        .order((loans::returned_at.desc(), loans::id.desc()))
        .limit(page.fetch())
        .into_boxed();
    if let Some(after) = &page.after {
        let at: Moment = after.key.parse().map_err(|say| crate::error::Error::invalid("cursor", say))?;
        query = query.filter(loans::returned_at.lt(at).or(loans::returned_at.eq(at).and(loans::id.lt(after.id))));
    }
    Ok(query.load::<LoanRow>(c)?.into_iter().map(lent).collect())
}

/// The loan with this key.
pub fn loan(c: &mut Conn, id: Id) -> Result<Option<Loan>> {
    Ok(all_loans!().filter(loans::id.eq(id)).first::<LoanRow>(c).optional()?.map(lent))
}

/// A new one; `false` if the thing is out already.
pub fn insert_loan(c: &mut Conn, loan: &Loan, by: Id) -> Result<bool> {
    let row = (
        loans::id.eq(loan.id),
        loans::item.eq(&loan.item),
        loans::item_key.eq(fold(&loan.item)),
        loans::organisation_id.eq(loan.organisation.0),
        loans::booking_id.eq(loan.booking_id),
        loans::borrower.eq(&loan.borrower),
        loans::lent_by.eq(by),
        loans::lent_at.eq(loan.lent_at),
        loans::due_at.eq(loan.due_at),
    );
    Ok(Both(diesel::insert_into(loans::table).values(row).on_conflict_do_nothing()).execute(c)? == 1)
}

/// It is back; `false` if it was already.
pub fn take_back(c: &mut Conn, id: Id, by: Id, now: Moment) -> Result<bool> {
    let out = loans::table.filter(loans::id.eq(id)).filter(loans::returned_at.is_null());
    let back = (loans::returned_by.eq(by), loans::returned_at.eq(now), loans::borrower.eq(""));
    Ok(diesel::update(out).set(back).execute(c)? == 1)
}

/// Forgets notes from before `notes_before` and loans that came back before `loans_before`.
pub fn forget(c: &mut Conn, notes_before: Moment, loans_before: Moment) -> Result<usize> {
    let old = diesel::delete(notes::table.filter(notes::written_at.lt(notes_before))).execute(c)?;
    Ok(old + diesel::delete(loans::table.filter(loans::returned_at.lt(loans_before))).execute(c)?)
}
