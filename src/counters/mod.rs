//! Door counters: devices that may send what they count and nothing else, and whose count of visits holds in which hour.
pub mod api;
pub mod axis;
pub mod count;
pub mod counter;
mod file_api;
pub mod reading;
pub mod source;
mod store;

use std::collections::BTreeMap;

use serde_json::json;

use crate::{
    audit::{self, By},
    db::Conn,
    error::{Error, Result},
    http::page::Page,
    id::Id,
    import::{Faults, File, Line},
    people::{Call, token},
    say, settings,
    time::{Moment, Span},
};
use count::{Count, Verdict, judge};
pub use counter::{Counter, DeviceId, NewCounter};
use reading::{Reading, Step, step};
pub use source::{VisitHours, VisitSources};

/// So many lines may one file have.
pub const MOST: usize = 50_000;

/// One page of counters, newest first.
pub fn list(c: &mut Conn, page: &Page) -> Result<Vec<Counter>> {
    store::list(c, page)
}

/// Adds a counter; its token is told here and never again.
pub fn create(c: &mut Conn, call: &Call, new: &NewCounter) -> Result<(Counter, String)> {
    let token = token::new_secret()?;
    let id = store::insert(c, new, &token::hash_of(&token), call.now)?;
    let counter = get(c, id)?;
    audit::record(c, &call.by(), "created", "counter", Some(id.to_string()), None, Some(trace(&counter)))?;
    Ok((counter, token))
}

fn get(c: &mut Conn, id: Id) -> Result<Counter> {
    store::by_id(c, id)?.ok_or(Error::NotFound("counter"))
}

/// Takes a counter's token away; what it has counted stays.
pub fn revoke(c: &mut Conn, call: &Call, id: Id) -> Result<Counter> {
    let before = get(c, id)?;
    if !store::revoke(c, id, call.now)? {
        let detail = say!("Dörräknaren är redan återkallad.", "The door counter is revoked already.");
        return Err(Error::Conflict { code: "wrong_state", detail });
    }
    let after = get(c, id)?;
    audit::record(c, &call.by(), "revoked", "counter", Some(id.to_string()), Some(trace(&before)), Some(trace(&after)))?;
    Ok(after)
}

fn trace(counter: &Counter) -> serde_json::Value {
    json!({"name": counter.name, "door": counter.door, "device_id": counter.device_id, "revoked_at": counter.revoked_at})
}

/// The counter that calls with its own token. A wrong token, another's, one that was taken away and a device that nobody knows are
/// refused alike.
pub fn signed_in(c: &mut Conn, device: Option<&DeviceId>, token: &str) -> Result<Counter> {
    let found = device.map_or(Ok(None), |device| store::by_device(c, device))?;
    let sent = token::hash_of(token);
    let good = found.filter(|(counter, hash)| counter::same(hash, &sent) && counter.revoked_at.is_none());
    good.map(|(counter, _)| counter).ok_or_else(refused)
}

/// The refusal of a device.
fn refused() -> Error {
    Error::Unauthenticated {
        code: "unauthenticated",
        detail: say!(
            "Skicka dörräknarens egen kod som Bearer. Den visades när räknaren lades till; en ny får man genom att återkalla den och lägga till den igen.",
            "Send the door counter's own token as Bearer. It was shown when the counter was added; for a new one revoke it and add it again."
        ),
    }
}

/// What a device sends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sent {
    /// What it counted, stretch by stretch.
    Counts(Vec<Count>),
    /// How many have passed since midnight.
    Reading(Reading),
}

/// What became of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Counts that were new.
    pub added: usize,
    /// Counts that were there already.
    pub known: usize,
    /// Sums began anew in the middle of a day.
    pub reset: bool,
    /// Sums came so late that nobody can say in which hour people passed: they are left out.
    pub gap: bool,
}

/// Takes what a device sends; the same twice adds nothing.
pub fn take(c: &mut Conn, counter: &Counter, sent: Sent) -> Result<Outcome> {
    store::lock(c, counter.id)?;
    match sent {
        Sent::Counts(counts) => add(c, counter, &counts),
        Sent::Reading(reading) => {
            let (counts, reset, gap) = match step(store::last_reading(c, counter.id)?, reading) {
                Step::Known => return Ok(Outcome { known: 1, ..Outcome::default() }),
                Step::First => (vec![], false, false),
                Step::Gap { reset } => (vec![], reset, true),
                Step::Counted { counts, reset } => (counts, reset, false),
            };
            // What a file has told of that time already holds. To refuse the reading would be to refuse every later one too.
            let verdicts = judged(c, &counter.device_id, &counts)?;
            let new: Vec<Count> =
                counts.iter().zip(verdicts).filter(|(_, verdict)| *verdict == Verdict::New).map(|(count, _)| *count).collect();
            store::insert_counts(c, counter.id, &new)?;
            store::keep_reading(c, counter.id, reading, reset)?;
            Ok(Outcome { added: new.len(), known: counts.len().saturating_sub(new.len()), reset, gap })
        }
    }
}

fn add(c: &mut Conn, counter: &Counter, counts: &[Count]) -> Result<Outcome> {
    let (mut new, mut known) = (vec![], 0);
    for (count, verdict) in counts.iter().zip(judged(c, &counter.device_id, counts)?) {
        match verdict {
            Verdict::New => new.push(*count),
            Verdict::Known => known += 1,
            Verdict::Overlaps(_) => {
                return Err(Error::Conflict {
                    code: "counts_overlap",
                    detail: say!(
                        "Enheten har redan räknat för en del av den tiden, med andra tal. Inget är sparat.",
                        "The device has counted for some of that time already, with other numbers. Nothing is saved."
                    ),
                });
            }
        }
    }
    store::insert_counts(c, counter.id, &new)?;
    Ok(Outcome { added: new.len(), known, ..Outcome::default() })
}

fn judged(c: &mut Conn, device: &DeviceId, counts: &[Count]) -> Result<Vec<Verdict>> {
    let from = counts.iter().map(|count| count.span.start()).min();
    let to = counts.iter().map(|count| count.span.end()).max();
    let Some(during) = from.zip(to).and_then(|(from, to)| Span::new(from, to)) else { return Ok(vec![]) };
    Ok(judge(&store::counted(c, device, during)?, counts))
}

/// A line of a file with counts.
#[derive(Debug, Clone)]
pub struct CountLine {
    /// Who counted.
    pub device: DeviceId,
    /// What.
    pub count: Count,
}

/// Whose file it is.
#[derive(Debug, Clone, Copy)]
pub enum Sender<'a> {
    /// A device, of its own counts alone.
    Device(&'a Counter),
    /// An admin, of any counters of the house.
    Admin(&'a By),
}

/// Takes a file's lines: all of them, or none and every fault with its line. The same file twice adds nothing.
pub fn take_file(c: &mut Conn, sender: Sender, lines: &[Line<CountLine>], mut faults: Faults) -> Result<Outcome> {
    if let Some(first) = lines.get(MOST) {
        let message =
            say!("är en rad för mycket: högst {MOST} får komma på en gång", "is one line too many: at most {MOST} may come at once");
        faults.note(File::DoorCounts, first.number, "", message);
    }
    let mut by_device: BTreeMap<&DeviceId, Vec<&Line<CountLine>>> = BTreeMap::new();
    for line in lines {
        by_device.entry(&line.value.device).or_default().push(line);
    }
    let (mut new, mut known): (Vec<(Id, Vec<Count>)>, usize) = (vec![], 0);
    for (device, lines) in by_device {
        let Some(counter) = counter_of(c, sender, device, &lines, &mut faults)? else { continue };
        store::lock(c, counter)?;
        let counts: Vec<Count> = lines.iter().map(|line| line.value.count).collect();
        let mut of_device = vec![];
        for (line, verdict) in lines.iter().zip(judged(c, device, &counts)?) {
            match verdict {
                Verdict::New => of_device.push(line.value.count),
                Verdict::Known => known += 1,
                Verdict::Overlaps(other) => {
                    let (from, to) = (other.start(), other.end());
                    let message =
                        say!("enheten har redan andra tal för {from} till {to}", "the device has other numbers for {from} to {to} already");
                    faults.note(File::DoorCounts, line.number, "from", message);
                }
            }
        }
        new.push((counter, of_device));
    }
    if !faults.is_empty() {
        return Err(faults.refusal());
    }
    for (counter, counts) in &new {
        store::insert_counts(c, *counter, counts)?;
    }
    let added = new.iter().map(|(_, counts)| counts.len()).sum();
    if let Sender::Admin(by) = sender
        && added > 0
    {
        audit::record(c, by, "imported", "door_counts", None, None, Some(json!({"added": added, "known": known})))?;
    }
    Ok(Outcome { added, known, ..Outcome::default() })
}

/// The counter of a device, or the fault of every line that names it.
fn counter_of(c: &mut Conn, sender: Sender, device: &DeviceId, lines: &[&Line<CountLine>], faults: &mut Faults) -> Result<Option<Id>> {
    let (found, message) = match sender {
        Sender::Device(counter) => (
            (counter.device_id == *device).then_some(counter.id),
            say!("är en annan enhet än den som skickar", "is another device than the one that sends"),
        ),
        Sender::Admin(_) => (
            store::by_device(c, device)?.map(|(counter, _)| counter.id),
            say!("finns inte bland dörräknarna", "is not among the door counters"),
        ),
    };
    if found.is_none() {
        for line in lines {
            faults.note(File::DoorCounts, line.number, "device_id", message.clone());
        }
    }
    Ok(found)
}

/// The visits of a time hour by hour, each from the source that the house has set for it.
pub fn visit_hours(c: &mut Conn, from: Moment, to: Moment) -> Result<VisitHours> {
    let Some(during) = Span::new(from, to) else { return Ok(VisitHours::default()) };
    let parts = settings::get(c)?.visit_sources;
    let desk = store::desk_by_hour(c, during)?;
    if parts.is_empty() {
        return Ok(source::choose(&parts, None, &desk, &BTreeMap::new()));
    }
    let since = store::first(c)?.map(source::hour_of);
    Ok(source::choose(&parts, since, &desk, &store::doors_by_hour(c, during)?))
}
