use std::{fs, path::Path};

use super::{
    database::Database,
    support::{Place, Ran, sample},
};

/// A place whose database is on the engine of this run, and that database.
fn place() -> (Place, Database) {
    let database = Database::new();
    (Place::new().with("DATABASE_URL", &database.url()), database)
}

fn import(place: &Place, dir: &Path) -> Ran {
    place.run(&["import", dir.to_str().unwrap()])
}

/// Replaces the only place in a file where `from` stands.
fn change(file: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(file).unwrap();
    assert_eq!(text.matches(from).count(), 1, "{from}");
    fs::write(file, text.replace(from, to)).unwrap();
}

fn append(file: &Path, lines: &str) {
    let text = fs::read_to_string(file).unwrap();
    fs::write(file, format!("{text}{lines}")).unwrap();
}

#[test]
fn a_year_comes_in_whole_and_a_second_time_adds_nothing() {
    let (place, _database) = place();
    let first = import(&place, &sample());
    assert_eq!(first.code, 0, "{first:?}");
    assert!(first.out.starts_with("Added 43 organisations, 8 rooms, 1366 bookings, 6505 head counts and 600 evaluations;"), "{first:?}");
    let second = import(&place, &sample());
    assert_eq!(second.code, 0, "{second:?}");
    assert!(
        second.out.starts_with("Added 0 organisations, 0 rooms, 0 bookings, 0 head counts and 0 evaluations; 8522 lines"),
        "{second:?}"
    );
}

#[test]
fn a_year_comes_in_while_a_server_runs() {
    let (place, _database) = place();
    let server = place.serve(&["serve", "--listen", "127.0.0.1:0"]);
    let ran = import(&place, &sample());
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(server.get("/readyz"), 200);
}

#[test]
fn equal_lines_each_count_and_what_is_new_in_a_longer_file_is_added() {
    let (place, _database) = place();
    let year = place.copy_of_sample();
    assert_eq!(import(&place, &year).code, 0);
    let line = "2023-01-01T08:11:00+01:00,8,event,802782-8832,\n";
    append(&year.join("visits.csv"), &line.repeat(2));
    append(&year.join("evaluations.csv"), "2023-0662,5\n");
    append(&year.join("bookings.csv"), "ny-1,kafeet,802782-8832,Ny,meeting,2023-12-31T20:00:00+01:00,2023-12-31T21:00:00+01:00,held,5,5\n");
    let ran = import(&place, &year);
    assert!(ran.out.starts_with("Added 0 organisations, 0 rooms, 1 bookings, 2 head counts and 1 evaluations;"), "{ran:?}");
}

#[test]
fn every_fault_is_told_at_once_with_file_line_and_column_and_nothing_is_saved() {
    let (place, _database) = place();
    let year = place.copy_of_sample();
    let bookings = year.join("bookings.csv");
    change(&bookings, "2023-0737,motesrummet,802313-3914", "2023-0737,nowhere,802313-3915");
    change(&bookings, "2023-01-01T15:15:00+01:00,2023-01-01T17:45:00+01:00,held,19,21", "2023-01-01T15:15:00,2023-01-01T17:45,gone,0,x");
    change(
        &bookings,
        "Möte 501,meeting,2023-01-02T13:00:00+01:00,2023-01-02T21:",
        "Möte 501,meeting,2023-01-02T13:00:00+01:00,2023-01-02T13:",
    );
    append(&bookings, "2023-0737,kafeet,802782-8832,900101-0017,meeting,2031-12-31T20:00:00+01:00,2031-12-31T21:00:00+01:00,held,5,\n");
    append(&bookings, "för,få\n");
    append(&year.join("organisations.csv"), "900101-0017,Kim,association,kim@,12,maybe\n802266-4737,Igen,association,,,true\n");
    append(&year.join("rooms.csv"), "Stora Salen,Salen,event,0,0,,,true,true\n");
    append(&year.join("visits.csv"), "2031-01-01T08:00:00+01:00,-5,party,802782-8832,2023-9999\n");
    append(&year.join("evaluations.csv"), "2023-0662,6\n2023-9998,5\n");
    let ran = import(&place, &year);
    assert_eq!(ran.code, 1, "{ran:?}");
    let told: Vec<&str> = ran.err.lines().collect();
    let has = |start: &str, words: &str| {
        assert!(told.iter().any(|line| line.starts_with(start) && line.contains(words)), "{start} {words} is not in {told:#?}");
    };
    has("organisations.csv:45:1: org_number ", "personal identity number");
    has("organisations.csv:45:4: email ", "e-mail address");
    has("organisations.csv:45:5: phone ", "telephone number");
    has("organisations.csv:45:6: tenant ", "true or false");
    has("organisations.csv:46:1: org_number ", "on line 2 already");
    has("rooms.csv:10:1: slug ", "small letters");
    has("rooms.csv:10:4: capacity ", "between 1 and 5000");
    has("rooms.csv:10:6: spaces ", "is missing");
    has("bookings.csv:2:3: organisation ", "check digit");
    has("bookings.csv:3:6: starts_at ", "lacks its offset");
    has("bookings.csv:3:7: ends_at ", "lacks its offset");
    has("bookings.csv:3:8: status ", "must be one of");
    has("bookings.csv:3:9: expected_participants ", "between 1 and 5000");
    has("bookings.csv:3:10: actual_participants ", "whole number");
    has("bookings.csv:4:7: ends_at ", "after starts_at");
    has("bookings.csv:1368:4: title ", "personal identity number");
    has("bookings.csv:1369: ", "has 2 columns, must have 10");
    has("visits.csv:6507:2: headcount ", "between 1 and 5000");
    has("visits.csv:6507:3: purpose ", "must be one of");
    has("evaluations.csv:602:2: rating ", "between 1 and 5");
    assert!(told.last().unwrap().contains("faults. Nothing is saved"), "{told:#?}");
    let after = import(&place, &sample());
    assert!(after.out.starts_with("Added 43 organisations, 8 rooms, 1366 bookings"), "{after:?}");
}

#[test]
fn what_nobody_knows_is_a_fault() {
    let (place, _database) = place();
    let year = place.copy_of_sample();
    change(&year.join("bookings.csv"), "2023-0737,motesrummet,802313-3914", "2023-0737,nowhere,802000-0017");
    append(&year.join("visits.csv"), "2031-01-01T08:00:00+01:00,5,other,802000-0017,2023-9999\n");
    append(&year.join("evaluations.csv"), "2023-9998,5\n");
    let ran = import(&place, &year);
    assert_eq!(ran.code, 1);
    let mut places: Vec<&str> = ran.err.lines().filter_map(|line| line.split_once(": ").map(|(place, _)| place)).collect();
    places.pop();
    let known: &[&str] =
        &["bookings.csv:2:2", "bookings.csv:2:3", "visits.csv:6507:1", "visits.csv:6507:4", "visits.csv:6507:5", "evaluations.csv:602:1"];
    assert_eq!(places, known, "{ran:?}");
}

#[test]
fn gatherings_in_one_anothers_way_are_faults_that_name_both() {
    let (place, _database) = place();
    let year = place.copy_of_sample();
    // Line 4 has the whole hall from 13 to 21; its half is taken then too, and is free from 21 on and for what was called off.
    let line = |uid: &str, room: &str, from: &str, to: &str, status: &str| {
        format!("{uid},{room},802782-8832,Ny,meeting,2023-01-02T{from}:00+01:00,2023-01-02T{to}:00+01:00,{status},5,\n")
    };
    let bookings = year.join("bookings.csv");
    append(&bookings, &line("ny-1", "aulan-a", "20:45", "21:15", "held"));
    append(&bookings, &line("ny-2", "aulan", "12:00", "13:15", "held"));
    append(&bookings, &line("ny-3", "aulan-b", "14:00", "15:00", "cancelled"));
    append(&bookings, &line("ny-4", "aulan-b", "21:00", "22:00", "held"));
    append(&bookings, &line("ny-5", "aulan-b", "16:00", "17:00", "no_show"));
    let ran = import(&place, &year);
    assert_eq!(ran.code, 1);
    let told: Vec<&str> = ran.err.lines().collect();
    let expected = [
        "bookings.csv:1368:6: starts_at the room is taken then by line 4 (2023-0501)",
        "bookings.csv:1369:6: starts_at the room is taken then by line 4 (2023-0501)",
    ];
    assert_eq!(told[..told.len() - 1], expected, "{told:#?}");
    // Against what is stored the other one is named by its reference.
    assert_eq!(import(&place, &sample()).code, 0);
    let ran = import(&place, &year);
    assert_eq!(ran.code, 1);
    assert_eq!(ran.err.matches("starts_at the room is taken then in the database by N21-").count(), 2, "{ran:?}");
}

#[test]
fn a_flood_of_faults_is_told_in_part_and_counted_whole() {
    let (place, _database) = place();
    let year = place.copy_of_sample();
    append(&year.join("visits.csv"), &"x,0,y,,\n".repeat(30_000));
    let ran = import(&place, &year);
    assert_eq!(ran.code, 1);
    assert_eq!(ran.err.lines().count(), 201);
    assert!(ran.err.lines().last().unwrap().contains("not shown"), "{:?}", ran.err.lines().last());
}

#[test]
fn files_that_are_missing_or_of_another_kind_are_faults() {
    let (place, _database) = place();
    let ran = place.run(&["import", "nowhere"]);
    assert_eq!(ran.code, 1);
    assert_eq!(ran.err.lines().count(), 6, "{ran:?}");
    let year = place.copy_of_sample();
    fs::write(year.join("rooms.csv"), "slug;name\naulan;Aulan\n").unwrap();
    fs::write(year.join("visits.csv"), "").unwrap();
    fs::write(year.join("evaluations.csv"), b"booking_uid,rating\n2023-0662,\xff\n").unwrap();
    let ran = import(&place, &year);
    assert_eq!(ran.code, 1);
    for words in ["rooms.csv:1:1: slug the column must be there once", "visits.csv:1: is empty", "evaluations.csv:2:2: rating is not UTF-8"]
    {
        assert!(ran.err.contains(words), "{words} is not in {}", ran.err);
    }
}

#[test]
fn a_file_from_a_spreadsheet_with_a_byte_order_mark_and_quotes_is_read() {
    let (place, _database) = place();
    let year = place.copy_of_sample();
    let rooms = fs::read_to_string(year.join("rooms.csv")).unwrap().replace('\n', "\r\n").replace(",Aulan,", ",\"Aulan, den stora\",");
    fs::write(year.join("rooms.csv"), format!("\u{feff}{rooms}Stora Salen,,,,,,,,\r\n")).unwrap();
    let ran = import(&place, &year);
    assert!(ran.err.starts_with("rooms.csv:10:1: slug "), "{ran:?}");
    fs::write(year.join("rooms.csv"), format!("\u{feff}{rooms}")).unwrap();
    assert_eq!(import(&place, &year).code, 0);
}
