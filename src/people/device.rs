//! On what somebody signs in, in two words: enough to know one's own telephone in a list, too little to know a person by.

/// A name and what gives it away. The first that fits counts: Edge says that it is Chrome too, and Chrome that it is Safari.
const BROWSERS: [(&str, &str); 7] = [
    ("Edge", "Edg"),
    ("Opera", "OPR/"),
    ("Samsung Internet", "SamsungBrowser/"),
    ("Firefox", "Firefox/"),
    ("Firefox", "FxiOS/"),
    ("Chrome", "Chrome/"),
    ("Safari", "Safari/"),
];
const SYSTEMS: [(&str, &str); 7] = [
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("macOS", "Macintosh"),
    ("ChromeOS", "CrOS"),
    ("Linux", "Linux"),
];

/// The device of a `User-Agent`: `Firefox, Android`; only what is known of it, so perhaps empty.
#[must_use]
pub fn device(user_agent: &str) -> String {
    let known = |names: &[(&'static str, &str)]| names.iter().find(|(_, sign)| user_agent.contains(sign)).map(|(name, _)| *name);
    let parts: Vec<&str> = [known(&BROWSERS), known(&SYSTEMS)].into_iter().flatten().collect();
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_a_browser_and_a_system_and_nothing_else() {
        let seen = [
            ("Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0", "Firefox, Android"),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0",
                "Edge, Windows",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
                "Safari, iPhone",
            ),
            (
                "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
                "Chrome, ChromeOS",
            ),
            ("curl/8.5.0", ""),
            ("<script>alert(1)</script>", ""),
        ];
        for (user_agent, expected) in seen {
            assert_eq!(device(user_agent), expected, "{user_agent}");
        }
    }
}
