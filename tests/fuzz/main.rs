//! Every parser that meets bytes from outside, asked with what has been found to be worth asking: `script/fuzz` looks for more.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod parsers;

use std::{fs, path::Path};

/// Asks a parser with each file of its corpus.
fn ask(name: &str, parser: fn(&[u8])) {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus").join(name);
    let mut files: Vec<_> = fs::read_dir(&corpus).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty(), "{} is empty", corpus.display());
    for file in files {
        // A test that fails tells which file it was.
        println!("{}", file.display());
        parser(&fs::read(file).unwrap());
    }
}

macro_rules! each_corpus_is_read {
    ($($parser:ident)+) => {
        $(
            #[test]
            fn $parser() {
                ask(stringify!($parser), parsers::$parser);
            }
        )+

        #[test]
        fn every_corpus_has_its_parser_and_its_target() {
            let mut known = vec![$(stringify!($parser).to_owned()),+];
            known.sort();
            for (folder, end) in [("tests/fuzz/corpus", ""), ("fuzz/targets", ".rs")] {
                let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
                let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
                let mut there: Vec<String> = names.map(|name| name.trim_end_matches(end).to_owned()).collect();
                there.sort();
                assert_eq!(there, known);
            }
        }
    };
}

each_corpus_is_read!(slot rule csv ics token org_number accept_language cursor fields);
