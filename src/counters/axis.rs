//! What Axis devices send, read by their own names.
//!
//! Two shapes: the push of "Axis Retail Data" 0.4, which tells stretches of time, and the `live-sum` that a device tells who asks
//! it, with how many have passed since midnight by its own clock.
use chrono::NaiveDateTime;
use serde_json::Value;

use super::{
    Sent,
    count::{Count, MOST, check_span},
    counter::DeviceId,
    reading::Reading,
};
use crate::{
    error::{Error, Fault, Result},
    say,
    time::{Moment, Span},
};

const API: &str = "Axis Retail Data";
const KIND: &str = "people-counts";
/// More stretches than a device keeps for a day, minute by minute.
const MOST_STRETCHES: usize = 1500;

/// Reads what a device sent; `device` is the one whose token came with it.
pub fn read(body: &Value, device: &DeviceId, now: Moment) -> Result<Sent> {
    let mut faults = vec![];
    let sent =
        if body.get("apiName").is_some() { retail(body, device, now, &mut faults) } else { live_sum(body, device, now, &mut faults) };
    match sent {
        Some(sent) if faults.is_empty() => Ok(sent),
        _ => Err(Error::Invalid(faults)),
    }
}

fn serial(found: Option<&Value>, field: &str, device: &DeviceId, faults: &mut Vec<Fault>) {
    if found.and_then(Value::as_str).and_then(|text| text.parse::<DeviceId>().ok()).as_ref() != Some(device) {
        let message = say!("ska vara {device}, som koden gäller", "must be {device}, which the token is for");
        faults.push(Fault::new(field, message));
    }
}

fn people(value: &Value, field: String, faults: &mut Vec<Fault>) -> Option<i32> {
    let number = value.as_i64().and_then(|number| i32::try_from(number).ok()).filter(|number| (0..=MOST).contains(number));
    if number.is_none() {
        faults.push(Fault::new(field, say!("ska vara ett heltal från 0 till {MOST}", "must be a whole number from 0 to {MOST}")));
    }
    number
}

fn moment(value: &Value, field: String, faults: &mut Vec<Fault>) -> Option<Moment> {
    let read = value.as_str().unwrap_or_default().parse::<Moment>();
    read.map_err(|say| faults.push(Fault::new(field, say))).ok()
}

fn retail(body: &Value, device: &DeviceId, now: Moment, faults: &mut Vec<Fault>) -> Option<Sent> {
    if body["apiName"] != API {
        faults.push(Fault::new("apiName", say!("ska vara {API}", "must be {API}")));
    }
    serial(body.pointer("/sensor/serial"), "sensor.serial", device, faults);
    let Some(measurements) = body.pointer("/data/measurements").and_then(Value::as_array).filter(|all| all.len() <= MOST_STRETCHES) else {
        let message = say!("ska vara en lista med högst {MOST_STRETCHES}", "must be a list of at most {MOST_STRETCHES}");
        faults.push(Fault::new("data.measurements", message));
        return None;
    };
    let mut counts = vec![];
    for (i, one) in measurements.iter().enumerate().filter(|(_, one)| one["kind"] == KIND) {
        let field = |name: &str| format!("data.measurements.{i}.{name}");
        let from = moment(&one["utcFrom"], field("utcFrom"), faults);
        let to = moment(&one["utcTo"], field("utcTo"), faults);
        let (mut count_in, mut count_out) = (0, 0);
        for (n, item) in one["items"].as_array().into_iter().flatten().enumerate() {
            let counted = people(&item["count"], field(&format!("items.{n}.count")), faults).unwrap_or(0);
            match item["direction"].as_str() {
                Some("in") => count_in = i32::saturating_add(count_in, counted),
                Some("out") => count_out = i32::saturating_add(count_out, counted),
                _ => faults.push(Fault::new(field(&format!("items.{n}.direction")), say!("ska vara in eller out", "must be in or out"))),
            }
        }
        if count_in.max(count_out) > MOST {
            faults.push(Fault::new(field("items"), say!("ska ge högst {MOST} tillsammans", "must add up to {MOST} at most")));
        }
        let (Some(from), Some(to)) = (from, to) else { continue };
        match Span::new(from, to).ok_or_else(|| say!("ska ligga efter starten", "must lie after the start")).and_then(|span| {
            check_span(span, now)?;
            Ok(span)
        }) {
            Ok(span) => counts.push(Count { span, count_in, count_out }),
            Err(say) => faults.push(Fault::new(field("utcTo"), say)),
        }
    }
    Some(Sent::Counts(counts))
}

fn live_sum(body: &Value, device: &DeviceId, now: Moment, faults: &mut Vec<Fault>) -> Option<Sent> {
    serial(body.get("serial"), "serial", device, faults);
    let stamp = body["timestamp"].as_str().and_then(|text| NaiveDateTime::parse_from_str(text, "%Y%m%d%H%M%S").ok());
    let at = stamp.map(Moment::at_wall_or_jump);
    match at {
        None => {
            let message = say!("ska vara enhetens klocka som ÅÅÅÅMMDDttmmss", "must be the device's clock as YYYYMMDDhhmmss");
            faults.push(Fault::new("timestamp", message));
        }
        Some(at) if at > now.plus_seconds(60) => faults.push(Fault::new("timestamp", say!("ligger i framtiden", "lies in the future"))),
        Some(_) => {}
    }
    let total_in = people(&body["in"], "in".to_owned(), faults);
    let total_out = people(&body["out"], "out".to_owned(), faults);
    Some(Sent::Reading(Reading { at: at?, total_in: total_in?, total_out: total_out? }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn device() -> DeviceId {
        "b8a44fa89c85".parse().unwrap()
    }
    fn now() -> Moment {
        "2026-11-24T18:00:00+01:00".parse().unwrap()
    }
    fn pushed(from: &str, to: &str) -> Value {
        json!({
            "apiName": "Axis Retail Data", "apiVersion": "0.4", "utcSent": "2026-11-24T16:45:38Z", "localSent": "2026-11-24T17:45:38",
            "data": {
                "utcFrom": from, "utcTo": to,
                "measurements": [
                    {"kind": "people-counts", "utcFrom": from, "utcTo": to, "items": [
                        {"direction": "in", "count": 4, "adults": 3}, {"direction": "out", "count": 2, "adults": 2},
                    ]},
                    {"kind": "dwell-times"},
                ],
            },
            "sensor": {"application": "AXIS 3D People Counter", "serial": "B8:A4:4F:A8:9C:85", "timeZone": "Europe/Stockholm"},
        })
    }
    fn fields(read: Result<Sent>) -> Vec<String> {
        let Err(Error::Invalid(faults)) = read else { panic!("{read:?}") };
        faults.into_iter().map(|fault| fault.field).collect()
    }

    #[test]
    fn a_push_tells_stretches_of_time() {
        let sent = read(&pushed("2026-11-24T16:30:00Z", "2026-11-24T16:45:00Z"), &device(), now()).unwrap();
        let span = Span::new("2026-11-24T17:30:00+01:00".parse().unwrap(), "2026-11-24T17:45:00+01:00".parse().unwrap()).unwrap();
        assert_eq!(sent, Sent::Counts(vec![Count { span, count_in: 4, count_out: 2 }]));
        let mut test = pushed("2026-11-24T16:30:00Z", "2026-11-24T16:45:00Z");
        test["data"]["measurements"] = json!([]);
        assert_eq!(read(&test, &device(), now()).unwrap(), Sent::Counts(vec![]), "a device's test of the connection");
    }

    #[test]
    fn every_fault_of_a_push_is_told() {
        let mut bad = pushed("2026-11-24T16:30:00", "2026-11-24T16:45:00Z");
        bad["sensor"]["serial"] = json!("accc8ef3d92e");
        bad["data"]["measurements"][0]["items"][0]["count"] = json!(-1);
        bad["data"]["measurements"][0]["items"][1]["direction"] = json!("up");
        assert_eq!(
            fields(read(&bad, &device(), now())),
            ["sensor.serial", "data.measurements.0.utcFrom", "data.measurements.0.items.0.count", "data.measurements.0.items.1.direction",]
        );
        let late = pushed("2026-11-24T15:30:00Z", "2026-11-24T16:45:00Z");
        assert_eq!(fields(read(&late, &device(), now())), ["data.measurements.0.utcTo"]);
        let mut crowd = pushed("2026-11-24T16:30:00Z", "2026-11-24T16:45:00Z");
        crowd["data"]["measurements"][0]["items"] = vec![json!({"direction": "in", "count": MOST}); 30_000].into();
        assert_eq!(fields(read(&crowd, &device(), now())), ["data.measurements.0.items"]);
        assert_eq!(fields(read(&json!({"apiName": "x"}), &device(), now())), ["apiName", "sensor.serial", "data.measurements"]);
    }

    #[test]
    fn a_live_sum_tells_how_many_have_passed_today_by_the_devices_clock() {
        let body = json!({"serial": "B8A44FA89C85", "name": "Huvudentrén", "timestamp": "20261124174500", "in": 12, "out": 3});
        let at = "2026-11-24T17:45:00+01:00".parse().unwrap();
        assert_eq!(read(&body, &device(), now()).unwrap(), Sent::Reading(Reading { at, total_in: 12, total_out: 3 }));
        let bad = json!({"serial": 7, "timestamp": "2026-11-24", "in": "12"});
        assert_eq!(fields(read(&bad, &device(), now())), ["serial", "timestamp", "in", "out"]);
        let ahead = json!({"serial": "B8A44FA89C85", "timestamp": "20261124184500", "in": 1, "out": 1});
        assert_eq!(fields(read(&ahead, &device(), now())), ["timestamp"]);
    }
}
