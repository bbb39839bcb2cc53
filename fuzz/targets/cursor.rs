#![no_main]
libfuzzer_sys::fuzz_target!(|bytes: &[u8]| nobel21_fuzz::cursor(bytes));
