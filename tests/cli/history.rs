//! Other systems' bookings: exports as MRBS, LibreBooking and calendars write them, under tests/fixtures/history.
use std::{fs, path::PathBuf};

use super::{
    database::Database,
    support::{Place, Ran, sample},
};

/// A place with the rooms and organisations of the sample year, and no bookings.
fn place() -> (Place, Database) {
    let database = Database::new();
    let place = Place::new().with("DATABASE_URL", &database.url());
    let year = place.copy_of_sample();
    for file in ["bookings.csv", "visits.csv", "evaluations.csv"] {
        let text = fs::read_to_string(sample().join(file)).unwrap();
        fs::write(year.join(file), text.lines().next().unwrap()).unwrap();
    }
    assert_eq!(place.run(&["import", year.to_str().unwrap()]).code, 0);
    (place, database)
}

fn fixture(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/history").join(name)
}

fn import(place: &Place, file: &str, from: &str, mapping: &str, more: &[&str]) -> Ran {
    let mut arguments = vec!["import-history", file, "--from", from, "--mapping", mapping];
    arguments.extend(more);
    place.run(&arguments)
}

/// Copies a fixture to where the program runs, changed.
fn changed(place: &Place, name: &str, changes: &[(&str, &str)]) {
    let mut text = fs::read_to_string(fixture(name)).unwrap();
    for (from, to) in changes {
        assert_eq!(text.matches(from).count(), 1, "{from} in {name}");
        text = text.replace(from, to);
    }
    fs::write(place.path(name), text).unwrap();
}

/// Asserts that a dry run tells this, that it saves nothing, and that two runs after it add what it said and then nothing.
#[track_caller]
fn comes_in(file: &str, from: &str, mapping: &str, told: &[&str], counts: [usize; 3]) -> (Place, Database) {
    let (place, database) = place();
    changed(&place, file, &[]);
    changed(&place, mapping, &[]);
    let [new, left_out, cancelled] = counts;
    let dry = import(&place, file, from, mapping, &["--dry-run"]);
    assert_eq!(dry.code, 0, "{dry:?}");
    let lines: Vec<&str> = dry.out.lines().collect();
    let mut expected = told.to_vec();
    let summary = format!("{new} would be booked, 0 are there already, {left_out} are left out, 0 have a fault. Nothing is saved.");
    expected.push(&summary);
    assert_eq!(lines, expected);
    let first = import(&place, file, from, mapping, &[]);
    assert_eq!(
        (first.code, first.out.trim()),
        (0, &*format!("Added {new} bookings; 0 were there already, {left_out} lines were left out.")),
        "{first:?}"
    );
    let second = import(&place, file, from, mapping, &[]);
    assert_eq!(
        (second.code, second.out.trim()),
        (0, &*format!("Added 0 bookings; {new} were there already, {left_out} lines were left out."))
    );
    let dry = import(&place, file, from, mapping, &["--dry-run"]);
    assert!(dry.out.contains(&format!("0 would be booked, {new} are there already")), "{dry:?}");
    // The figures know them as they know every other booking.
    let figures: serde_json::Value = serde_json::from_str(&place.run(&["figures", "2022", "--format", "json"]).out).unwrap();
    assert_eq!(figures["gatherings"], new - cancelled, "{figures}");
    assert_eq!(figures["cancelled"], cancelled);
    (place, database)
}

#[test]
fn the_csv_of_mrbs_comes_in() {
    comes_in(
        "mrbs.csv",
        "mrbs",
        "mrbs.toml",
        &[
            "2: is booked: konferens-1 2022-03-14T18:00:00+01:00 to 2022-03-14T20:00:00+01:00, Styrelsemöte ”Örtagården”, Möllevångens odlare, board_meeting, held",
            "4: is booked: kafeet 2022-03-15T17:30:00+01:00 to 2022-03-15T21:00:00+01:00, Schackklubben – \"blixt\", Sorgenfri schackklubb, meeting, held",
            "5: is booked: aulan 2022-03-26T10:00:00+01:00 to 2022-03-27T16:00:00+02:00, Kulturhelg, två dygn, Möllevångens odlare, culture, held",
            "6: is booked: kafeet 2022-03-16T15:00:00+01:00 to 2022-03-16T17:00:00+01:00, Läxhjälp, Möllevångens odlare, meeting, cancelled",
            "7: left out: never became a booking (status Preliminär) (Kanske ett möte)",
            "8: left out: the room Cykelförrådet is left out (leave_out) (Cykelhörnan)",
            "9: is booked: kafeet 2022-10-29T23:00:00+02:00 to 2022-10-30T03:30:00+01:00, Nattvandring, Möllevångens odlare, board_meeting, held",
            "10: is booked: konferens-2 2022-03-14T18:00:00+01:00 to 2022-03-14T19:00:00+01:00, Möte, Kastanjen demokratiforum, board_meeting, held",
        ],
        [6, 2, 1],
    );
}

#[test]
fn the_calendar_of_mrbs_comes_in_with_every_entry_of_every_series() {
    comes_in(
        "mrbs.ics",
        "mrbs",
        "plain.toml",
        &[
            "23: is booked: kafeet 2022-04-05T18:00:00+02:00 to 2022-04-05T20:00:00+02:00, Språkkafé, nybörjare, Möllevångens odlare, other, held",
            "37: is booked: aulan 2022-04-05T18:00:00+02:00 to 2022-04-05T21:00:00+02:00, Körövning med en rubrik som är så lång att den fortsätter på nästa rad, Kastanjen demokratiforum, culture, held",
            "50: left out: never became a booking (status TENTATIVE) (Kanske kör)",
        ],
        [2, 1, 0],
    );
}

#[test]
fn the_csv_of_librebooking_comes_in_and_one_reservation_may_hold_two_rooms() {
    comes_in(
        "librebooking.csv",
        "librebooking",
        "librebooking.toml",
        &[
            "2: is booked: konferens-2 2022-05-03T13:00:00+02:00 to 2022-05-03T16:30:00+02:00, R&D \"Läget\" '22, Möllevångens odlare, course, held",
            "3: is booked: verkstaden 2022-05-03T13:00:00+02:00 to 2022-05-05T16:30:00+02:00, Snickarkurs, Sorgenfri schackklubb, course, held",
            "4: is booked: konferens-2 2022-05-03T14:00:00+02:00 to 2022-05-03T15:00:00+02:00, Avbokat möte, Sorgenfri schackklubb, course, cancelled",
            "5: left out: never became a booking (status Pending) (Väntar)",
            "6: is booked: konferens-2 2022-05-10T09:00:00+02:00 to 2022-05-10T10:00:00+02:00, Bokning, Kastanjen demokratiforum, course, held",
            "7: is booked: verkstaden 2022-05-10T09:00:00+02:00 to 2022-05-10T10:00:00+02:00, Bokning, Kastanjen demokratiforum, course, held",
        ],
        [5, 1, 1],
    );
}

#[test]
fn a_calendar_comes_in_with_its_rules_exceptions_and_whole_days() {
    comes_in(
        "plain.ics",
        "ics",
        "plain.toml",
        &[
            "4: is booked: verkstaden 2022-03-22T10:00:00+01:00 to 2022-03-22T11:30:00+01:00, Yoga för äldre, Kastanjen demokratiforum, course, held",
            "4: is booked: verkstaden 2022-03-29T10:00:00+02:00 to 2022-03-29T11:30:00+02:00, Yoga för äldre, Kastanjen demokratiforum, course, held",
            "20: is booked: verkstaden 2022-04-12T10:00:00+02:00 to 2022-04-12T11:30:00+02:00, Yoga för äldre, Kastanjen demokratiforum, course, cancelled",
            "30: is booked: aulan 2022-04-15T00:00:00+02:00 to 2022-04-18T00:00:00+02:00, Vårläger, Kastanjen demokratiforum, other, held",
        ],
        [4, 0, 1],
    );
}

#[test]
fn every_fault_is_told_with_its_place_and_nothing_is_saved() {
    let (place, _database) = place();
    changed(
        &place,
        "mrbs.csv",
        &[
            ("\"18:00:00 - måndag 14 mars 2022\",\"20:00:00", "\"klockan sex\",\"20:00:00"),
            ("\"21:00:00 - tisdag 15 mars 2022\"", "\"17:30:00 - tisdag 15 mars 2022\""),
            ("\"16:00:00 - söndag 27 mars 2022\"", "\"02:30:00 - söndag 27 mars 2022\""),
            ("\"Läxhjälp\"", "\"Läxhjälp för 19900101-0017\""),
            ("\"Preliminär\"", "\"Osäker\""),
            ("\"Cykelförrådet\"", "\"Bastun\""),
            ("\"okänd\",\"Slutgiltig\",\"\",\"09:12:44 - tisdag 01 mars 2022\"", "\"okänd\""),
        ],
    );
    changed(
        &place,
        "mrbs.toml",
        &[
            ("default_organisation = \"802266-4737\"\n", ""),
            ("= \"konferens-2\"", "= \"konferens-9\""),
            ("= \"culture\"", "= \"kultur\""),
            ("\"802330-6692\"", "\"802330-6693\""),
            ("default_category = \"meeting\"\n", ""),
        ],
    );
    for more in [&["--dry-run"][..], &[]] {
        let ran = import(&place, "mrbs.csv", "mrbs", "mrbs.toml", more);
        assert_eq!(ran.code, 1, "{ran:?}");
        let told: Vec<&str> = ran.err.lines().collect();
        let places: Vec<&str> = told.iter().filter_map(|line| line.split_once(": ").map(|(place, _)| place)).collect();
        assert_eq!(
            places[..places.len() - 1],
            [
                "mrbs.toml:9:22",
                "mrbs.toml:15:20",
                "mrbs.toml:22:12",
                "mrbs.csv:2:4",
                "mrbs.csv:4:5",
                "mrbs.csv:4:8",
                "mrbs.csv:5:5",
                "mrbs.csv:5:8",
                "mrbs.csv:6:8",
                "mrbs.csv:7:10",
                "mrbs.csv:8:3",
                "mrbs.csv:10"
            ],
            "{told:#?}"
        );
        for words in [
            "Annexet / Kaféet there is no room konferens-9, only aulan",
            "Schackklubben* there is no organisation 802330-6693",
            "Kultur must be one of meeting",
            "Starttid “klockan sex” is not written as %H:%M:%S",
            "Sluttid must lie after the start",
            "Sluttid does not exist: the clock was set forward then",
            "Bokningsstatus “Osäker” is no known status",
            "Rum “Bastun” is none of the rooms under [rooms]",
            "mrbs.csv:10: has 9 columns, must have 12",
        ] {
            assert!(ran.err.contains(words), "{words} is not in {told:#?}");
        }
        assert!(told.last().unwrap().contains("faults. Nothing is saved"), "{told:#?}");
    }
    changed(&place, "mrbs.csv", &[("\"Läxhjälp\"", "\"Läxhjälp för 19900101-0017\"")]);
    changed(&place, "mrbs.toml", &[]);
    let ran = import(&place, "mrbs.csv", "mrbs", "mrbs.toml", &[]);
    assert!(ran.err.starts_with("mrbs.csv:6:1: Kort beskrivning "), "{ran:?}");
    assert!(place.run(&["figures", "2022"]).err.contains("Nothing is known of 2022"));
}

#[test]
fn bookings_in_one_anothers_way_are_faults_within_the_file_and_against_what_is_stored() {
    let (place, _database) = place();
    changed(&place, "mrbs.toml", &[]);
    // The whole day in the café, and a half of the hall while the hall is taken.
    let extra = "\"Loppis\",\"Nobelvägen 21\",\"Kaféet\",\"09:00:00 - tisdag 15 mars 2022\",\"18:00:00 - tisdag 15 mars 2022\",\"9 timmar\",\"\",\"Internt\",\"kim\",\"\",\"\",\"\"\r\n";
    let text = fs::read_to_string(fixture("mrbs.csv")).unwrap();
    fs::write(place.path("mrbs.csv"), format!("{text}{extra}")).unwrap();
    let ran = import(&place, "mrbs.csv", "mrbs", "mrbs.toml", &["--dry-run"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.err.starts_with("mrbs.csv:11:4: Starttid the room is taken then by line 4 (mrbs-"), "{ran:?}");
    assert!(ran.out.contains("11: has a fault: Loppis"), "{ran:?}");
    changed(&place, "mrbs.csv", &[]);
    assert_eq!(import(&place, "mrbs.csv", "mrbs", "mrbs.toml", &[]).code, 0);
    fs::write(place.path("mrbs.csv"), format!("{text}{extra}")).unwrap();
    let ran = import(&place, "mrbs.csv", "mrbs", "mrbs.toml", &[]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.starts_with("mrbs.csv:11:4: Starttid the room is taken then in the database by N21-"), "{ran:?}");
}

#[test]
fn files_of_another_kind_are_told_and_utf_16_with_semicolons_and_other_names_of_columns_is_read() {
    let (place, _database) = place();
    let utf_16 = |text: &str| [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect::<Vec<u8>>();
    let mapping = fs::read_to_string(fixture("mrbs.toml")).unwrap();
    fs::write(place.path("m.toml"), mapping.replace("[rooms]", "separator = \";\"\n\n[columns]\nroom = \"Lokal\"\n\n[rooms]")).unwrap();
    let text = fs::read_to_string(fixture("mrbs.csv")).unwrap().replace("\",\"", "\";\"").replace("\"Rum\"", "\"Lokal\"");
    fs::write(place.path("wide.csv"), utf_16(&text)).unwrap();
    let ran = import(&place, "wide.csv", "mrbs", "m.toml", &[]);
    assert!(ran.out.starts_with("Added 6 bookings;"), "{ran:?}");

    let refused = |file: &str, content: &[u8], from: &str, mapping: &str, words: &str| {
        fs::write(place.path(file), content).unwrap();
        let ran = import(&place, file, from, mapping, &[]);
        assert!(ran.code == 1 && ran.err.contains(words), "{words} is not in {ran:?}");
    };
    changed(&place, "plain.toml", &[]);
    changed(&place, "mrbs.toml", &[]);
    refused("x.csv", b"", "mrbs", "mrbs.toml", "x.csv:1: is empty");
    refused("x.csv", b"a,b\n1,2\n", "mrbs", "mrbs.toml", "x.csv:1: room the column must be there once; the line has a, b");
    refused("x.csv", b"a\nb\xff\n", "mrbs", "mrbs.toml", "x.csv:2: is neither UTF-8 nor UTF-16");
    refused("x.ics", b"hello", "ics", "plain.toml", "x.ics: is no calendar file");
    refused("x.csv", text.as_bytes(), "mrbs", "plain.toml", "plain.toml: date_format is missing");
    fs::write(place.path("odd.toml"), "zone = \"Malmö\"\ndate_format = \"%Q\"\n[columns]\nroon = \"x\"\n").unwrap();
    let ran = import(&place, "x.csv", "mrbs", "odd.toml", &[]);
    for words in ["odd.toml:1:8: zone ", "odd.toml:2:15: date_format ", "odd.toml:4:8: roon "] {
        assert!(ran.err.contains(words), "{words} is not in {ran:?}");
    }
    fs::write(place.path("odd.toml"), "zone = \"Europe/Stockholm\"\nroom = 3\n").unwrap();
    let ran = import(&place, "x.csv", "mrbs", "odd.toml", &[]);
    assert!(ran.err.starts_with("odd.toml:2:1: can't be read: unknown field `room`"), "{ran:?}");
    assert_eq!(import(&place, "x.csv", "outlook", "odd.toml", &[]).code, 2);
}
