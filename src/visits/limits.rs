//! How many people may be somewhere, and how near that is: amber from nine tenths on, red when it is full.
use crate::words;

words! {
    /// How near a limit is.
    pub enum Level {
        /// Less than nine tenths of it.
        Ok = "ok",
        /// At least nine tenths: let in with care.
        Amber = "amber",
        /// Full, or beyond it: let nobody in.
        Red = "red",
    }
}

impl Level {
    /// So many people where so many may be.
    #[must_use]
    pub fn of(people: i64, max_persons: i32) -> Self {
        let most = i64::from(max_persons);
        if people >= most {
            Self::Red
        } else if people * 10 >= most * 9 {
            Self::Amber
        } else {
            Self::Ok
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Level::{self, Amber, Ok, Red};

    #[test]
    fn amber_begins_at_nine_tenths_and_red_when_it_is_full() {
        for (people, level) in [(0, Ok), (89, Ok), (90, Amber), (99, Amber), (100, Red), (140, Red)] {
            assert_eq!(Level::of(people, 100), level, "{people}");
        }
        assert_eq!([Level::of(8, 10), Level::of(9, 10), Level::of(10, 10)], [Ok, Amber, Red]);
        assert_eq!([Level::of(0, 1), Level::of(1, 1)], [Ok, Red]);
    }
}
