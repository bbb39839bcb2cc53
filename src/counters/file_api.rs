//! Files with counts: which of the two kinds a file is, and the lines of a door counter's.
use super::{
    CountLine,
    count::{Count, MOST, check_span},
};
use crate::{
    error::Fault,
    http::field::{Fields, moment, parsed, query_integer},
    import::{Faults, File, Line, table::Table},
    say,
    time::{Moment, Span},
};

/// Which file begins with this line: visits unless a column is a device's own.
#[must_use]
pub fn kind(content: &[u8]) -> File {
    let first = content.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let names = String::from_utf8_lossy(first);
    let is_device = names.trim_start_matches('\u{feff}').split(',').any(|name| name.trim().trim_matches('"') == "device_id");
    if is_device { File::DoorCounts } else { File::Visits }
}

/// The lines of a door counter's file, and what is wrong with single ones.
pub fn counts(content: &[u8], now: Moment) -> (Vec<Line<CountLine>>, Faults) {
    let mut faults = Faults::default();
    let lines = Table { file: File::DoorCounts, content }.read(&mut faults, &mut vec![], |f| line(f, now));
    (lines, faults)
}

fn line(f: &mut Fields, now: Moment) -> Option<CountLine> {
    let device = f.required("device_id", parsed);
    let (from, to) = (f.required("from", moment), f.required("to", moment));
    let (count_in, count_out) = (f.required("in", query_integer(0..=MOST)), f.required("out", query_integer(0..=MOST)));
    let (from, to) = (from?, to?);
    let Some(span) = Span::new(from, to) else {
        f.fault(Fault::new("to", say!("ska ligga efter from", "must lie after from")));
        return None;
    };
    if let Err(message) = check_span(span, now) {
        f.fault(Fault::new("to", message));
        return None;
    }
    Some(CountLine { device: device?, count: Count { span, count_in: count_in?, count_out: count_out? } })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_told_by_its_first_line() {
        assert_eq!(kind(b"device_id,from,to,in,out\nx"), File::DoorCounts);
        assert_eq!(kind("\u{feff}from,to,\"device_id\",in,out\r\n".as_bytes()), File::DoorCounts);
        assert_eq!(kind(b"arrived_at,headcount,purpose,organisation,booking_uid\n"), File::Visits);
        assert_eq!(kind(b""), File::Visits);
    }
}
