//! SQL of the audit trail.
use diesel::prelude::*;
use serde_json::Value;

use super::{
    By,
    entry::{Entry, search_text},
};
use crate::{
    db::{Conn, schema::*},
    error::{Error, Result},
    http::page::{Cursor, Page},
    id::Id,
    say,
    text::{fold, like},
    time::Moment,
};

/// What was done, to be noted.
pub struct NewEntry<'a> {
    /// What was done.
    pub action: &'a str,
    /// To what kind of thing.
    pub noun: &'a str,
    /// To which of them.
    pub noun_id: Option<&'a str>,
    /// As it was.
    pub before: Option<&'a Value>,
    /// As it became.
    pub after: Option<&'a Value>,
}

/// Adds an entry.
pub fn insert(c: &mut Conn, by: &By, new: &NewEntry) -> Result<()> {
    let words = [new.action, new.noun, new.noun_id.unwrap_or("")];
    diesel::insert_into(audit_log::table)
        .values((
            audit_log::id.eq(Id::new()),
            audit_log::at.eq(by.at),
            audit_log::actor_id.eq(by.actor),
            audit_log::action.eq(new.action),
            audit_log::noun.eq(new.noun),
            audit_log::noun_id.eq(new.noun_id),
            audit_log::before.eq(new.before.map(ToString::to_string)),
            audit_log::after.eq(new.after.map(ToString::to_string)),
            audit_log::text_key.eq(search_text(&words, &[new.before, new.after])),
            audit_log::request_id.eq(&by.request_id),
        ))
        .execute(c)?;
    Ok(())
}

/// Which entries are asked for.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Words in what was done, in the values before and after, or in the actor's name.
    pub q: Option<String>,
    /// Done by this person.
    pub actor: Option<Id>,
    /// To this kind of thing.
    pub noun: Option<String>,
    /// To this very thing.
    pub noun_id: Option<String>,
    /// Not before.
    pub from: Option<Moment>,
    /// Before.
    pub to: Option<Moment>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = audit_log)]
struct Row {
    id: Id,
    at: Moment,
    action: String,
    noun: String,
    noun_id: Option<String>,
    before: Option<String>,
    after: Option<String>,
    request_id: Option<String>,
}

fn entry((row, actor): (Row, Option<(Id, String)>)) -> Result<Entry> {
    let value = |text: Option<String>| text.map(|text| serde_json::from_str(&text)).transpose().map_err(Error::internal);
    Ok(Entry {
        id: row.id,
        at: row.at,
        actor,
        action: row.action,
        noun: row.noun,
        noun_id: row.noun_id,
        before: value(row.before)?,
        after: value(row.after)?,
        request_id: row.request_id,
    })
}

/// Where the page after this entry begins.
#[must_use]
pub fn cursor(entry: &Entry) -> Cursor {
    Cursor { key: entry.at.unix().to_string(), id: entry.id }
}

/// A page of entries, latest first, and one more.
pub fn page(c: &mut Conn, filter: &Filter, page: &Page) -> Result<Vec<Entry>> {
    let mut query =
        audit_log::table.left_join(people::table).select((Row::as_select(), (people::id, people::name).nullable())).into_boxed();
    if let Some(q) = &filter.q {
        // Each word by itself: "amina changed" is in no single column.
        for word in fold(q).split(' ') {
            let pattern = like(word);
            let in_name = people::name_key.nullable().like(pattern.clone()).escape('\\');
            query = query.filter(audit_log::text_key.like(pattern).escape('\\').or(in_name));
        }
    }
    if let Some(actor) = filter.actor {
        query = query.filter(audit_log::actor_id.eq(actor));
    }
    if let Some(noun) = &filter.noun {
        query = query.filter(audit_log::noun.eq(noun));
    }
    if let Some(id) = &filter.noun_id {
        query = query.filter(audit_log::noun_id.eq(id));
    }
    if let Some(from) = filter.from {
        query = query.filter(audit_log::at.ge(from));
    }
    if let Some(to) = filter.to {
        query = query.filter(audit_log::at.lt(to));
    }
    if let Some(after) = &page.after {
        let wrong = || {
            Error::invalid(
                "cursor",
                say!("är ingen av våra: börja om från första sidan", "is none of ours: start again from the first page"),
            )
        };
        let at = Moment::from_unix(after.key.parse().map_err(|_| wrong())?);
        query = query.filter(audit_log::at.le(at).and(audit_log::at.lt(at).or(audit_log::id.lt(after.id))));
    }
    let rows: Vec<(Row, Option<(Id, String)>)> = query.order((audit_log::at.desc(), audit_log::id.desc())).limit(page.fetch()).load(c)?;
    rows.into_iter().map(entry).collect()
}
