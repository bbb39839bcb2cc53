//! Swedish organisation numbers.
use std::{fmt, str::FromStr};

use serde::{Serialize, Serializer};

use crate::{error::Say, personal_number, say};

/// An organisation number: ten digits, checked. Shown with its hyphen, stored without.
///
/// A sole trader's organisation number is its owner's personal identity number, which we have no ground to keep; the third digit
/// tells them apart: in a real organisation's number it is at least 2, where a birthday has the tens of its month.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OrgNumber(String);

impl OrgNumber {
    /// The ten digits, as stored.
    #[must_use]
    pub fn digits(&self) -> &str {
        &self.0
    }
}

impl FromStr for OrgNumber {
    type Err = Say;

    /// Takes `NNNNNN-NNNN`, `NNNNNNNNNN` and the form of twelve digits that authorities use, with 16 in front.
    fn from_str(text: &str) -> Result<Self, Say> {
        let text = text.trim();
        if personal_number::appears_in(text) {
            return Err(say!(
                "är ett personnummer (en enskild firma har sin ägares): lämna fältet tomt, vi sparar inga",
                "is a personal identity number (a sole trader has its owner's): leave the field empty, we store none"
            ));
        }
        let shape = || say!("ska vara tio siffror som 802266-4737", "must be ten digits such as 802266-4737");
        let digits = match text.split_once('-') {
            Some((front, back)) if matches!(front.len(), 6 | 8) && back.len() == 4 => format!("{front}{back}"),
            Some(_) => return Err(shape()),
            None => text.to_owned(),
        };
        let digits = if digits.len() == 12 { digits.strip_prefix("16").map(str::to_owned).unwrap_or_default() } else { digits };
        if digits.len() != 10 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(shape());
        }
        if digits.as_bytes().get(2).is_none_or(|third| *third < b'2') {
            return Err(say!(
                "är inget organisationsnummer: den tredje siffran ska vara minst 2",
                "is no organisation number: its third digit must be at least 2"
            ));
        }
        if !personal_number::luhn(&digits) {
            return Err(say!(
                "är inget organisationsnummer: kontrollsiffran stämmer inte, kontrollera siffrorna",
                "is no organisation number: its check digit is wrong, check the digits"
            ));
        }
        Ok(Self(digits))
    }
}

impl fmt::Display for OrgNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (front, back) = self.0.split_at_checked(6).unwrap_or((&self.0, ""));
        write!(f, "{front}-{back}")
    }
}

impl Serialize for OrgNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_way_of_writing_an_organisation_number_is_the_same_number() {
        for text in ["802266-4737", "8022664737", "16802266-4737", "168022664737", " 802266-4737 "] {
            let number: OrgNumber = text.parse().unwrap_or_else(|_| panic!("{text}"));
            assert_eq!(number.digits(), "8022664737", "{text}");
            assert_eq!(number.to_string(), "802266-4737", "{text}");
        }
    }

    #[test]
    fn what_is_no_organisation_number_is_refused_with_the_reason() {
        for (text, reason) in [
            ("", "ten digits"),
            ("802266", "ten digits"),
            ("802266-473", "ten digits"),
            ("802266-47377", "ten digits"),
            ("80226-64737", "ten digits"),
            ("802266--4737", "ten digits"),
            ("802266 4737", "ten digits"),
            ("80226647x7", "ten digits"),
            ("８０２２６６4737", "ten digits"),
            ("178022664737", "ten digits"),
            ("5568000000", "check digit"),
            ("802266-4738", "check digit"),
            ("801266-4738", "third digit"),
            ("0000000000", "third digit"),
            ("900101-0018", "third digit"),
            ("900101-0017", "personal identity number"),
            ("9001010017", "personal identity number"),
            ("19900101-0017", "personal identity number"),
            ("199001010017", "personal identity number"),
            ("900101+0017", "personal identity number"),
            ("900161-0014", "personal identity number"),
        ] {
            let refused = text.parse::<OrgNumber>().err().unwrap_or_else(|| panic!("{text} was taken"));
            assert!(refused.en.contains(reason), "{text}: {}", refused.en);
        }
    }

    proptest! {
        #[test]
        fn exactly_one_check_digit_of_ten_is_right(front in "[1-9][0-9][2-9][0-9]{6}") {
            let taken: Vec<OrgNumber> = (0..10).filter_map(|last| format!("{front}{last}").parse().ok()).collect();
            prop_assert_eq!(taken.len(), 1);
            let number = &taken[0];
            prop_assert_eq!(&number.to_string().parse::<OrgNumber>().unwrap(), number);
            prop_assert_eq!(&format!("16{}", number.digits()).parse::<OrgNumber>().unwrap(), number);
        }

        #[test]
        fn no_birthday_is_ever_an_organisation_number(year in 0..100_u32, month in 1..=12_u32, day in 1..=31_u32, last in 0..10_000_u32) {
            let short = format!("{year:02}{month:02}{day:02}-{last:04}");
            prop_assert!(short.parse::<OrgNumber>().is_err());
            let long = format!("16{short}");
            prop_assert!(long.parse::<OrgNumber>().is_err());
        }

        #[test]
        fn no_text_whatever_makes_it_fall(text in "\\PC{0,30}") {
            let _ = text.parse::<OrgNumber>();
        }
    }
}
