//! Floor plans: pictures of rooms, painted anew on their way in.
use image::{GenericImageView, ImageFormat};

use crate::support::{Answer, App, Client, json, painted, picture};

const AULAN: &str = "/rooms/aulan/floor-plan";
const TEXT: &str = "Scenen i norr, dörren i söder.";

/// Sends a file with that text; `If-Match` is the client's.
fn send(client: &Client, media_type: &str, file: Vec<u8>) -> Answer {
    let text: String = url::form_urlencoded::byte_serialize(TEXT.as_bytes()).collect();
    client.send("PUT", &format!("{AULAN}?alternative_text={text}"), Some((media_type, file)))
}

/// An admin who changes whatever there is.
fn admin(app: &App) -> Client {
    app.admin().if_match("*")
}

#[test]
fn an_admin_shows_a_plan_and_everybody_sees_it_without_signing_in() {
    let app = App::spawn();
    let anyone = app.anonymous();
    assert!(anyone.get("/rooms/aulan").is(200)["floor_plan"].is_null());
    anyone.get(AULAN).refused(404, "not_found");

    for (media_type, format) in [("image/png", ImageFormat::Png), ("image/jpeg", ImageFormat::Jpeg), ("image/webp", ImageFormat::WebP)] {
        let before = anyone.get("/rooms/aulan").is(200);
        let told = send(&admin(&app), media_type, painted(120, 80, format)).is(200);
        assert_eq!((&told["width"], &told["height"], &told["alternative_text"]), (&json!(120), &json!(80), &json!(TEXT)));

        // Whoever keeps a copy of the room hears of it.
        let room = anyone.header("If-None-Match", before.etag()).get("/rooms/aulan").is(200);
        assert_eq!(room["floor_plan"], told.json);
        assert_eq!(anyone.get("/rooms").is(200).items()[0]["floor_plan"], told.json);

        let shown = anyone.get(&format!("{AULAN}?version={}", told["version"])).is(200);
        assert_eq!(shown.header("content-type"), "image/webp");
        assert_eq!(shown.header("cache-control"), "public, no-cache");
        assert_eq!(shown.header("x-content-type-options"), "nosniff");
        assert_eq!(shown.etag(), told.etag());
        let seen = image::load_from_memory(&shown.bytes).unwrap();
        assert_eq!(seen.dimensions(), (120, 80));
        assert!(seen.get_pixel(5, 5).0[0] < 40 && seen.get_pixel(100, 70).0[0] > 230);
        anyone.header("If-None-Match", shown.etag()).get(AULAN).is(304);
    }
    anyone.get(&format!("{AULAN}?version=x&other=1")).refused(422, "invalid_field");
}

#[test]
fn a_large_picture_is_made_to_fit() {
    let app = App::spawn();
    let told = send(&admin(&app), "image/png", picture(3200, 1000)).is(200);
    assert_eq!((&told["width"], &told["height"]), (&json!(1600), &json!(500)));
}

#[test]
fn nothing_of_a_photograph_is_kept_but_what_it_shows() {
    let app = App::spawn();
    // Taken with the camera on its side, somewhere.
    let exif: &[u8] = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0 55.6050N 13.0038E";
    let plain = painted(120, 80, ImageFormat::Jpeg);
    let mut photograph = plain[..2].to_vec();
    photograph.extend([0xff, 0xe1]);
    photograph.extend(u16::try_from(exif.len() + 2).unwrap().to_be_bytes());
    photograph.extend(exif);
    photograph.extend(&plain[2..]);

    let told = send(&admin(&app), "image/jpeg", photograph).is(200);
    assert_eq!((&told["width"], &told["height"]), (&json!(80), &json!(120)), "it stands upright");
    let shown = app.anonymous().get(AULAN).is(200);
    assert!(!shown.bytes.windows(7).any(|seven| seven == b"55.6050"));
    assert!(!shown.bytes.windows(4).any(|four| four == b"Exif"));
}

#[test]
fn what_is_no_picture_is_refused_and_nothing_changes() {
    let app = App::spawn();
    let admin = admin(&app);
    let first = send(&admin, "image/png", picture(40, 30)).is(200);
    let code = |file: Vec<u8>| {
        let answer = send(&admin, "image/png", file).refused(422, "invalid_field");
        assert_eq!(answer.fields(), ["image"]);
        answer["errors"][0]["code"].as_str().unwrap().to_owned()
    };
    let whole = picture(400, 300);
    let svg = br#"<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>"#;
    for file in [vec![], b"hej".to_vec(), svg.to_vec(), b"GIF89a\x01\0\x01\0\0\0\0;".to_vec(), whole[..whole.len() - 60].to_vec()] {
        assert_eq!(code(file), "not_an_image");
    }
    // A file of a few bytes that would be 30 GB unpacked.
    let mut bomb = whole.clone();
    bomb[16..24].copy_from_slice(&[0, 1, 0x86, 0xa0, 0, 1, 0x86, 0xa0]);
    let checksum = crc(&bomb[12..29]);
    bomb[29..33].copy_from_slice(&checksum.to_be_bytes());
    assert_eq!(code(bomb), "too_many_pixels");
    assert_eq!(code(picture(9000, 2)), "too_many_pixels");

    for media_type in ["image/svg+xml", "image/gif", "application/json", "text/html", ""] {
        send(&admin, media_type, svg.to_vec()).refused(415, "unsupported_media_type");
    }
    let large = send(&admin, "image/png", vec![0; 5 * 1024 * 1024 + 1]).refused(413, "body_too_large");
    assert!(large["detail"].as_str().unwrap().contains("5120 KiB"), "{large:?}");
    assert_eq!(app.anonymous().get("/rooms/aulan").is(200)["floor_plan"], first.json);
}

/// The checksum at the end of each part of a PNG.
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
    })
}

#[test]
fn a_plan_needs_words_for_those_who_do_not_see_it() {
    let app = App::spawn();
    for query in ["", "?alternative_text=", "?alternative_text=%20", "?alternative_text=Ring+19121212-1212"] {
        let answer = admin(&app).send("PUT", &format!("{AULAN}{query}"), Some(("image/png", picture(4, 3)))).is(422);
        assert_eq!(answer.fields(), ["alternative_text"], "{query}");
    }
    let long = "x".repeat(501);
    admin(&app).send("PUT", &format!("{AULAN}?alternative_text={long}"), Some(("image/png", picture(4, 3)))).refused(422, "invalid_field");
}

#[test]
fn a_plan_is_changed_by_whoever_has_seen_the_latest_one() {
    let app = App::spawn();
    let admin = app.admin();
    send(&admin, "image/png", picture(4, 3)).refused(428, "precondition_required");
    send(&admin.if_match("\"1\""), "image/png", picture(4, 3)).refused(412, "stale");
    let first = send(&admin.if_match("\"0\""), "image/png", picture(4, 3)).is(200);
    send(&admin.if_match("\"0\""), "image/png", picture(5, 3)).refused(412, "stale");
    let second = send(&admin.if_match(first.etag()), "image/png", picture(5, 3)).is(200);
    assert_ne!(first.etag(), second.etag());

    admin.delete(AULAN).refused(428, "precondition_required");
    admin.if_match(first.etag()).delete(AULAN).refused(412, "stale");
    admin.if_match(second.etag()).delete(AULAN).is(204);
    app.anonymous().get(AULAN).refused(404, "not_found");
    admin.if_match("*").delete(AULAN).refused(404, "not_found");
    assert!(app.anonymous().get("/rooms/aulan").is(200)["floor_plan"].is_null());

    // A tag never names two pictures, not even with none between them.
    let third = send(&admin.if_match("\"0\""), "image/png", picture(4, 3)).is(200);
    assert!(![first.etag(), second.etag()].contains(&third.etag()));
    admin.if_match("*").delete("/rooms/nowhere/floor-plan").refused(404, "not_found");
}

#[test]
fn what_is_said_of_a_plan_changes_without_the_picture() {
    let app = App::spawn();
    let admin = app.admin();
    let change = json!({"alternative_text": "Scenen i söder."});
    admin.if_match("*").patch(AULAN, &change).refused(404, "not_found");
    let first = send(&admin.if_match("*"), "image/png", picture(4, 3)).is(200);
    let shown = app.anonymous().get(AULAN).is(200);
    admin.if_match("\"0\"").patch(AULAN, &change).refused(412, "stale");
    for wrong in [json!({}), json!({"alternative_text": ""}), json!({"alternative_text": "x", "width": 7})] {
        admin.if_match(first.etag()).patch(AULAN, wrong).refused(422, "invalid_field");
    }
    let changed = admin.if_match(first.etag()).patch(AULAN, &change).is(200);
    assert_eq!(changed["alternative_text"], "Scenen i söder.");
    assert_eq!(app.anonymous().get("/rooms/aulan").is(200)["floor_plan"], changed.json);
    assert_eq!(app.anonymous().get(AULAN).is(200).bytes, shown.bytes);
}

#[test]
fn of_several_who_send_a_first_plan_at_once_one_succeeds() {
    let app = App::spawn();
    let admin = app.admin().if_match("\"0\"");
    let mut answers: Vec<u16> = std::thread::scope(|scope| {
        let one = |width| {
            let admin = admin.clone();
            scope.spawn(move || send(&admin, "image/png", picture(width, 10)).status)
        };
        [10, 11, 12, 13].map(one).map(|one| one.join().unwrap()).to_vec()
    });
    answers.sort_unstable();
    assert_eq!(answers, [200, 412, 412, 412]);
}

#[test]
fn the_plan_of_a_room_out_of_use_is_for_the_staff_alone() {
    let app = App::spawn();
    send(&admin(&app), "image/png", picture(4, 3)).is(200);
    admin(&app).patch("/rooms/aulan", json!({"active": false})).is(200);
    app.anonymous().get(AULAN).refused(404, "not_found");
    assert_eq!(app.reception().get(AULAN).is(200).header("cache-control"), "no-store");
}

#[test]
fn who_showed_and_removed_a_plan_is_on_record() {
    let app = App::spawn();
    let version = send(&admin(&app), "image/png", picture(4, 3)).is(200)["version"].clone();
    send(&admin(&app), "image/png", picture(6, 3)).is(200);
    admin(&app).delete(AULAN).is(204);
    let entries = app.admin().get("/audit?noun=floor_plan").is(200);
    let actions: Vec<&str> = entries.items().iter().map(|entry| entry["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["removed", "changed", "created"]);
    assert_eq!(entries.items()[2]["after"]["version"], version);
    assert_eq!(entries.items()[1]["before"]["width"], 4);
}
