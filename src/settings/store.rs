//! SQL of the settings.
use diesel::prelude::*;

use super::{
    retention,
    setting::{Cutoff, PrimeTime, Settings},
    sources,
};
use crate::{
    db::{Conn, schema::house_settings},
    error::{Error, Result},
    time::WallTime,
};

type Row = (
    i32,
    Option<i32>,
    Option<i32>,
    Option<i32>,
    i32,
    i32,
    i32,
    i32,
    i32,
    Option<i32>,
    bool,
    Option<i32>,
    bool,
    String,
    bool,
    String,
    String,
    String,
);

fn wall(minutes: i32) -> Result<WallTime> {
    u16::try_from(minutes).ok().and_then(WallTime::from_minutes).ok_or_else(|| Error::internal("a setting at no time of day"))
}

/// All of them.
pub fn read(c: &mut Conn) -> Result<Settings> {
    let (
        _,
        approval_hours,
        weekday,
        minute,
        weekdays,
        from,
        to,
        version,
        hold,
        no_show_minutes,
        ask_participants,
        house_max_persons,
        named_visits,
        sources,
        second_factor_required,
        controller,
        privacy_contact,
        retention,
    ): Row = house_settings::table.first(c)?;
    let weekend_cutoff = match (weekday.and_then(|day| u8::try_from(day).ok()), minute) {
        (Some(weekday), Some(minute)) => Some(Cutoff { weekday, at: wall(minute)? }),
        _ => None,
    };
    let weekdays = (1..=7u8).filter(|day| weekdays & (1 << (day - 1)) != 0).collect();
    Ok(Settings {
        approval_hours,
        weekend_cutoff,
        prime_time: PrimeTime { weekdays, from: wall(from)?, to: wall(to)? },
        waitlist_hold_hours: hold,
        no_show_minutes,
        ask_participants,
        house_max_persons,
        named_visits,
        second_factor_required,
        controller,
        privacy_contact,
        retention: retention::from_stored(&retention)?,
        visit_sources: sources::from_stored(&sources)?,
        version,
    })
}

/// Writes changed ones whose version was raised by one; `false` if somebody else changed them in the meantime.
pub fn update(c: &mut Conn, settings: &Settings) -> Result<bool> {
    let weekdays: i32 = settings.prime_time.weekdays.iter().map(|day| 1 << (day - 1)).sum();
    let previous = house_settings::table.filter(house_settings::version.eq(settings.version - 1));
    let set = (
        house_settings::approval_hours.eq(settings.approval_hours),
        house_settings::cutoff_weekday.eq(settings.weekend_cutoff.map(|cutoff| i32::from(cutoff.weekday))),
        house_settings::cutoff_minute.eq(settings.weekend_cutoff.map(|cutoff| i32::from(cutoff.at.minutes()))),
        house_settings::prime_weekdays.eq(weekdays),
        house_settings::prime_from.eq(i32::from(settings.prime_time.from.minutes())),
        house_settings::prime_to.eq(i32::from(settings.prime_time.to.minutes())),
        house_settings::version.eq(settings.version),
        house_settings::waitlist_hold_hours.eq(settings.waitlist_hold_hours),
        house_settings::no_show_minutes.eq(settings.no_show_minutes),
        house_settings::ask_participants.eq(settings.ask_participants),
        house_settings::house_max_persons.eq(settings.house_max_persons),
        house_settings::named_visits.eq(settings.named_visits),
        house_settings::second_factor_required.eq(settings.second_factor_required),
        house_settings::controller.eq(&settings.controller),
        house_settings::privacy_contact.eq(&settings.privacy_contact),
        house_settings::retention.eq(retention::to_stored(&settings.retention)?),
        house_settings::visit_sources.eq(sources::to_stored(&settings.visit_sources)),
    );
    Ok(diesel::update(previous).set(set).execute(c)? == 1)
}
