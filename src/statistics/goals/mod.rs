//! Goals against outcome: what the house promised for the year, and how far it is.
pub mod api;
pub mod goal;
mod store;

use serde_json::json;

pub use goal::{Figure, Goal, Outcome};

use super::{Period, categories, monthly};
use crate::{
    audit,
    db::Conn,
    error::{Error, Result},
    id::Id,
    people::Call,
    say,
    time::Moment,
};

/// How many goals a year may have.
const MOST: usize = 30;

/// A year's goals with what came of them by now.
pub fn outcomes(c: &mut Conn, year: i32, now: Moment) -> Result<Vec<Outcome>> {
    let goals = store::of_year(c, year)?;
    let Some(period) = Period::year(year).filter(|_| !goals.is_empty()) else { return Ok(vec![]) };
    let total = monthly(c, &period, now)?.total;
    let categories = categories(c, &period, now)?;
    let outcome = |goal: Goal| {
        let of_category = goal.category.and_then(|category| categories.iter().find(|one| one.category == category));
        let tally = of_category.map_or(total.tally, |one| one.tally);
        let outcome = match goal.figure {
            Figure::Gatherings => tally.gatherings,
            Figure::Participants => tally.participants,
            Figure::Visits => tally.visits,
            Figure::ActiveOrganisations => total.active_organisations,
        };
        let reached = outcome >= i64::from(goal.target);
        Outcome { goal, outcome, reached }
    };
    Ok(goals.into_iter().map(outcome).collect())
}

/// Sets a goal.
pub fn set(c: &mut Conn, call: &Call, goal: Goal) -> Result<Goal> {
    if goal.category.is_some() && goal.figure == Figure::ActiveOrganisations {
        let message = say!("går inte för aktiva organisationer: utelämna den", "does not go with active organisations: leave it out");
        return Err(Error::invalid("category", message));
    }
    if store::of_year(c, goal.year)?.len() >= MOST {
        let detail = say!("Ett år har högst {MOST} mål. Ta bort ett först.", "A year has {MOST} goals at most. Remove one first.");
        return Err(Error::Conflict { code: "wrong_state", detail });
    }
    store::insert(c, &goal, call.now)?;
    audit::record(c, &call.by(), "set", "goal", Some(goal.id.to_string()), None, Some(trace(&goal)))?;
    Ok(goal)
}

/// Takes a goal back.
pub fn remove(c: &mut Conn, call: &Call, id: Id) -> Result<()> {
    let goal = store::by_id(c, id)?.ok_or(Error::NotFound("goal"))?;
    store::delete(c, id)?;
    audit::record(c, &call.by(), "removed", "goal", Some(id.to_string()), Some(trace(&goal)), None)
}

fn trace(goal: &Goal) -> serde_json::Value {
    json!({"year": goal.year, "name": goal.name, "figure": goal.figure, "category": goal.category, "target": goal.target})
}
