//! Evaluations: one question about a gathering, asked by a link on a poster, answered anonymously.
pub mod api;
pub mod evaluation;
pub mod page;
pub mod store;

use uuid::Uuid;

use crate::{
    audit::{self, By},
    db::Conn,
    error::{Error, Result},
    id::Id,
    people::Call,
    time::Moment,
};
pub use evaluation::{CODE_LENGTH, Code, Evaluation, Gathering, RATINGS};

/// The code of a booking's link, made now if it has none: `true` beside it. For members of its organisation and the staff.
pub fn link(c: &mut Conn, call: &Call, booking: Id) -> Result<(Code, bool)> {
    let gathering = store::of_booking(c, booking)?
        .filter(|gathering| call.caller.may_see(gathering.organisation_id))
        .ok_or(Error::NotFound("booking"))?;
    gathering.check_asked_about()?;
    code_of(c, &call.by(), booking)
}

/// The code of a booking's link, made now if it has none: for whoever knows that there may be one.
pub fn code_of(c: &mut Conn, by: &By, booking: Id) -> Result<(Code, bool)> {
    if let Some(code) = store::code(c, booking)? {
        return Ok((code, false));
    }
    let mut random = [0_u8; CODE_LENGTH];
    getrandom::fill(&mut random).map_err(Error::internal)?;
    let code = Code::from_random(random);
    if store::insert_link(c, booking, &code, by.at)? {
        audit::record(c, by, "linked", "evaluation", Some(booking.to_string()), None, None)?;
        return Ok((code, true));
    }
    Ok((store::code(c, booking)?.ok_or_else(|| Error::internal("an evaluation link is gone"))?, false))
}

/// What a code asks about. For anybody.
pub fn question(c: &mut Conn, code: &Code) -> Result<Gathering> {
    store::of_code(c, code)?.ok_or(Error::NotFound("evaluation"))
}

/// As [`question`], but refused while it can't be answered.
pub fn open_question(c: &mut Conn, code: &Code, now: Moment) -> Result<Gathering> {
    let gathering = question(c, code)?;
    let answers = store::answers(c, gathering.booking_id)?;
    gathering.check_open(now, answers)?;
    Ok(gathering)
}

/// Takes an answer, once for each `key` that the sender gave it. For anybody; nothing about the sender is kept, nor the key: the
/// answer's own id is made of it, and who has the key can tell that the answer is there already.
pub fn answer(c: &mut Conn, code: &Code, key: Option<&str>, answer: &Evaluation, now: Moment) -> Result<()> {
    let Some(key) = key else {
        let gathering = open_question(c, code, now)?;
        return store::insert(c, Id(Uuid::new_v4()), gathering.booking_id, answer, now);
    };
    let id = evaluation::id_of(code, key);
    if store::by_id(c, id)?.is_none() {
        let gathering = open_question(c, code, now)?;
        // Another may have come first just now.
        store::insert(c, id, gathering.booking_id, answer, now)?;
    }
    match store::by_id(c, id)? {
        Some(there) if there == *answer => Ok(()),
        _ => Err(Error::key_reused()),
    }
}
