//! Words that are stored as text from a fixed list, the folded form by which text is searched and sorted, and bytes as text.
use unicode_normalization::UnicodeNormalization;

/// The form in which text is compared: compatibility-composed, lower case, white space folded. The same on both engines,
/// which disagree about anything beyond ASCII.
#[must_use]
pub fn fold(text: &str) -> String {
    // Plain ASCII is composed as it is: nearly all of what is folded, at a tenth of the cost.
    if text.is_ascii() {
        return text.split_whitespace().collect::<Vec<_>>().join(" ").to_ascii_lowercase();
    }
    text.nfkc().collect::<String>().to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Bytes, such as a hash, as hexadecimal digits.
#[must_use]
pub fn hex(bytes: impl AsRef<[u8]>) -> String {
    bytes.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// `text`, folded, as the middle of a LIKE pattern with `\` as its escape.
#[must_use]
pub fn like(text: &str) -> String {
    like_as_it_is(&fold(text))
}

/// As [`like`], for columns that are not folded.
#[must_use]
pub fn like_as_it_is(text: &str) -> String {
    let mut pattern = String::from("%");
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// An enum whose variants are words: stored, sent and read as that text, anything else refused with the list of words.
#[macro_export]
macro_rules! words {
    ($(#[$doc:meta])* $vis:vis enum $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        $vis enum $name { $($(#[$variant_doc])* $variant),+ }

        impl $name {
            /// Every value, in the order in which they are declared.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word, as stored and sent.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::error::Say;
            fn from_str(text: &str) -> Result<Self, $crate::error::Say> {
                match text {
                    $($word => Ok(Self::$variant),)+
                    _ => {
                        let words = [$($word),+].join(", ");
                        Err($crate::say!("ska vara något av {words}", "must be one of {words}"))
                    }
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }
    };
}

/// A word from the database: one that we don't know means a damaged row.
pub fn stored<T: std::str::FromStr<Err = crate::error::Say>>(text: &str) -> crate::error::Result<T> {
    text.parse().map_err(|say: crate::error::Say| crate::error::Error::internal(format_args!("stored value {text:?}: {}", say.en)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_ignores_case_and_spaces_and_keeps_letters_apart() {
        assert_eq!(fold("  Örtagårdens\u{a0} SOCIALA "), "örtagårdens sociala");
        assert_eq!(fold("A\u{30a}sa"), fold("Åsa"));
        assert_ne!(fold("Ålen"), fold("Alen"));
    }

    #[test]
    fn a_search_for_a_percent_sign_finds_percent_signs() {
        assert_eq!(like("100 %_\\"), "%100 \\%\\_\\\\%");
    }
}
