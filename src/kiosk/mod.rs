//! Counting without a desk: a tablet by the door and a poster for visitors' phones. Both may count and nothing else; neither asks who
//! comes nor tells who meets.
pub mod api;
pub mod device;
pub mod page;
mod store;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::json;

pub use device::{Device, Kind};

use crate::{
    audit::{self, By},
    db::Conn,
    error::{Error, Fault, Result},
    evaluations::{CODE_LENGTH, Code},
    id::Id,
    people::{Call, token::hash_of},
    say,
    time::Moment,
    visits::{self, Headcount, NewVisit, Purpose, Recorder, Visit, presence::Gathering, visit::check_time},
};

/// How many devices a house may have at once.
const MOST: i64 = 50;
/// How long a pairing code is good.
const PAIRING_SECONDS: i64 = 600;

/// How late a tablet may tell what it counted without network.
const LATEST_SECONDS: i64 = 24 * 3600;

/// What somebody says who comes.
#[derive(Debug, Clone, Copy)]
pub struct Arrival {
    /// When; without it now. A tablet that was without network tells later.
    pub at: Option<Moment>,
    /// How many.
    pub headcount: Headcount,
    /// What for.
    pub purpose: Purpose,
    /// To which gathering.
    pub booking_id: Option<Id>,
    /// The client's own key.
    pub client_id: Option<Id>,
}

fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(Error::internal)?;
    Ok(bytes)
}

/// All devices, newest first.
pub fn list(c: &mut Conn) -> Result<Vec<Device>> {
    store::list(c)
}

/// The device with this key.
pub fn get(c: &mut Conn, id: Id) -> Result<Device> {
    store::by_id(c, id)?.ok_or(Error::NotFound("device"))
}

/// A new one. A poster can count at once; a kiosk waits for its tablet.
pub fn create(c: &mut Conn, call: &Call, kind: Kind, name: &str) -> Result<Device> {
    store::lock(c)?;
    if store::standing(c)? >= MOST {
        return Err(Error::Conflict {
            code: "wrong_state",
            detail: say!(
                "Huset har redan {MOST} enheter. Stäng av någon först.",
                "The house has {MOST} devices already. Revoke one first."
            ),
        });
    }
    let code = match kind {
        Kind::Poster => Some(Code::from_random(random::<CODE_LENGTH>()?)),
        Kind::Kiosk => None,
    };
    let device = Device { id: Id::new(), kind, name: name.to_owned(), paired: false, code, created_at: call.now, revoked_at: None };
    store::insert(c, &device, call.caller.person.id)?;
    audit::record(c, &call.by(), "created", "device", Some(device.id.to_string()), None, Some(json!({"kind": kind, "name": name})))?;
    Ok(device)
}

/// A code by which one tablet takes the kiosk's token within the next minutes. The tablet that had it before is cut off then.
pub fn pairing_code(c: &mut Conn, call: &Call, id: Id) -> Result<(Code, Moment)> {
    let device = get(c, id)?;
    if device.kind != Kind::Kiosk || device.revoked_at.is_some() {
        return Err(Error::Conflict {
            code: "wrong_state",
            detail: say!("Bara en kiosk som inte är avstängd kan kopplas.", "Only a kiosk that is not revoked can be paired."),
        });
    }
    let code = Code::from_random(random::<CODE_LENGTH>()?);
    let until = call.now.plus_seconds(PAIRING_SECONDS);
    store::offer(c, id, &hash_of(code.as_str()), until)?;
    audit::record(c, &call.by(), "offered_pairing", "device", Some(id.to_string()), None, None)?;
    Ok((code, until))
}

/// A tablet takes the token that waits under this code: once.
pub fn pair(c: &mut Conn, by: &By, code: &Code) -> Result<(Device, String)> {
    let token = URL_SAFE_NO_PAD.encode(random::<32>()?);
    let id = store::pair(c, &hash_of(code.as_str()), &hash_of(&token), by.at)?.ok_or_else(|| {
        let message = say!(
            "gäller inte: be om en ny, den gäller i tio minuter och en gång",
            "is no good: ask for a new one, it is good once, for ten minutes"
        );
        Error::Invalid(vec![Fault::coded("code", "not_found", message)])
    })?;
    audit::record(c, by, "paired", "device", Some(id.to_string()), None, None)?;
    Ok((get(c, id)?, token))
}

/// It may not count any more. What it counted stays.
pub fn revoke(c: &mut Conn, call: &Call, id: Id) -> Result<Device> {
    get(c, id)?;
    if store::revoke(c, id, call.now)? {
        audit::record(c, &call.by(), "revoked", "device", Some(id.to_string()), None, None)?;
    }
    get(c, id)
}

/// The kiosk whose token this is.
pub fn by_token(c: &mut Conn, token: &str) -> Result<Option<Device>> {
    store::by_token(c, &hash_of(token))
}

/// The poster with this code.
pub fn by_code(c: &mut Conn, code: &Code) -> Result<Device> {
    store::by_code(c, code)?.ok_or(Error::NotFound("poster"))
}

/// What people may come to now.
pub fn gatherings(c: &mut Conn, now: Moment) -> Result<Vec<Gathering>> {
    visits::near(c, now)
}

/// Counts somebody in who says so at a device. `false` beside the count: it was counted before under the same key.
pub fn count(c: &mut Conn, device: &Device, arrival: Arrival, now: Moment) -> Result<(Visit, bool)> {
    let pace = device.kind.pace();
    let (recent, oldest) = store::counted_since(c, device.id, now.plus_seconds(-pace.seconds))?;
    if recent >= pace.most {
        let wait = oldest.map_or(pace.seconds, |oldest| oldest.plus_seconds(pace.seconds).seconds_since(now));
        return Err(Error::TooMany { retry_after: u64::try_from(wait.max(1)).unwrap_or(1) });
    }
    let at = arrival.at.unwrap_or(now);
    check_time(at, now).map_err(|fault| Error::Invalid(vec![fault]))?;
    if now.seconds_since(at) > LATEST_SECONDS {
        let message = say!("ligger mer än ett dygn tillbaka", "lies more than a day back");
        return Err(Error::Invalid(vec![Fault::coded("at", "too_old", message)]));
    }
    // A gathering that is not near is not to be found by trying.
    if let Some(booking) = arrival.booking_id
        && !gatherings(c, at)?.iter().any(|one| one.booking_id == booking)
    {
        let message = say!("är inte nu: välj vad du kommer för i stället", "is not now: choose what you come for instead");
        return Err(Error::Invalid(vec![Fault::coded("booking_id", "not_found", message)]));
    }
    let new = NewVisit {
        at,
        kind: visits::Kind::In,
        headcount: arrival.headcount,
        purpose: if arrival.booking_id.is_some() { Purpose::Gathering } else { arrival.purpose },
        organisation_id: None,
        booking_id: arrival.booking_id,
        client_id: arrival.client_id,
    };
    visits::record(c, Recorder::Device(device.id), new, now)
}
