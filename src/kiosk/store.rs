//! SQL of devices.
use diesel::prelude::*;

use super::Device;
use crate::{
    db::{
        Conn,
        schema::{devices, visits},
    },
    error::Result,
    evaluations::Code,
    id::Id,
    text::stored,
    time::Moment,
};

/// Devices that were revoked are shown too, the latest.
const SHOWN: i64 = 200;

type Row = (Id, String, String, Option<String>, Option<String>, Moment, Option<Moment>);

macro_rules! all {
    () => {
        devices::table.select((
            devices::id,
            devices::kind,
            devices::name,
            devices::token_hash,
            devices::code,
            devices::created_at,
            devices::revoked_at,
        ))
    };
}

fn parsed((id, kind, name, token_hash, code, created_at, revoked_at): Row) -> Result<Device> {
    let code = code.map(|code| stored::<Code>(&code)).transpose()?;
    Ok(Device { id, kind: stored(&kind)?, name, paired: token_hash.is_some(), code, created_at, revoked_at })
}

/// All of them, newest first: keys rise with time.
pub fn list(c: &mut Conn) -> Result<Vec<Device>> {
    all!().order(devices::id.desc()).limit(SHOWN).load::<Row>(c)?.into_iter().map(parsed).collect()
}

/// The one with this key.
pub fn by_id(c: &mut Conn, id: Id) -> Result<Option<Device>> {
    all!().filter(devices::id.eq(id)).first::<Row>(c).optional()?.map(parsed).transpose()
}

/// The kiosk with this token's hash.
pub fn by_token(c: &mut Conn, hash: &str) -> Result<Option<Device>> {
    all!().filter(devices::token_hash.eq(hash)).first::<Row>(c).optional()?.map(parsed).transpose()
}

/// The poster with this code that may count.
pub fn by_code(c: &mut Conn, code: &Code) -> Result<Option<Device>> {
    let standing = all!().filter(devices::code.eq(code.as_str())).filter(devices::revoked_at.is_null());
    standing.first::<Row>(c).optional()?.map(parsed).transpose()
}

/// How many may count.
pub fn standing(c: &mut Conn) -> Result<i64> {
    Ok(devices::table.filter(devices::revoked_at.is_null()).count().get_result(c)?)
}

/// Makes whoever else adds a device wait. SQLite has one writer.
pub fn lock(c: &mut Conn) -> Result<()> {
    if let Conn::Postgres(c) = c {
        diesel::sql_query("LOCK TABLE devices IN SHARE ROW EXCLUSIVE MODE").execute(c)?;
    }
    Ok(())
}

/// A new one.
pub fn insert(c: &mut Conn, device: &Device, by: Id) -> Result<()> {
    let row = (
        devices::id.eq(device.id),
        devices::kind.eq(device.kind.as_str()),
        devices::name.eq(&device.name),
        devices::code.eq(device.code.as_ref().map(Code::as_str)),
        devices::created_by.eq(by),
        devices::created_at.eq(device.created_at),
    );
    diesel::insert_into(devices::table).values(row).execute(c)?;
    Ok(())
}

/// A token waits for whoever has the code.
pub fn offer(c: &mut Conn, id: Id, pairing_hash: &str, until: Moment) -> Result<()> {
    let offered = (devices::pairing_hash.eq(pairing_hash), devices::pairing_until.eq(until));
    diesel::update(devices::table.find(id)).set(offered).execute(c)?;
    Ok(())
}

/// Gives the token to whoever has the code, and gives the device: nobody finds the code twice.
pub fn pair(c: &mut Conn, pairing_hash: &str, token_hash: &str, now: Moment) -> Result<Option<Id>> {
    let found: Option<Id> = devices::table
        .filter(devices::pairing_hash.eq(pairing_hash))
        .filter(devices::pairing_until.gt(now))
        .select(devices::id)
        .first(c)
        .optional()?;
    let Some(id) = found else { return Ok(None) };
    let none = (devices::pairing_hash.eq(None::<String>), devices::pairing_until.eq(None::<Moment>));
    let waiting = devices::table.filter(devices::id.eq(id)).filter(devices::pairing_hash.eq(pairing_hash));
    let taken = diesel::update(waiting).set((devices::token_hash.eq(token_hash), none)).execute(c)?;
    Ok((taken == 1).then_some(id))
}

/// It may not count any more; `false` if that was so already.
pub fn revoke(c: &mut Conn, id: Id, now: Moment) -> Result<bool> {
    let none = (
        devices::token_hash.eq(None::<String>),
        devices::pairing_hash.eq(None::<String>),
        devices::pairing_until.eq(None::<Moment>),
        devices::revoked_at.eq(now),
    );
    Ok(diesel::update(devices::table.filter(devices::id.eq(id)).filter(devices::revoked_at.is_null())).set(none).execute(c)? == 1)
}

/// How often it has counted since then, and when first.
pub fn counted_since(c: &mut Conn, device: Id, since: Moment) -> Result<(i64, Option<Moment>)> {
    let recent = visits::table.filter(visits::device_id.eq(device)).filter(visits::recorded_at.gt(since));
    Ok(recent.select((diesel::dsl::count_star(), diesel::dsl::min(visits::recorded_at))).first(c)?)
}
