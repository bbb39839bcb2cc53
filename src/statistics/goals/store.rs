//! SQL of goals.
use diesel::prelude::*;

use super::goal::Goal;
use crate::{
    db::{Conn, schema::goals},
    error::Result,
    id::Id,
    text::stored,
    time::Moment,
};

type Row = (Id, i32, String, String, Option<String>, i32);

fn parsed((id, year, name, figure, category, target): Row) -> Result<Goal> {
    let category = category.map(|category| stored(&category)).transpose()?;
    Ok(Goal { id, year, name, figure: stored(&figure)?, category, target })
}

/// A year's goals, in the order in which they were set.
pub fn of_year(c: &mut Conn, year: i32) -> Result<Vec<Goal>> {
    let columns = (goals::id, goals::year, goals::name, goals::figure, goals::category, goals::target);
    goals::table.filter(goals::year.eq(year)).order(goals::id).select(columns).load::<Row>(c)?.into_iter().map(parsed).collect()
}

/// The goal with this key.
pub fn by_id(c: &mut Conn, id: Id) -> Result<Option<Goal>> {
    let columns = (goals::id, goals::year, goals::name, goals::figure, goals::category, goals::target);
    goals::table.find(id).select(columns).first::<Row>(c).optional()?.map(parsed).transpose()
}

/// A new one.
pub fn insert(c: &mut Conn, goal: &Goal, now: Moment) -> Result<()> {
    let row = (
        goals::id.eq(goal.id),
        goals::year.eq(goal.year),
        goals::name.eq(&goal.name),
        goals::figure.eq(goal.figure.as_str()),
        goals::category.eq(goal.category.map(|category| category.as_str())),
        goals::target.eq(goal.target),
        goals::created_at.eq(now),
    );
    diesel::insert_into(goals::table).values(row).execute(c)?;
    Ok(())
}

/// Takes it away.
pub fn delete(c: &mut Conn, id: Id) -> Result<()> {
    diesel::delete(goals::table.find(id)).execute(c)?;
    Ok(())
}
