//! Reads the members of a JSON body or the parameters of a query one by one and keeps every fault, so that all are told at once.
mod value;

use serde_json::{Map, Value};

use crate::{
    error::{Error, Fault, Result, Say},
    say,
    time::Span,
};
pub use value::*;

/// Why one value is refused; a fault's `field` leads into a nested value (`0.capacity`) or is empty.
#[derive(Debug)]
pub struct Bad(Vec<Fault>);

impl Bad {
    fn coded(code: &'static str, message: Say) -> Self {
        Self(vec![Fault::coded("", code, message)])
    }

    /// The same faults, seen from outside the member or entry `name`.
    fn inside(self, name: &str) -> Vec<Fault> {
        let path = |field: String| match (name, field.as_str()) {
            (name, "") => name.to_owned(),
            ("", _) => field,
            (name, field) => format!("{name}.{field}"),
        };
        self.0.into_iter().map(|fault| Fault { field: path(fault.field), ..fault }).collect()
    }
}

impl From<Say> for Bad {
    fn from(message: Say) -> Self {
        Self::coded("invalid", message)
    }
}

/// What reading one value gives.
pub type Read<T> = std::result::Result<T, Bad>;

/// The members not yet read, and the faults found so far. Values come out as `Option`: `None` means a fault was noted.
#[derive(Debug)]
pub struct Fields {
    left: Map<String, Value>,
    faults: Vec<Fault>,
}

impl Fields {
    /// The members of a body; anything but an object is a fault of the body as a whole.
    pub fn of(body: Value) -> Result<Self> {
        match body {
            Value::Object(left) => Ok(Self { left, faults: vec![] }),
            _ => Err(Error::invalid("", say!("ska vara ett JSON-objekt", "must be a JSON object"))),
        }
    }

    /// The parameters of a query string; a repeated one becomes a list, an empty one counts as absent.
    pub fn of_query(query: &str) -> Self {
        let mut left = Map::new();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            if value.is_empty() {
                continue;
            }
            let value = Value::String(value.into_owned());
            match left.get_mut(name.as_ref()) {
                None => {
                    left.insert(name.into_owned(), value);
                }
                Some(Value::Array(list)) => list.push(value),
                Some(first) => *first = Value::Array(vec![first.take(), value]),
            }
        }
        Self { left, faults: vec![] }
    }

    fn note<T>(&mut self, name: &str, read: Read<T>) -> Option<T> {
        match read {
            Ok(value) => Some(value),
            Err(bad) => {
                self.faults.extend(bad.inside(name));
                None
            }
        }
    }

    /// A member that must be there.
    pub fn required<T>(&mut self, name: &str, read: impl FnOnce(&Value) -> Read<T>) -> Option<T> {
        match self.left.remove(name) {
            None | Some(Value::Null) => self.note(name, Err(Bad::coded("required", say!("saknas", "is missing")))),
            Some(value) => {
                let read = read(&value);
                self.note(name, read)
            }
        }
    }

    /// A member that may be absent or null.
    pub fn optional<T>(&mut self, name: &str, read: impl FnOnce(&Value) -> Read<T>) -> Option<Option<T>> {
        match self.left.remove(name) {
            None | Some(Value::Null) => Some(None),
            Some(value) => {
                let read = read(&value).map(Some);
                self.note(name, read)
            }
        }
    }

    /// A member that has a default.
    pub fn or<T>(&mut self, name: &str, default: T, read: impl FnOnce(&Value) -> Read<T>) -> Option<T> {
        self.optional(name, read).map(|value| value.unwrap_or(default))
    }

    /// A change to a member that always has a value: absent leaves it, null is a fault.
    pub fn change<T>(&mut self, name: &str, read: impl FnOnce(&Value) -> Read<T>) -> Option<Option<T>> {
        if self.left.contains_key(name) { self.required(name, read).map(Some) } else { Some(None) }
    }

    /// A change to a member that may be empty: absent leaves it, null empties it.
    #[allow(clippy::option_option)] // three answers, each with its meaning
    pub fn change_or_clear<T>(&mut self, name: &str, read: impl FnOnce(&Value) -> Read<T>) -> Option<Option<Option<T>>> {
        if self.left.contains_key(name) { self.optional(name, read).map(Some) } else { Some(None) }
    }

    /// Refuses a change that changes nothing, which is a misspelt name more often than a wish.
    pub fn some_change(&mut self) {
        if self.left.is_empty() {
            self.fault(Fault::coded("", "required", say!("ska ändra minst ett fält", "must change at least one member")));
        }
    }

    /// A stretch of time from `starts_at` to `ends_at`; the fault of a backwards one is told with all the others.
    pub fn span(&mut self) -> Option<Span> {
        let (starts_at, ends_at) = (self.required("starts_at", moment), self.required("ends_at", moment));
        let (starts_at, ends_at) = (starts_at?, ends_at?);
        let span = Span::new(starts_at, ends_at);
        if span.is_none() {
            self.fault(Fault::coded("ends_at", "end_before_start", say!("ska ligga efter starten", "must lie after the start")));
        }
        span
    }

    /// Notes a fault that concerns several members.
    pub fn fault(&mut self, fault: Fault) {
        self.faults.push(fault);
    }

    /// Is there nothing (left) to read?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.left.is_empty()
    }

    /// Is this member still to be read?
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.left.contains_key(name)
    }

    /// Refuses what nobody asked for; then either all the faults or all the values.
    pub fn finish<T: AllRead>(mut self, values: T) -> Result<T::Values> {
        let unknown: Vec<Fault> = self
            .left
            .keys()
            .take(20)
            .map(|name| {
                Fault::coded(name.chars().take(60).collect::<String>(), "unknown", say!("är ett okänt fält", "is an unknown member"))
            })
            .collect();
        self.faults.extend(unknown);
        if !self.faults.is_empty() {
            return Err(Error::Invalid(self.faults));
        }
        values.all().ok_or_else(|| Error::internal("a member is missing though no fault was noted"))
    }
}

/// A tuple of read members: all of them, or nothing.
pub trait AllRead {
    /// The same without the `Option`s.
    type Values;
    /// All the values, if none is missing.
    fn all(self) -> Option<Self::Values>;
}

macro_rules! all_read {
    ($($name:ident)+) => {
        impl<$($name),+> AllRead for ($(Option<$name>,)+) {
            type Values = ($($name,)+);
            #[allow(non_snake_case)]
            fn all(self) -> Option<Self::Values> {
                let ($($name,)+) = self;
                Some(($($name?,)+))
            }
        }
    };
}
all_read!(A);
all_read!(A B);
all_read!(A B C);
all_read!(A B C D);
all_read!(A B C D E);
all_read!(A B C D E F);
all_read!(A B C D E F G);
all_read!(A B C D E F G H);
all_read!(A B C D E F G H I);
all_read!(A B C D E F G H I J);
all_read!(A B C D E F G H I J K);
all_read!(A B C D E F G H I J K L);
all_read!(A B C D E F G H I J K L M);
all_read!(A B C D E F G H I J K L M N);
all_read!(A B C D E F G H I J K L M N O);
all_read!(A B C D E F G H I J K L M N O P);

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn all_faults_are_told_at_once() {
        let mut f = Fields::of(json!({"title": " ", "people": 0, "starts_at": "2026-11-23T10:00:00", "nonsense": 1})).unwrap();
        let parts = (
            f.required("title", line(1..=200)),
            f.required("people", integer(1..=10)),
            f.required("starts_at", moment),
            f.required("room", line(1..=9)),
        );
        let Err(Error::Invalid(faults)) = f.finish(parts) else { panic!() };
        let seen: Vec<_> = faults.iter().map(|fault| (fault.field.as_str(), fault.code)).collect();
        assert_eq!(
            seen,
            [
                ("title", "invalid"),
                ("people", "invalid"),
                ("starts_at", "time_without_offset"),
                ("room", "required"),
                ("nonsense", "unknown")
            ]
        );
    }

    #[test]
    fn numbers_are_whole_and_bounded() {
        let read = integer(1..=5000);
        for good in [json!(1), json!(5000), json!(42.0)] {
            assert!(read(&good).is_ok(), "{good}");
        }
        for bad in [json!(0), json!(-5), json!(1e9), json!(1.5), json!("7"), json!(true), json!(1e300)] {
            assert!(read(&bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn text_is_kept_as_it_is() {
        for text in ["'; DROP TABLE bookings; --", "<script>alert(1)</script>", "🎉 Fest", "نادي اللغة \u{200f}21", "=HYPERLINK(\"x\")"]
        {
            assert_eq!(line(1..=200)(&json!(text)).unwrap(), text);
        }
        assert!(line(1..=200)(&json!("a\u{0}b")).is_err());
        assert!(line(1..=200)(&json!("a\nb")).is_err());
        assert!(line(1..=200)(&json!("\ta")).is_err());
        assert!(line(1..=200)(&json!("\u{202e}abc")).is_err());
        assert!(lines(1..=200)(&json!("a\u{2066}b")).is_err());
        assert_eq!(line(1..=200)(&json!(" a ")).unwrap(), "a");
        assert!(lines(1..=200)(&json!("a\nb")).is_ok());
    }

    #[test]
    fn all_faults_of_nested_values_are_told_with_their_places() {
        let one = object(|mut f| {
            let parts = (f.required("capacity", integer(1..=9)),);
            f.finish(parts)
        });
        let faults = |result| match result {
            Err(Error::Invalid(faults)) => faults.into_iter().map(|fault: Fault| fault.field).collect::<Vec<_>>(),
            other => panic!("{other:?}"),
        };
        let bad = json!([{"capacity": 0}, {"capacity": 3}, {"seats": 3}, 7]);
        assert_eq!(faults(whole(&bad, list(9, one)).map(|_| ())), ["0.capacity", "2.capacity", "2.seats", "3"]);
        assert_eq!(faults(whole(&json!({}), list(9, integer(1..=2))).map(|_| ())), [""]);
    }

    #[test]
    fn a_fault_in_a_list_names_its_place() {
        let mut f = Fields::of(json!({"rooms": ["ok", 7]})).unwrap();
        let rooms = f.required("rooms", list(5, |v| line(1..=9)(v)));
        let Err(Error::Invalid(faults)) = f.finish((rooms,)) else { panic!() };
        assert_eq!(faults[0].field, "rooms.1");
    }
}
