//! What is turned away before anybody looks at it: packed bodies, what another site makes a browser send, and whoever asks without
//! end.
use std::num::NonZeroU32;

use actix_web::{
    HttpRequest,
    http::{Method, header},
    web,
};
use governor::{
    DefaultKeyedRateLimiter, Quota, RateLimiter,
    clock::{Clock, DefaultClock},
};

use super::{body::Takes, html::is_ours, problem::Problem, sender::Sender};
use crate::{
    error::{Error, Result},
    id::Id,
    say,
};

/// A whole house stands behind one address: so many accounts' worth.
const ACCOUNTS_OF_A_NETWORK: u32 = 10;
/// What a request takes of an account's budget: reading one, changing something more, a whole file most. Of a network's it takes one.
const READING: NonZeroU32 = NonZeroU32::MIN;
const CHANGE: NonZeroU32 = NonZeroU32::MIN.saturating_add(1);
const FILE: NonZeroU32 = NonZeroU32::MIN.saturating_add(19);
/// From so many keys on, those that have asked nothing for a minute are forgotten.
const MANY: usize = 10_000;

/// Who may come in: how many requests an account and a network may send, in this process, and from which pages.
pub struct Door {
    public_url: String,
    accounts: Option<DefaultKeyedRateLimiter<Id>>,
    networks: Option<DefaultKeyedRateLimiter<String>>,
}

impl Door {
    /// So many a minute for an account, ten times as many for a network; 0 is no limit.
    #[must_use]
    pub fn new(per_minute: u32, public_url: &str) -> Self {
        let quota = |times: u32| NonZeroU32::new(per_minute.saturating_mul(times)).map(Quota::per_minute);
        Self {
            public_url: public_url.to_owned(),
            accounts: quota(1).map(RateLimiter::keyed),
            networks: quota(ACCOUNTS_OF_A_NETWORK).map(RateLimiter::keyed),
        }
    }

    /// Refuses an account that asks too often, with the time to wait.
    pub fn account(&self, person: Id, req: &HttpRequest) -> Result<()> {
        let Some(accounts) = &self.accounts else { return Ok(()) };
        let cost = match *req.method() {
            Method::GET | Method::HEAD => READING,
            // A path that takes a file says so itself.
            _ if req.app_data::<Takes>().is_some() => FILE,
            _ => CHANGE,
        };
        take(accounts, &person, cost)
    }

    fn network(&self, req: &HttpRequest) -> Result<()> {
        self.networks.as_ref().map_or(Ok(()), |networks| take(networks, &Sender::of(req).network(), READING))
    }
}

fn take<K: std::hash::Hash + Eq + Clone>(limiter: &DefaultKeyedRateLimiter<K>, key: &K, cost: NonZeroU32) -> Result<()> {
    if limiter.len() > MANY {
        limiter.retain_recent();
    }
    match limiter.check_key_n(key, cost) {
        Ok(Ok(())) => Ok(()),
        Ok(Err(not_until)) => Err(Error::TooMany { retry_after: not_until.wait_time_from(DefaultClock::default().now()).as_secs().max(1) }),
        // More than a whole minute's budget.
        Err(_) => Err(Error::TooMany { retry_after: 60 }),
    }
}

/// Why this request goes no further, if it doesn't.
pub fn refusal(req: &HttpRequest) -> Option<actix_web::Error> {
    // Unpacked, a few hundred bytes may fill all memory before any limit is looked at; nobody needs to send them so.
    let packed = req.headers().get(header::CONTENT_ENCODING).is_some_and(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity"));
    if packed {
        return Some(Problem::Packed.into());
    }
    let door = req.app_data::<web::Data<Door>>()?;
    if let Err(refused) = door.network(req) {
        return Some(refused.into());
    }
    // A cookie goes along by itself, whoever's page sends the request; a token does not.
    let by_cookie = req.headers().contains_key(header::COOKIE) && !req.headers().contains_key(header::AUTHORIZATION);
    let changes = !matches!(*req.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if changes && by_cookie && !is_ours(req, &door.public_url) {
        return Some(
            Error::Forbidden(say!(
                "Det här skickades från en annan webbplats. Gör det på husets egen sida.",
                "This was sent from another website. Do it on the house's own page."
            ))
            .into(),
        );
    }
    None
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn each_account_has_a_budget_of_its_own_and_what_costs_more_takes_more_of_it() {
        let door = Door::new(30, "");
        let (one, other) = (Id::new(), Id::new());
        let request = |method: Method| TestRequest::default().method(method);
        let file = || request(Method::POST).app_data(Takes { types: "text/csv", limit: 1 }).to_http_request();
        let ask = |person: Id, method: Method| door.account(person, &request(method).to_http_request());
        assert!((0..10).all(|_| ask(one, Method::GET).is_ok()));
        door.account(one, &file()).unwrap();
        let Err(Error::TooMany { retry_after }) = ask(one, Method::GET) else { panic!("the budget has no end") };
        assert!((1..=2).contains(&retry_after), "{retry_after}");
        assert!((0..15).all(|_| ask(other, Method::PATCH).is_ok()));
        assert!(ask(other, Method::PATCH).is_err());
        let unlimited = Door::new(0, "");
        assert!((0..1000).all(|_| unlimited.account(one, &file()).is_ok()));
        let Err(Error::TooMany { retry_after: 60 }) = Door::new(5, "").account(one, &file()) else {
            panic!("dearer than a minute's budget")
        };
    }
}
