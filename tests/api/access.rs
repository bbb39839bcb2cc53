//! Who may do what: every operation of the contract, tried by everybody.
use std::{
    cell::{Cell, OnceCell},
    collections::{BTreeMap, BTreeSet},
};

use chrono::{Days, NaiveDate};
use diesel::prelude::*;
use nobel21::{
    audit::By,
    db::schema::{attendance_questions, letters},
    id::Id,
    people::{Role, sign_in, token::hash_of},
};

use crate::support::{App, Client, PASSWORD, Value, contract::contract, json, picture};

/// Who tries, in the order of the columns below. `other` books for another association than the one whose things are tried,
/// `member` for that one, and `manager` manages it too.
pub const WHO: [&str; 6] = ["nobody", "other", "member", "manager", "reception", "admin"];

/// What each of them gets: `ok`, or the status of the refusal.
const TABLE: &str = "
operation                    nobody  other  member  manager  reception  admin
create_token                 ok      ok     ok      ok       ok         ok
refresh_token                ok      ok     ok      ok       ok         ok
delete_session               ok      ok     ok      ok       ok         ok
ask_for_sign_in_link         ok      ok     ok      ok       ok         ok
redeem_sign_in_link          401     401    401     401      401        401
begin_passkey_sign_in        ok      ok     ok      ok       ok         ok
sign_in_by_passkey           401     401    401     401      401        401
read_openid_provider         ok      ok     ok      ok       ok         ok
begin_openid_sign_in         404     404    404     404      404        404
redeem_openid_sign_in        404     404    404     404      404        404
set_password                 ok      ok     ok      ok       ok         ok
set_up_house                 409     409    409     409      409        409
read_me                      401     ok     ok      ok       ok         ok
update_me                    401     ok     ok      ok       ok         ok
change_password              401     ok     ok      ok       ok         ok
list_my_sessions             401     ok     ok      ok       ok         ok
end_my_session               401     404    404     404      404        404
end_my_other_sessions        401     ok     ok      ok       ok         ok
leave_organisation           401     404    404     404      404        404
confirm_membership           401     404    404     404      404        404
read_my_openid               401     ok     ok      ok       ok         ok
end_my_openid                401     404    404     404      404        404
read_my_second_factor        401     ok     ok      ok       ok         ok
begin_second_factor          401     ok     ok      ok       ok         ok
confirm_second_factor        401     422    422     422      422        422
turn_off_second_factor       401     409    409     409      409        409
list_my_passkeys             401     ok     ok      ok       ok         ok
begin_passkey                401     ok     ok      ok       ok         ok
add_passkey                  401     422    422     422      422        422
remove_passkey               401     404    404     404      404        404
list_my_tokens               401     ok     ok      ok       ok         ok
create_token_for_programs    401     ok     ok      ok       ok         ok
revoke_my_token              401     404    404     404      404        404
read_my_data                 401     ok     ok      ok       ok         ok
erase_me                     401     ok     ok      ok       ok         ok
read_privacy_notice          ok      ok     ok      ok       ok         ok
list_users                   401     403    403     403      403        ok
create_user                  401     403    403     403      403        ok
read_user                    401     403    403     403      403        ok
update_user                  401     403    403     403      403        ok
send_password_link           401     403    403     403      403        ok
erase_user                   401     403    403     403      403        ok
end_sessions                 401     403    403     403      403        ok
remove_second_factor         401     403    403     403      403        409
list_organisations           401     ok     ok      ok       ok         ok
create_organisation          401     403    403     403      403        ok
read_organisation            401     404    ok      ok       ok         ok
update_organisation          401     404    403     ok       403        ok
list_members                 401     404    ok      ok       ok         ok
add_member                   401     404    403     ok       403        ok
update_member                401     404    403     ok       403        ok
remove_member                401     404    403     ok       403        ok
list_rooms                   ok      ok     ok      ok       ok         ok
create_room                  401     403    403     403      403        ok
read_room                    ok      ok     ok      ok       ok         ok
update_room                  401     403    403     403      403        ok
read_opening_hours           ok      ok     ok      ok       ok         ok
replace_opening_hours        401     403    403     403      403        ok
read_room_opening_hours      ok      ok     ok      ok       ok         ok
replace_room_opening_hours   401     403    403     403      403        ok
delete_room_opening_hours    401     403    403     403      403        ok
list_half_days               ok      ok     ok      ok       ok         ok
create_half_day              401     403    403     403      403        ok
read_half_day                ok      ok     ok      ok       ok         ok
update_half_day              401     403    403     403      403        ok
delete_half_day              401     403    403     403      403        ok
read_settings                401     403    403     403      ok         ok
update_settings              401     403    403     403      403        ok
list_quotas                  401     403    403     403      ok         ok
create_quota                 401     403    403     403      403        ok
read_quota                   401     403    403     403      ok         ok
update_quota                 401     403    403     403      403        ok
delete_quota                 401     403    403     403      403        ok
read_organisation_quota      401     404    ok      ok       ok         ok
read_floor_plan              ok      ok     ok      ok       ok         ok
replace_floor_plan           401     403    403     403      403        ok
update_floor_plan            401     403    403     403      403        ok
delete_floor_plan            401     403    403     403      403        ok
list_faults                  401     403    403     403      ok         ok
report_fault                 401     ok     ok      ok       ok         ok
read_fault                   401     403    403     403      ok         ok
resolve_fault                401     403    403     403      ok         ok
close_room_for_fault         401     403    403     403      403        ok
list_counters                401     403    403     403      403        ok
create_counter               401     403    403     403      403        ok
revoke_counter               401     403    403     403      403        ok
send_counts                  401     401    401     401      401        401
import_visits                401     403    403     403      403        ok
list_closures                401     403    403     403      ok         ok
create_closure               401     403    403     403      403        ok
read_closure                 401     403    403     403      ok         ok
delete_closure               401     403    403     403      403        ok
read_calendar                ok      ok     ok      ok       ok         ok
listen_to_changes            ok      ok     ok      ok       ok         ok
read_calendar_feed           ok      ok     ok      ok       ok         ok
read_room_calendar_feed      ok      ok     ok      ok       ok         ok
read_my_calendar_feed        ok      ok     ok      ok       ok         ok
read_organisation_calendar_feed ok   ok     ok      ok       ok         ok
read_my_calendar_key         401     ok     ok      ok       ok         ok
create_my_calendar_key       401     ok     ok      ok       ok         ok
delete_my_calendar_key       401     ok     ok      ok       ok         ok
read_organisation_calendar_key 401   404    ok      ok       ok         ok
create_organisation_calendar_key 401 404    403     ok       403        ok
delete_organisation_calendar_key 401 404    403     ok       403        ok
list_availability            ok      ok     ok      ok       ok         ok
list_holidays                ok      ok     ok      ok       ok         ok
list_bookings                401     ok     ok      ok       ok         ok
create_booking               401     404    ok      ok       ok         ok
preview_booking              401     404    ok      ok       ok         ok
read_booking                 401     404    ok      ok       ok         ok
update_booking               401     404    ok      ok       ok         ok
cancel_booking               401     404    ok      ok       ok         ok
approve_booking              401     403    403     403      403        ok
reject_booking               401     403    403     403      403        ok
report_booking               401     404    ok      ok       ok         ok
check_in_booking             401     404    ok      ok       ok         ok
read_staff_note              401     403    403     403      ok         ok
replace_staff_note           401     403    403     403      ok         ok
list_no_shows                401     403    403     403      403        ok
list_waitlist                401     ok     ok      ok       ok         ok
create_waitlist_entry        401     404    ok      ok       ok         ok
read_waitlist_entry          401     404    ok      ok       ok         ok
delete_waitlist_entry        401     404    ok      ok       ok         ok
accept_waitlist_offer        401     404    ok      ok       ok         ok
decline_waitlist_offer       401     404    ok      ok       ok         ok
read_calendar_file           401     ok     ok      ok       ok         ok
read_house_load              401     403    403     403      ok         ok
create_booking_batch         401     404    ok      ok       ok         ok
preview_booking_batch        401     404    ok      ok       ok         ok
create_series                401     404    ok      ok       ok         ok
preview_series               401     404    ok      ok       ok         ok
read_series                  401     404    ok      ok       ok         ok
update_series                401     404    ok      ok       ok         ok
cancel_series                401     404    ok      ok       ok         ok
approve_series               401     403    403     403      403        ok
reject_series                401     403    403     403      403        ok
create_evaluation_link       401     404    ok      ok       ok         ok
read_evaluation              ok      ok     ok      ok       ok         ok
create_evaluation            ok      ok     ok      ok       ok         ok
read_attendance              ok      ok     ok      ok       ok         ok
report_attendance            ok      ok     ok      ok       ok         ok
list_expected_visitors       401     404    ok      ok       ok         ok
announce_visitors            401     404    ok      ok       ok         ok
withdraw_visitors            401     404    ok      ok       ok         ok
arrive_visitors              401     403    403     403      ok         ok
list_visits                  401     403    403     403      ok         ok
create_visit                 401     403    403     403      ok         ok
read_visits_today            401     403    403     403      ok         ok
read_visits_present          401     403    403     403      ok         ok
correct_visit                401     403    403     403      ok         ok
leave_visit                  401     403    403     403      ok         ok
list_name_erasures           401     403    403     403      403        ok
list_devices                 401     403    403     403      403        ok
create_device                401     403    403     403      403        ok
offer_pairing                401     403    403     403      403        ok
read_poster                  401     403    403     403      403        ok
revoke_device                401     403    403     403      403        ok
read_kiosk                   401     401    401     401      401        401
pair_kiosk                   ok      ok     ok      ok       ok         ok
count_at_kiosk               401     401    401     401      401        401
list_kind_statistics         401     403    403     403      ok         ok
list_period_statistics       401     403    403     403      ok         ok
read_comparison              401     403    403     403      ok         ok
list_goals                   401     403    403     403      ok         ok
set_goal                     401     403    403     403      403        ok
remove_goal                  401     403    403     403      403        ok
read_attendance_basis        401     404    ok      ok       ok         ok
list_shift_notes             401     403    403     403      ok         ok
write_shift_note             401     403    403     403      ok         ok
finish_shift_note            401     403    403     403      ok         ok
list_loans                   401     403    403     403      ok         ok
lend                         401     403    403     403      ok         ok
list_returned_loans          401     403    403     403      ok         ok
return_loan                  401     403    403     403      ok         ok
list_roll_calls              401     403    403     403      ok         ok
keep_roll_call               401     403    403     403      ok         ok
read_roll_call               401     403    403     403      ok         ok
list_closed_months           401     403    403     403      ok         ok
close_month                  401     403    403     403      403        ok
reopen_month                 401     403    403     403      403        ok
read_open_months             ok      ok     ok      ok       ok         ok
read_open_months_csv         ok      ok     ok      ok       ok         ok
read_monthly_statistics      401     403    403     403      ok         ok
list_room_statistics         401     403    403     403      ok         ok
list_organisation_statistics 401     403    403     403      ok         ok
list_category_statistics     401     403    403     403      ok         ok
list_hour_statistics         401     403    403     403      ok         ok
read_annual_report           401     403    403     403      ok         ok
list_letters                 401     403    403     403      403        ok
read_letter                  401     403    403     403      403        ok
resend_letter                401     403    403     403      403        ok
list_audit                   401     403    403     403      403        ok
read_openapi                 ok      ok     ok      ok       ok         ok
read_health                  ok      ok     ok      ok       ok         ok
read_readiness               ok      ok     ok      ok       ok         ok
read_metrics                 ok      ok     ok      ok       ok         ok
read_docs                    ok      ok     ok      ok       ok         ok
";

/// The table by operation.
pub fn table() -> BTreeMap<&'static str, Vec<&'static str>> {
    let mut lines = TABLE.trim().lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    assert_eq!(lines.next().unwrap()[1..], WHO);
    lines.map(|line| (line[0], line[1..].to_vec())).collect()
}

/// A house with an association, its people, and things to try things on.
pub struct World {
    pub app: App,
    pub organisation: Id,
    other: Id,
    guests: Id,
    count: Cell<u64>,
    on_now: OnceCell<String>,
}

/// What one try sends besides its method.
#[derive(Default, Clone)]
pub struct Ask {
    pub path: String,
    pub body: Option<(&'static str, Vec<u8>)>,
    pub headers: Vec<(&'static str, String)>,
}

fn ask(path: impl Into<String>) -> Ask {
    Ask { path: path.into(), ..Ask::default() }
}

impl Ask {
    fn with(mut self, body: Value) -> Self {
        self.body = Some(("application/json", serde_json::to_vec(&body).unwrap()));
        self
    }

    /// A change of the newest version, whichever it is.
    fn newest(mut self) -> Self {
        self.headers.push(("If-Match", "*".into()));
        self
    }
}

impl World {
    pub fn new() -> Self {
        // By a name, which passkeys need.
        Self::on(crate::passkeys::house())
    }

    /// The same on a service of one's own choice.
    pub fn on(app: App) -> Self {
        app.furnish();
        let organisation = app.organisation("Limhamns språkkafé");
        let (other, guests) = (app.organisation("Kastanjen"), app.guest_organisation("Gästerna"));
        Self { app, organisation, other, guests, count: Cell::new(0), on_now: OnceCell::new() }
    }

    /// A number that no other try has.
    fn next(&self) -> u64 {
        self.count.set(self.count.get() + 1);
        self.count.get()
    }

    pub fn client(&self, who: &str) -> Client {
        match who {
            "nobody" => self.app.anonymous(),
            "other" => self.app.organisation_admin(self.other),
            "member" => self.app.booker(self.organisation),
            "manager" => self.app.organisation_admin(self.organisation),
            "reception" => self.app.person(Role::Reception),
            _ => self.app.person(Role::Admin),
        }
    }

    /// Every operation once, by somebody who may.
    pub fn try_everything(&self) {
        for operation in contract().operations() {
            let ask = self.ask(&operation.id);
            let client = ask.headers.iter().fold(self.client("admin"), |client, (name, value)| client.header(name, value));
            client.send(&operation.method, &ask.path, ask.body);
        }
    }

    /// A booking of an evening that nobody else has, that many days from today.
    pub fn evening(&self, organisation: Id, day: NaiveDate) -> Value {
        json!({
            "room": "konferens-1", "organisation_id": organisation, "title": "Språkkafé", "category": "course",
            "starts_at": format!("{day}T18:00:00{}", offset(day)), "ends_at": format!("{day}T20:00:00{}", offset(day)),
            "expected_participants": 8,
        })
    }

    pub fn ahead(&self) -> NaiveDate {
        today().checked_add_days(Days::new(self.next())).unwrap()
    }

    fn device(&self, kind: &str) -> String {
        self.app.admin().post("/devices", json!({"kind": kind, "name": "Entrén"})).is(201).id()
    }

    fn loan(&self) -> Value {
        json!({"item": format!("Nyckel {}", self.next()), "organisation_id": self.organisation})
    }

    fn booking(&self) -> String {
        self.app.admin().post("/bookings", self.evening(self.organisation, self.ahead())).is(201).id()
    }

    fn pending(&self) -> String {
        let made = self.app.booker(self.guests).post("/bookings", self.evening(self.guests, self.ahead())).is(201);
        assert_eq!(made["status"], "pending");
        made.id()
    }

    fn new_counter(&self) -> Value {
        json!({"name": "Huvudentrén", "door": "Mot gatan", "device_id": format!("dorr-{}", self.next())})
    }

    /// A month that is over and that nobody has closed.
    fn closable(&self) -> String {
        let n = self.next();
        format!("{}-{:02}", 2000 + n / 12 % 25, n % 12 + 1)
    }

    fn announced(&self) -> String {
        let body = json!({"booking_id": self.booking(), "headcount": 8});
        format!("/expected-visitors/{}", self.app.admin().post("/expected-visitors", body).is(201).id())
    }

    fn fault(&self) -> String {
        self.app.admin().post("/faults", json!({"room": "verkstaden", "description": "Kranen droppar"})).is(201).location()
    }

    /// Two evenings that nobody else has.
    fn series(&self, organisation: Id) -> Value {
        json!({
            "room": "verkstaden", "organisation_id": organisation, "title": "Språkkafé", "category": "course", "expected_participants": 8,
            "dates": [self.ahead(), self.ahead()], "from": "18:00", "to": "20:00",
        })
    }

    fn booked_series(&self) -> String {
        self.app.admin().post("/series", self.series(self.organisation)).is(201).location()
    }

    fn pending_series(&self) -> String {
        self.app.booker(self.guests).post("/series", self.series(self.guests)).is(201).location()
    }

    /// One that is over.
    fn held(&self) -> String {
        let mut booking = self.evening(self.organisation, today().checked_sub_days(Days::new(self.next())).unwrap());
        booking["override"] = json!(true);
        self.app.admin().post("/bookings", booking).is(201).id()
    }

    /// One that is about to begin. Saying that people have come may be done again.
    fn on_now(&self) -> &str {
        self.on_now.get_or_init(|| {
            let mut booking = self.evening(self.organisation, today());
            booking["starts_at"] = json!("2026-11-23T08:30:00+01:00");
            booking["ends_at"] = json!("2026-11-23T09:30:00+01:00");
            self.app.admin().post("/bookings", booking).is(201).id()
        })
    }

    fn evaluation(&self) -> String {
        let link = self.app.admin().post_empty(&format!("/bookings/{}/evaluation-link", self.held())).is(201);
        link["code"].as_str().unwrap().to_owned()
    }

    /// The secret of the link by which somebody was asked how many came.
    fn question(&self) -> String {
        let (booking, token) = (self.held().parse::<Id>().unwrap(), format!("token-{}", self.next()));
        self.app.write(|c| {
            diesel::insert_into(attendance_questions::table)
                .values((
                    attendance_questions::booking_id.eq(booking),
                    attendance_questions::number.eq(1),
                    attendance_questions::token_hash.eq(hash_of(&token)),
                    attendance_questions::asked_at.eq(self.app.now()),
                ))
                .execute(c)?;
            Ok(())
        });
        token
    }

    /// The address of a feed: who has the key in it needs nothing else.
    fn feed(&self, of: &str) -> String {
        let made = self.app.admin().post_empty(&format!("{of}/calendar-key")).is(201);
        made["url"].as_str().unwrap().split_once("/api/v1").unwrap().1.to_owned()
    }

    fn closure(&self) -> Value {
        let day = today().checked_add_days(Days::new(400 + self.next())).unwrap();
        let at = |hour: &str| format!("{day}T{hour}:00:00{}", offset(day));
        json!({"starts_at": at("08"), "ends_at": at("12"), "rooms": ["verkstaden"], "reason": "Golvet slipas"})
    }

    fn half_day(&self) -> Value {
        json!({"date": today().checked_add_days(Days::new(800 + self.next())).unwrap(), "closes": "13:00"})
    }

    /// So much that nothing is over it, for an organisation that nobody else asks about.
    fn quota(&self) -> Value {
        json!({"organisation_id": self.app.organisation(&format!("Kvot {}", self.next())), "hours_per_week": 900})
    }

    fn room(&self) -> Value {
        let slug = format!("nytt-{}", self.next());
        json!({
            "slug": slug, "name": slug, "kind": "meeting", "floor": 1, "max_persons": 10, "spaces": [slug],
            "layouts": [{"layout": "boardroom", "capacity": 8}],
        })
    }

    fn visit(&self) -> String {
        self.app.reception().post("/visits", json!({"headcount": 3, "purpose": "walk_in"})).is(201).id()
    }

    fn person(&self) -> Id {
        self.app.person(Role::Booker).id()
    }

    fn member(&self) -> Id {
        self.app.booker(self.organisation).id()
    }

    /// A letter that has been sent.
    fn letter(&self) -> Id {
        self.app.booker(self.organisation).post("/bookings", self.evening(self.organisation, self.ahead())).is(201);
        self.app.write(|c| {
            let newest: Id = letters::table.order(letters::id.desc()).select(letters::id).first(c)?;
            diesel::update(letters::table.find(newest))
                .set((
                    letters::status.eq("sent"),
                    letters::sent_at.eq(self.app.now()),
                    letters::next_attempt_at.eq(None::<nobel21::time::Moment>),
                ))
                .execute(c)?;
            Ok(newest)
        })
    }

    /// A wish for an evening that somebody else has booked.
    fn taken_evening(&self) -> Value {
        let day = self.ahead();
        self.app.admin().post("/bookings", self.evening(self.other, day)).is(201);
        self.evening(self.organisation, day)
    }

    /// One who waits, and the booking that is in the way.
    fn waits(&self) -> (String, String) {
        let day = self.ahead();
        let taken = self.app.admin().post("/bookings", self.evening(self.other, day)).is(201).location();
        let admin = self.app.admin();
        (admin.post("/waitlist", self.evening(self.organisation, day)).is(201).location(), taken)
    }

    /// One to whom a time is offered.
    fn offered(&self) -> String {
        let (entry, taken) = self.waits();
        self.app.admin().post_empty(&format!("{taken}/cancel")).is(200);
        entry
    }

    fn cookie(&self) -> String {
        let (keys, person) = (self.app.state.tokens.clone(), self.person());
        let by = By::program(self.app.now());
        let entrance = nobel21::people::sessions::Entrance::default();
        let tokens = self.app.write(|c| sign_in::enter(c, &keys, person, &entrance, &by)).unwrap();
        format!("nobel21_refresh={}", tokens.refresh)
    }

    fn password_link(&self) -> String {
        let person = self.person();
        let link = self.app.write(|c| sign_in::password_link(c, &self.app.state.house, person, self.app.now()));
        link.split_once('#').unwrap().1.to_owned()
    }

    /// A fresh try of an operation that nothing but the caller's role could stop.
    pub fn ask(&self, operation: &str) -> Ask {
        let organisation = self.organisation;
        match operation {
            "create_token" => ask("/auth/token").with(json!({"email": self.app.admin().email(), "password": PASSWORD})),
            "refresh_token" => Ask { headers: vec![("Cookie", self.cookie())], ..ask("/auth/refresh") },
            "delete_session" => Ask { headers: vec![("Cookie", self.cookie())], ..ask("/auth/logout") },
            "ask_for_sign_in_link" => ask("/auth/link").with(json!({"email": self.app.admin().email()})),
            // Only the browser that asked may: tests/api/sign_in.rs does.
            "redeem_sign_in_link" => ask("/auth/link/redeem").with(json!({"token": "x"})),
            // No provider is configured: tests/api/openid.rs has one.
            "read_openid_provider" => ask("/auth/openid"),
            "begin_openid_sign_in" => ask("/auth/openid").with(json!({"back": "/bokningar"})),
            "redeem_openid_sign_in" => ask("/auth/openid/redeem").with(json!({"state": "x", "code": "x"})),
            // One that nobody here is asked to join or a member of: tests/api/memberships.rs has such.
            "leave_organisation" => ask(format!("/me/memberships/{}", self.guests)).newest(),
            "confirm_membership" => ask(format!("/me/memberships/{}/confirm", self.guests)),
            "read_my_openid" => ask("/me/openid"),
            "end_my_openid" => ask("/me/openid/end").with(json!({"current_password": PASSWORD})),
            "set_password" => ask("/auth/password").with(json!({"token": self.password_link(), "password": "prinsesstårta"})),
            "set_up_house" => {
                // There is an admin already, and that is so for everybody.
                self.app.admin();
                ask("/auth/setup").with(json!({"token": "x", "email": "a@example.org", "name": "A", "password": "prinsesstårta"}))
            }
            "read_me" => ask("/me"),
            "update_me" => ask("/me").newest().with(json!({"language": "en"})),
            "change_password" => ask("/me/password").with(json!({"current_password": PASSWORD, "new_password": "prinsesstårta"})),
            "list_my_sessions" => ask("/me/sessions"),
            // Somebody else's is not to be found.
            "end_my_session" => {
                ask(format!("/me/sessions/{}/end", self.app.person(Role::Booker).session())).with(json!({"current_password": PASSWORD}))
            }
            "end_my_other_sessions" => ask("/me/sessions/end-others").with(json!({"current_password": PASSWORD})),
            "list_users" => ask("/users"),
            "create_user" => {
                let email = format!("new-{}@example.org", self.next());
                ask("/users").with(json!({"email": email, "name": "Ny", "role": "booker"}))
            }
            "read_user" => ask(format!("/users/{}", self.person())),
            "update_user" => ask(format!("/users/{}", self.person())).newest().with(json!({"role": "reception"})),
            "read_my_second_factor" => ask("/me/second-factor"),
            "begin_second_factor" => ask("/me/second-factor").with(json!({"current_password": PASSWORD})),
            "confirm_second_factor" => ask("/me/second-factor/confirm").with(json!({"code": "000000"})),
            "turn_off_second_factor" => ask("/me/second-factor/turn-off").with(json!({"code": "000000"})),
            "begin_passkey_sign_in" => ask("/auth/passkey/challenge"),
            // What a device makes and signs: tests/api/passkeys.rs does.
            "sign_in_by_passkey" => ask("/auth/passkey").with(json!({"challenge_id": NO_CHALLENGE, "credential": {}})),
            "list_my_passkeys" => ask("/me/passkeys"),
            "begin_passkey" => ask("/me/passkeys/challenge").with(json!({"current_password": PASSWORD})),
            "add_passkey" => ask("/me/passkeys").with(json!({"challenge_id": NO_CHALLENGE, "name": "Min telefon", "credential": {}})),
            "remove_passkey" => ask("/me/passkeys/01a1b2c3-4d5e-7000-8000-000000000502").newest(),
            "list_my_tokens" => ask("/me/tokens"),
            "create_token_for_programs" => {
                ask("/me/tokens").with(json!({"name": "Webbplats", "scope": "read", "days": 30, "current_password": PASSWORD}))
            }
            // Somebody else's: tests/api/api_tokens.rs ends own ones.
            "revoke_my_token" => ask("/me/tokens/01a1b2c3-4d5e-7000-8000-000000000401/revoke"),
            "read_my_data" => ask("/me/data"),
            "erase_me" => ask("/me/erase").with(json!({"current_password": PASSWORD})),
            "read_privacy_notice" => ask("/privacy"),
            "erase_user" => ask(format!("/users/{}/erase", self.person())),
            "end_sessions" => ask(format!("/users/{}/end-sessions", self.person())),
            "remove_second_factor" => ask(format!("/users/{}/second-factor/remove", self.person())),
            "send_password_link" => ask(format!("/users/{}/password-link", self.person())),
            "list_organisations" => ask("/organisations"),
            "create_organisation" => ask("/organisations").with(json!({"name": "Ny förening", "kind": "association"})),
            "read_organisation" => ask(format!("/organisations/{organisation}")),
            "update_organisation" => ask(format!("/organisations/{organisation}")).newest().with(json!({"phone": "040-628 04 07"})),
            "list_members" => ask(format!("/organisations/{organisation}/members")),
            "add_member" => {
                let email = format!("member-{}@example.org", self.next());
                ask(format!("/organisations/{organisation}/members")).with(json!({"email": email}))
            }
            "update_member" => {
                let path = format!("/organisations/{organisation}/members/{}", self.member());
                ask(path).newest().with(json!({"organisation_admin": true}))
            }
            "remove_member" => ask(format!("/organisations/{organisation}/members/{}", self.member())).newest(),
            "list_rooms" => ask("/rooms"),
            "create_room" => ask("/rooms").with(self.room()),
            "read_room" => ask("/rooms/aulan"),
            "update_room" => ask("/rooms/aulan").newest().with(json!({"description": "Störst"})),
            "read_opening_hours" => ask("/opening-hours"),
            "replace_opening_hours" => ask("/opening-hours").newest().with(week()),
            "read_room_opening_hours" => ask("/rooms/aulan/opening-hours"),
            "replace_room_opening_hours" => ask("/rooms/kafeet/opening-hours").newest().with(week()),
            "delete_room_opening_hours" => {
                self.app.admin().if_match("*").put("/rooms/kafeet/opening-hours", week()).is(200);
                ask("/rooms/kafeet/opening-hours").newest()
            }
            "list_half_days" => ask("/half-days"),
            "create_half_day" => ask("/half-days").with(self.half_day()),
            "read_half_day" | "delete_half_day" => ask(self.app.admin().post("/half-days", self.half_day()).is(201).location()).newest(),
            "update_half_day" => {
                let path = self.app.admin().post("/half-days", self.half_day()).is(201).location();
                ask(path).newest().with(json!({"closes": "15:00"}))
            }
            "read_settings" => ask("/settings"),
            "update_settings" => ask("/settings").newest().with(json!({"approval_hours": 72})),
            "list_quotas" => ask("/quotas"),
            "create_quota" => ask("/quotas").with(self.quota()),
            "read_quota" | "delete_quota" => ask(self.app.admin().post("/quotas", self.quota()).is(201).location()).newest(),
            "update_quota" => {
                let path = self.app.admin().post("/quotas", self.quota()).is(201).location();
                ask(path).newest().with(json!({"bookings_ahead": 9000}))
            }
            "read_organisation_quota" => ask(format!("/organisations/{organisation}/quota")),
            "read_floor_plan" | "update_floor_plan" | "delete_floor_plan" => {
                self.app.admin().if_match("*").send("PUT", FLOOR_PLAN, Some(("image/png", picture(4, 3)))).is(200);
                let ask = ask("/rooms/aulan/floor-plan").newest();
                if operation == "update_floor_plan" { ask.with(json!({"alternative_text": "Salen"})) } else { ask }
            }
            "replace_floor_plan" => Ask { body: Some(("image/png", picture(4, 3))), ..ask(FLOOR_PLAN) }.newest(),
            "list_expected_visitors" => ask(format!("/expected-visitors?booking_id={}", self.booking())),
            "announce_visitors" => ask("/expected-visitors").with(json!({"booking_id": self.booking(), "headcount": 8})),
            "withdraw_visitors" => ask(format!("{}/withdraw", self.announced())),
            "arrive_visitors" => ask(format!("{}/arrive", self.announced())),
            "list_faults" => ask("/faults"),
            "report_fault" => ask("/faults").with(json!({"room": "aulan", "description": "Lampan blinkar"})),
            "read_fault" => ask(self.fault()),
            "resolve_fault" => ask(format!("{}/resolve", self.fault())).newest(),
            "close_room_for_fault" => ask(format!("{}/close-room", self.fault())).with(json!({
                "starts_at": "2027-05-01T00:00:00+02:00", "ends_at": "2027-05-02T00:00:00+02:00", "reason": "Reparation",
            })),
            "list_closures" => ask("/closures"),
            "create_closure" => ask("/closures").with(self.closure()),
            "read_closure" | "delete_closure" => {
                ask(format!("/closures/{}", self.app.admin().post("/closures", self.closure()).is(201).id())).newest()
            }
            "read_calendar" => ask("/calendar?from=2026-11-23&to=2026-11-30"),
            "list_holidays" => ask("/holidays?from=2026-01-01&to=2027-01-01"),
            "listen_to_changes" => ask("/calendar/changes?seconds=1"),
            "read_calendar_feed" => ask("/calendar.ics"),
            "read_room_calendar_feed" => ask("/rooms/aulan/calendar.ics"),
            "read_my_calendar_feed" => ask(self.feed("/me")),
            "read_organisation_calendar_feed" => ask(self.feed(&format!("/organisations/{organisation}"))),
            "read_my_calendar_key" | "create_my_calendar_key" => ask("/me/calendar-key"),
            "delete_my_calendar_key" => ask("/me/calendar-key").newest(),
            "read_organisation_calendar_key" | "create_organisation_calendar_key" => {
                ask(format!("/organisations/{organisation}/calendar-key"))
            }
            "delete_organisation_calendar_key" => ask(format!("/organisations/{organisation}/calendar-key")).newest(),
            "list_availability" => ask("/availability?from=2026-11-24&to=2026-11-25&minutes=60"),
            "list_bookings" => ask("/bookings"),
            "create_booking" => ask("/bookings").with(self.evening(organisation, self.ahead())),
            "preview_booking" => ask("/bookings/preview").with(self.evening(organisation, self.ahead())),
            "read_booking" => ask(format!("/bookings/{}", self.booking())),
            "update_booking" => ask(format!("/bookings/{}", self.booking())).newest().with(json!({"title": "Nytt namn"})),
            "cancel_booking" => ask(format!("/bookings/{}/cancel", self.booking())),
            "approve_booking" => ask(format!("/bookings/{}/approve", self.pending())),
            "reject_booking" => ask(format!("/bookings/{}/reject", self.pending())).with(json!({"reason": "Årsmöte"})),
            "report_booking" => ask(format!("/bookings/{}/report", self.held())).with(json!({"actual_participants": 9})),
            "check_in_booking" => ask(format!("/bookings/{}/check-in", self.on_now())),
            "read_staff_note" => ask(format!("/bookings/{}/staff-note", self.booking())),
            "replace_staff_note" => {
                ask(format!("/bookings/{}/staff-note", self.booking())).newest().with(json!({"note": "Behöver nyckel"}))
            }
            "list_no_shows" => ask("/no-shows"),
            "list_waitlist" => ask("/waitlist"),
            "create_waitlist_entry" => ask("/waitlist").with(self.taken_evening()),
            "read_waitlist_entry" | "delete_waitlist_entry" => ask(self.waits().0).newest(),
            "accept_waitlist_offer" => ask(format!("{}/accept", self.offered())),
            "decline_waitlist_offer" => ask(format!("{}/decline", self.offered())),
            "read_calendar_file" => {
                Ask { body: Some(("text/calendar", crate::calendar_files::file().into_bytes())), ..ask("/calendar-files") }
            }
            "read_house_load" => ask("/house-load?from=2026-11-23&to=2026-12-07"),
            "create_booking_batch" => ask("/booking-batches").with(crate::calendar_files::batch(organisation)),
            "preview_booking_batch" => ask("/booking-batches/preview").with(crate::calendar_files::batch(organisation)),
            "create_series" => ask("/series").with(self.series(organisation)),
            "preview_series" => ask("/series/preview").with(self.series(organisation)),
            "read_series" => ask(self.booked_series()),
            "update_series" => ask(self.booked_series()).newest().with(json!({"title": "Nytt namn"})),
            "cancel_series" => ask(format!("{}/cancel", self.booked_series())),
            "approve_series" => ask(format!("{}/approve", self.pending_series())),
            "reject_series" => ask(format!("{}/reject", self.pending_series())).with(json!({"reason": "Årsmöte"})),
            "create_evaluation_link" => ask(format!("/bookings/{}/evaluation-link", self.booking())),
            "read_evaluation" => ask(format!("/evaluations/{}", self.evaluation())),
            "create_evaluation" => ask(format!("/evaluations/{}", self.evaluation())).with(json!({"rating": 4})),
            "read_attendance" => ask("/attendance/question").with(json!({"token": self.question()})),
            "report_attendance" => ask("/attendance").with(json!({"token": self.question(), "actual_participants": 9})),
            "list_visits" => ask("/visits"),
            "create_visit" => ask("/visits").with(json!({"headcount": 3, "purpose": "walk_in"})),
            "read_visits_today" => ask("/visits/today"),
            "read_visits_present" => ask("/visits/present"),
            "leave_visit" => ask(format!("/visits/{}/leave", self.visit())),
            "list_name_erasures" => ask("/visits/name-erasures"),
            "list_kind_statistics" => ask("/statistics/organisation-kinds?from=2026-10&to=2026-11"),
            "list_period_statistics" => ask("/statistics/periods?by=term&from=2026-10&to=2026-11"),
            "read_comparison" => ask("/statistics/comparison?from=2026-10&to=2026-11"),
            "list_goals" => ask("/goals?year=2026"),
            "set_goal" => ask("/goals").with(goal()),
            "remove_goal" => ask(format!("/goals/{}/remove", self.app.admin().post("/goals", goal()).is(201).id())),
            "read_attendance_basis" => ask(format!("/organisations/{organisation}/attendance-basis?half_year=2026-H2")),
            "list_shift_notes" => ask("/shift-notes"),
            "write_shift_note" => ask("/shift-notes").with(json!({"text": "Projektorn är inlämnad"})),
            "finish_shift_note" => {
                let note = self.app.reception().post("/shift-notes", json!({"text": "Projektorn är inlämnad"})).is(201).id();
                ask(format!("/shift-notes/{note}/done"))
            }
            "list_loans" => ask("/loans"),
            "lend" => ask("/loans").with(self.loan()),
            "list_returned_loans" => ask("/loans/returned"),
            "return_loan" => ask(format!("/loans/{}/return", self.app.reception().post("/loans", self.loan()).is(201).id())),
            "list_devices" => ask("/devices"),
            "create_device" => ask("/devices").with(json!({"kind": "kiosk", "name": "Entrén"})),
            "offer_pairing" => ask(format!("/devices/{}/pairing-code", self.device("kiosk"))),
            "read_poster" => ask(format!("/devices/{}/poster", self.device("poster"))),
            "revoke_device" => ask(format!("/devices/{}/revoke", self.device("poster"))),
            "read_kiosk" => ask("/kiosk"),
            "pair_kiosk" => ask("/kiosk/pair").with(json!({"code": crate::kiosk::pairing_code(&self.app, &self.device("kiosk"))})),
            "count_at_kiosk" => ask("/kiosk/counts").with(json!({"purpose": "walk_in"})),
            "list_roll_calls" => ask("/roll-calls"),
            "keep_roll_call" => ask("/roll-calls").with(crate::roll_calls::drill()),
            "read_roll_call" => {
                ask(format!("/roll-calls/{}", self.app.reception().post("/roll-calls", crate::roll_calls::drill()).is(201).id()))
            }
            "correct_visit" => ask(format!("/visits/{}/correct", self.visit())).with(json!({"headcount": 2, "reason": "Räknade fel"})),
            "list_counters" => ask("/counters"),
            "create_counter" => ask("/counters").with(self.new_counter()),
            "revoke_counter" => {
                let made = self.app.admin().post("/counters", self.new_counter()).is(201);
                ask(format!("/counters/{}/revoke", made["counter"]["id"].as_str().unwrap()))
            }
            // A person's token is none of a device's, whoever it is.
            "send_counts" => {
                let made = self.app.admin().post("/counters", self.new_counter()).is(201);
                ask(format!("/counters/{}/counts", made["counter"]["device_id"].as_str().unwrap())).with(json!({}))
            }
            "import_visits" => Ask { body: Some(("text/csv", crate::counters::VISITS.as_bytes().to_vec())), ..ask("/imports/visits") },
            "list_closed_months" => ask("/closed-months?from=2026-01&to=2026-12"),
            "close_month" => ask("/closed-months").with(json!({"month": self.closable()})),
            "reopen_month" => {
                let month = self.closable();
                self.app.admin().post("/closed-months", json!({"month": month})).is(201);
                ask(format!("/closed-months/{month}/reopen")).with(json!({"reason": "En blankett till"}))
            }
            "read_open_months" => ask("/open/monthly.json"),
            "read_open_months_csv" => ask("/open/monthly.csv"),
            "read_monthly_statistics" => ask("/statistics/monthly?from=2026-01&to=2026-12"),
            "list_room_statistics" => ask("/statistics/rooms?from=2026-01&to=2026-12"),
            "list_organisation_statistics" => ask("/statistics/organisations?from=2026-01&to=2026-12"),
            "list_category_statistics" => ask("/statistics/categories?from=2026-01&to=2026-12"),
            "list_hour_statistics" => ask("/statistics/hours?from=2026-01&to=2026-12"),
            "read_annual_report" => ask("/statistics/annual-report/2026"),
            "list_letters" => ask("/letters"),
            "read_letter" => ask(format!("/letters/{}", self.letter())),
            "resend_letter" => ask(format!("/letters/{}/resend", self.letter())),
            "list_audit" => ask("/audit"),
            "read_openapi" => ask("/openapi.yaml"),
            "read_health" => ask("/healthz"),
            "read_readiness" => ask("/readyz"),
            "read_metrics" => ask("/metrics"),
            "read_docs" => ask("/docs"),
            unknown => panic!("say in World::ask how {unknown} is tried, so that nothing but the caller's role could stop it"),
        }
    }
}

/// What nobody was asked to sign.
const NO_CHALLENGE: &str = "01a1b2c3-4d5e-7000-8000-000000000501";

/// Where a picture is sent to.
const FLOOR_PLAN: &str = "/rooms/aulan/floor-plan?alternative_text=Salen";

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 23).unwrap()
}

/// The offset of the house's evenings on that day.
pub fn offset(day: NaiveDate) -> String {
    let noon = nobel21::time::Moment::at_wall(day.and_hms_opt(18, 0, 0).unwrap()).unwrap();
    noon.local().format("%:z").to_string()
}

fn goal() -> Value {
    json!({"year": 2026, "name": "Lärandeluncher", "figure": "gatherings", "category": "learning_lunch", "target": 6})
}

fn week() -> Value {
    (1..=7).map(|weekday| json!({"weekday": weekday, "opens": "07:00", "closes": "22:00"})).collect()
}

/// Tries every operation of one part of the contract.
fn try_all(tag: &str) {
    let world = World::new();
    let table = table();
    let mut wrong = vec![];
    let mut tried = 0;
    for operation in contract().operations() {
        if contract().details(&operation)["tags"][0] != tag {
            continue;
        }
        let line = table.get(operation.id.as_str()).unwrap_or_else(|| panic!("{}", no_line(&operation.id)));
        for (who, expected) in WHO.iter().zip(line) {
            let mut client = world.client(who);
            let ask = world.ask(&operation.id);
            for (name, value) in &ask.headers {
                client = client.header(name, value);
            }
            let answer = client.send(&operation.method, &ask.path, ask.body);
            let got = if (200..300).contains(&answer.status) { "ok".into() } else { answer.status.to_string() };
            tried += 1;
            if got != *expected {
                wrong.push(format!("{who} tries {}: {expected} expected, {answer:?}", operation.id));
            }
        }
    }
    assert!(tried > 0, "no operation has the tag {tag}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn no_line(operation: &str) -> String {
    format!(
        "openapi.yaml has the operation {operation} and tests/api/access.rs has not: add a line to TABLE that says what {WHO:?} get, \
         and an arm to World::ask that says how it is tried"
    )
}

macro_rules! one_test_for_each {
    ($($test:ident: $tag:literal,)*) => {
        $(#[test] fn $test() { try_all($tag); })*
        const TAGS: &[&str] = &[$($tag),*];
    };
}

one_test_for_each! {
    signing_in_is_for_everybody: "auth",
    ones_own_account_is_for_whoever_has_one: "me",
    what_is_kept_about_people_is_told_to_all: "privacy",
    people_are_for_admins: "users",
    organisations_are_for_their_members_and_changed_by_their_managers: "organisations",
    rooms_are_shown_to_all_and_changed_by_admins: "rooms",
    closures_are_made_by_admins_and_seen_by_the_reception: "closures",
    faults_are_reported_by_anybody_signed_in_and_seen_to_by_the_staff: "faults",
    counters_are_for_admins_and_devices_send_by_tokens_of_their_own: "counters",
    settings_are_for_admins_and_seen_by_the_reception: "settings",
    quotas_are_set_by_admins_and_seen_by_members: "quotas",
    the_calendar_is_public: "calendar",
    feeds_are_for_who_has_the_key_and_keys_for_who_may_see_the_calendar: "feeds",
    bookings_are_for_members_and_decided_by_admins: "bookings",
    series_are_for_members_and_decided_by_admins: "series",
    members_wait_for_their_own: "waitlist",
    visits_are_for_the_desk: "visits",
    the_hand_over_is_for_the_desk: "handover",
    devices_are_for_admins_and_a_kiosk_is_for_nobody_but_its_tablet: "kiosk",
    evaluations_are_public_for_who_has_the_link: "evaluations",
    how_many_came_is_said_by_whoever_has_the_link: "attendance",
    statistics_are_for_the_house: "statistics",
    open_figures_are_for_everybody: "open",
    letters_are_for_admins: "letters",
    the_audit_trail_is_for_admins: "audit",
    operations_are_open: "operations",
}

/// Whoever has a kiosk's token is nobody, but at the kiosk.
#[test]
fn a_kiosk_counts_and_does_nothing_else() {
    let world = World::new();
    let tablet = crate::kiosk::paired(&world.app);
    let mut wrong = vec![];
    for operation in contract().operations() {
        let mine = ["read_kiosk", "count_at_kiosk"].contains(&operation.id.as_str());
        let expected = if mine { "ok" } else { table()[operation.id.as_str()][0] };
        let ask = world.ask(&operation.id);
        let mut client = world.app.anonymous();
        for (name, value) in &ask.headers {
            client = client.header(name, value);
        }
        if !ask.headers.iter().any(|(name, _)| *name == "Cookie") {
            client = client.header("Cookie", format!("kiosk={tablet}"));
        }
        let answer = client.send(&operation.method, &ask.path, ask.body);
        let got = if (200..300).contains(&answer.status) { "ok".into() } else { answer.status.to_string() };
        if got != expected {
            wrong.push(format!("a kiosk tries {}: {expected} expected, {answer:?}", operation.id));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_operation_has_its_line_and_every_line_its_operation() {
    let operations: BTreeSet<String> = contract().operations().into_iter().map(|operation| operation.id).collect();
    for operation in &operations {
        assert!(table().contains_key(operation.as_str()), "{}", no_line(operation));
    }
    for (id, line) in table() {
        assert!(operations.contains(id), "{id} is not in openapi.yaml any more: strike its line");
        assert_eq!(line.len(), WHO.len(), "{id}");
    }
    for operation in contract().operations() {
        let tag = contract().details(&operation)["tags"][0].as_str().unwrap();
        assert!(TAGS.contains(&tag), "no test tries the operations of {tag}");
    }
}
