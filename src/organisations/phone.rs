//! Telephone numbers. The one file that knows the crate phonenumber.
use std::{fmt, str::FromStr};

use phonenumber::{Mode, country};
use serde::{Serialize, Serializer};

use crate::{
    error::{Error, Say},
    personal_number, say,
};

/// A telephone number as people write it, kept as E.164. Without a country it is a Swedish one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Phone(String);

impl Phone {
    /// `+46406280400`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// From the database, where only what was parsed is stored. The numbering plan is not asked again: a number that was good once
    /// must stay readable when the plan changes.
    pub fn stored(text: String) -> Result<Self, Error> {
        match text.strip_prefix('+') {
            Some(digits) if (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) => Ok(Self(text)),
            _ => Err(Error::internal(format_args!("stored phone number of {} characters", text.chars().count()))),
        }
    }
}

impl FromStr for Phone {
    type Err = Say;

    fn from_str(text: &str) -> Result<Self, Say> {
        let wrong = || {
            say!(
                "ska vara ett telefonnummer som 040-628 04 00 eller +45 33 12 34 56",
                "must be a telephone number such as 040-628 04 00 or +45 33 12 34 56"
            )
        };
        // Letters would be read as keys of a telephone, and some marks as extensions or parameters.
        let plain = |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '–' | '/' | '.' | '(' | ')' | ' ' | '\u{a0}');
        if text.chars().count() > 30 || !text.chars().all(plain) {
            return Err(wrong());
        }
        // With its trunk zero or its country: what begins otherwise is a number of another kind, a personal identity number not least.
        let national_or_international =
            text.chars().find(|c| c.is_ascii_digit() || *c == '+').is_some_and(|first| matches!(first, '0' | '+'));
        if !national_or_international || (text.contains('-') && personal_number::appears_in(text)) {
            return Err(wrong());
        }
        let number = phonenumber::parse(Some(country::SE), text).map_err(|_| wrong())?;
        if !number.is_valid() {
            return Err(wrong());
        }
        Self::stored(number.format().mode(Mode::E164).to_string()).map_err(|_| wrong())
    }
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for Phone {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_number_is_kept_as_e164_however_it_is_written() {
        for (text, kept) in [
            ("040-628 04 00", "+46406280400"),
            ("040 628 04 00", "+46406280400"),
            ("040/628 04 00", "+46406280400"),
            ("(040) 628 04 00", "+46406280400"),
            ("0406280400", "+46406280400"),
            (" 040-628 04 00 ", "+46406280400"),
            ("+46 40 628 04 00", "+46406280400"),
            ("+46 (0)40-628 04 00", "+46406280400"),
            ("0046 40 628 04 00", "+46406280400"),
            ("070-174 06 05", "+46701740605"),
            ("0701740605", "+46701740605"),
            ("+45 33 12 34 56", "+4533123456"),
        ] {
            let phone: Phone = text.parse().unwrap_or_else(|_| panic!("{text}"));
            assert_eq!(phone.as_str(), kept, "{text}");
            assert_eq!(Phone::stored(kept.into()).unwrap(), phone);
        }
    }

    #[test]
    fn what_is_no_telephone_number_is_refused() {
        for text in [
            "",
            " ",
            "-",
            "+",
            "12",
            "112",
            "040",
            "900101-0017",
            "19900101-0017",
            "040-CALL-NOW",
            "040-628 04 00 ext 5",
            "tel:0406280400",
            "040-628 04 00 04 00 04 00",
            "+999 123 456 789",
            "٠٤٠٦٢٨٠٤٠٠",
            "<script>",
        ] {
            assert!(text.parse::<Phone>().is_err(), "{text} was taken");
        }
    }

    proptest! {
        #[test]
        fn no_text_whatever_makes_it_fall(text in "[-+()/. 0-9]{0,30}|\\PC{0,30}") {
            if let Ok(phone) = text.parse::<Phone>() {
                prop_assert_eq!(phone.as_str().parse::<Phone>().unwrap(), phone);
            }
        }
    }
}
