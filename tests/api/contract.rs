//! HTTP manners: what is true of every operation.
use crate::support::App;

#[test]
fn the_service_is_alive_and_ready() {
    let app = App::spawn();
    let anyone = app.anonymous();
    assert_eq!(anyone.get("/healthz").is(200)["status"], "ok");
    anyone.get("/readyz").is(200);
    assert!(anyone.get("/metrics").is(200).text().contains("nobel21"));
}

#[test]
fn a_person_who_is_signed_in_sees_itself() {
    let app = App::spawn();
    let organisation = app.organisation("Limhamns språkkafé");
    let me = app.organisation_admin(organisation).get("/me").is(200);
    assert_eq!(me["memberships"][0]["organisation_name"], "Limhamns språkkafé");
    assert_eq!(app.admin().get("/me").is(200)["role"], "admin");
    app.anonymous().get("/me").refused(401, "unauthenticated");
    app.at("2028-01-01T00:00:00+01:00");
    app.admin().get("/me").is(200);
}
