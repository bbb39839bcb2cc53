//! SQL of figures by mail.
use diesel::prelude::*;

use super::Case;
use crate::{
    db::{
        Both, Conn,
        schema::{memberships, organisations, people, report_letters as sent},
    },
    error::Result,
    id::Id,
    time::Moment,
};

/// How many letters one round prepares.
const MOST: i64 = 200;

/// Admins who want the house's figures and have not got those of this period.
pub fn admins(c: &mut Conn, period: &str) -> Result<Vec<Case>> {
    let got = sent::table.filter(sent::period.eq(period)).filter(sent::about.eq("")).select(sent::person_id);
    let ids: Vec<Id> = people::table
        .filter(people::role.eq("admin"))
        .filter(people::disabled_at.is_null())
        .filter(people::report_letters.eq(true))
        .filter(people::id.ne_all(got))
        .order(people::id)
        .limit(MOST)
        .select(people::id)
        .load(c)?;
    Ok(ids.into_iter().map(|person| Case { period: period.to_owned(), person, organisation: None }).collect())
}

/// Those who run an association that has not ended, want its figures, and have not got those of this period.
pub fn managers(c: &mut Conn, period: &str) -> Result<Vec<Case>> {
    let got: Vec<(Id, String)> =
        sent::table.filter(sent::period.eq(period)).filter(sent::about.ne("")).select((sent::person_id, sent::about)).load(c)?;
    let all: Vec<(Id, Id)> = memberships::table
        .inner_join(people::table)
        .inner_join(organisations::table)
        .filter(memberships::organisation_admin.eq(true))
        .filter(people::disabled_at.is_null())
        .filter(people::report_letters.eq(true))
        .filter(organisations::status.ne("ended"))
        .order((memberships::organisation_id, memberships::person_id))
        .select((memberships::person_id, memberships::organisation_id))
        .load(c)?;
    let new = all.into_iter().filter(|(person, organisation)| !got.contains(&(*person, organisation.to_string())));
    let case = |(person, organisation)| Case { period: period.to_owned(), person, organisation: Some(organisation) };
    Ok(new.map(case).take(usize::try_from(MOST).unwrap_or(usize::MAX)).collect())
}

/// Takes a case; `false` if another process has it.
pub fn claim(c: &mut Conn, case: &Case, now: Moment) -> Result<bool> {
    let row = (
        sent::period.eq(&case.period),
        sent::person_id.eq(case.person),
        sent::about.eq(case.organisation.map(|id| id.to_string()).unwrap_or_default()),
        sent::sent_at.eq(now),
    );
    let once = (sent::period, sent::person_id, sent::about);
    Ok(Both(diesel::insert_into(sent::table).values(row).on_conflict(once).do_nothing()).execute(c)? == 1)
}
