//! HTTP of the settings.
use actix_web::{HttpResponse, http::header, web};
use serde_json::{Value, json};

use super::{Change, Cutoff, PrimeTime, Retention, Settings, SourceHours, sources::MOST};
use crate::{
    app::State,
    error::Result,
    http::{
        at,
        body::Body,
        etag::{self, IfMatch},
        field::{self, Read},
    },
    people::guard::{Admin, Staff},
    say,
    time::WallTime,
};

/// `/settings`
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(at("/settings").get(read).patch(change));
}

fn wire(settings: &Settings) -> Value {
    json!(settings)
}

fn answer(settings: &Settings) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::ETAG, etag::of_version(settings.version))).json(wire(settings))
}

fn weekday(most: i32) -> impl Fn(&Value) -> Read<u8> {
    move |value| field::integer(1..=most)(value).map(|day| u8::try_from(day).unwrap_or(1))
}

/// A time of the day itself: its end at 24:00 is the beginning of the next one.
fn time_of_day(value: &Value) -> Read<WallTime> {
    let at: WallTime = field::parsed(value)?;
    if at.minutes() >= 24 * 60 {
        return Err(say!("ska ligga mellan 00:00 och 23:59", "must lie between 00:00 and 23:59").into());
    }
    Ok(at)
}

fn cutoff(value: &Value) -> Read<Cutoff> {
    field::object(|mut f| {
        let parts = (f.required("weekday", weekday(5)), f.required("at", time_of_day));
        let (weekday, at) = f.finish(parts)?;
        Ok(Cutoff { weekday, at })
    })(value)
}

fn prime_time(value: &Value) -> Read<PrimeTime> {
    field::object(|mut f| {
        let parts =
            (f.required("weekdays", field::list(7, weekday(7))), f.required("from", field::parsed), f.required("to", field::parsed));
        let (mut weekdays, from, to) = f.finish(parts)?;
        weekdays.sort_unstable();
        weekdays.dedup();
        Ok(PrimeTime { weekdays, from, to })
    })(value)
}

fn source_hours(value: &Value) -> Read<SourceHours> {
    field::object(|mut f| {
        let parts = (
            f.required("weekdays", field::filled_list(7, weekday(7))),
            f.required("from", field::parsed),
            f.required("to", field::parsed),
            f.required("source", field::parsed),
        );
        let (mut weekdays, from, to, source) = f.finish(parts)?;
        weekdays.sort_unstable();
        weekdays.dedup();
        Ok(SourceHours { weekdays, from, to, source })
    })(value)
}

fn retention_of(value: &Value) -> Read<Retention> {
    field::object(|mut f| {
        let parts = (
            f.required("contact_phones", field::integer(1..=730)),
            f.required("letters", field::integer(7..=730)),
            f.required("audit_trail", field::integer(365..=1095)),
            f.required("closed_accounts", field::integer(1..=3650)),
            f.required("shift_notes", field::integer(1..=730)),
            f.required("loans", field::integer(1..=1095)),
            f.required("roll_calls", field::integer(1..=3650)),
        );
        let (contact_phones, letters, audit_trail, closed_accounts, shift_notes, loans, roll_calls) = f.finish(parts)?;
        Ok(Retention { contact_phones, letters, audit_trail, closed_accounts, shift_notes, loans, roll_calls })
    })(value)
}

async fn read(state: web::Data<State>, Staff(_): Staff) -> Result<HttpResponse> {
    Ok(answer(&state.db.read(super::get).await?))
}

async fn change(state: web::Data<State>, Admin(call): Admin, expected: IfMatch, body: Body) -> Result<HttpResponse> {
    let mut f = body.fields()?;
    f.some_change();
    let parts = (
        f.change_or_clear("approval_hours", field::integer(1..=720)),
        f.change_or_clear("weekend_cutoff", cutoff),
        f.change("prime_time", prime_time),
        f.change("waitlist_hold_hours", field::integer(1..=72)),
        f.change_or_clear("no_show_minutes", field::integer(5..=120)),
        f.change("ask_participants", field::flag),
        f.change_or_clear("house_max_persons", field::integer(1..=100_000)),
        f.change("named_visits", field::flag),
        f.change("second_factor_required", field::flag),
        f.change("controller", field::line(0..=200)),
        f.change("privacy_contact", field::line(0..=200)),
        f.change("retention", retention_of),
        f.change("visit_sources", field::list(MOST, source_hours)),
    );
    let (
        approval_hours,
        weekend_cutoff,
        prime_time,
        waitlist_hold_hours,
        no_show_minutes,
        ask_participants,
        house_max_persons,
        named_visits,
        second_factor_required,
        controller,
        privacy_contact,
        retention,
        visit_sources,
    ) = f.finish(parts)?;
    let change = Change {
        approval_hours,
        weekend_cutoff,
        prime_time,
        waitlist_hold_hours,
        no_show_minutes,
        ask_participants,
        house_max_persons,
        named_visits,
        second_factor_required,
        controller,
        privacy_contact,
        retention,
        visit_sources,
    };
    let settings = state.db.write(move |c| super::change(c, &call.by(), expected, change)).await?;
    Ok(answer(&settings))
}
