//! What each figure means and how it is worked out, to stand beside the figures wherever they are read.
use super::figures::Definition;

/// Raised whenever a definition is added or means something else, so that frozen figures say by which they were worked out.
pub const DEFINITIONS_VERSION: i32 = 2;

/// Every figure's meaning, in the order of the yearly report.
pub const DEFINITIONS: &[Definition] = &[
    Definition {
        figure: "gatherings",
        sv: "Sammankomster: antal bokningar som har hållits, eller som är bekräftade och vars sluttid har passerat. En bokning räknas i den månad då den börjar enligt lokal tid.",
        en: "Gatherings: number of bookings that were held, or are confirmed and whose end has passed. A booking counts in the month in which it starts by local time.",
    },
    Definition {
        figure: "hours",
        sv: "Timmar: summan av (sluttid − starttid) för sammankomsterna i förfluten tid. En natt då klockan ställs om är en timme kortare eller längre.",
        en: "Hours: sum of (end − start) of the gatherings in elapsed time. A night on which the clocks change is an hour shorter or longer.",
    },
    Definition {
        figure: "participants",
        sv: "Deltagare: summan av det antal som arrangörerna rapporterar efter sina sammankomster. Deltagare och besök är två mått och läggs aldrig ihop.",
        en: "Participants: sum of the numbers that organisers report after their gatherings. Participants and visits are two measures and are never added.",
    },
    Definition {
        figure: "visits",
        sv: "Besök: summan av räknade ankomster med rättelser, i den månad då de kom enligt lokal tid. I en timme som huset har satt till dörräknare gäller dörräknarnas tal i stället för receptionens, om de har skickat några; receptionens och dörräknarnas tal läggs aldrig ihop. För en lokal eller kategori: de besök som räknats för en bokning. För en organisation: de besök som räknats för den eller för dess bokningar.",
        en: "Visits: sum of counted arrivals with their corrections, in the month of arrival by local time. In an hour that the house has set to door counters their count holds instead of the desk's, if they sent any; the desk's and the door counters' are never added. For a room or category: the visits counted for a booking. For an organisation: the visits counted for it or for its bookings.",
    },
    Definition {
        figure: "visit_sources",
        sv: "Vem som räknade: timmar och besök där receptionens tal gäller, timmar och besök där dörräknarnas tal gäller, och hur många av receptionens timmar som var satta till dörräknare utan att någon dörräknare skickade tal för dem (räknat från det första tal som någon skickade). En lokal, kategori eller organisation har alltid receptionens tal.",
        en: "Who counted: hours and visits where the desk's count holds, hours and visits where the door counters' count holds, and how many of the desk's hours were set to the door counters without any of them sending a count (from the first count that any ever sent). A room, category or organisation always has the desk's.",
    },
    Definition {
        figure: "visits_per_month",
        sv: "Besök per månad: besök ÷ antal månader i perioden, även månader utan besök.",
        en: "Visits per month: visits ÷ number of months in the period, months without visits included.",
    },
    Definition {
        figure: "rooms",
        sv: "Lokaler: lokaler som går att boka när rapporten tas fram.",
        en: "Rooms: rooms that can be booked when the report is made.",
    },
    Definition {
        figure: "organisations",
        sv: "Organisationer: organisationer i registret som inte är avslutade när rapporten tas fram.",
        en: "Organisations: organisations on the books that have not ended when the report is made.",
    },
    Definition {
        figure: "tenants",
        sv: "Hyresgäster: de organisationer som har sin hemvist i huset när rapporten tas fram.",
        en: "Tenants: the organisations with their home in the house when the report is made.",
    },
    Definition {
        figure: "active_organisations",
        sv: "Aktiva organisationer: organisationer med minst en sammankomst i perioden. Den som är aktiv i flera månader räknas en gång.",
        en: "Active organisations: organisations with at least one gathering in the period. One that is active in several months counts once.",
    },
    Definition {
        figure: "cancelled",
        sv: "Avbokade: antal avbokade bokningar, i den månad då de skulle ha börjat enligt lokal tid.",
        en: "Cancelled: number of cancelled bookings, in the month in which they were to start by local time.",
    },
    Definition {
        figure: "no_shows",
        sv: "Uteblivna: antal bokningar som ingen kom till, i den månad då de skulle ha börjat enligt lokal tid.",
        en: "No-shows: number of bookings to which nobody came, in the month in which they were to start by local time.",
    },
    Definition {
        figure: "fill_rate",
        sv: "Fyllnadsgrad: antal som kom ÷ antal som väntades, för de sammankomster vars antal har rapporterats. Kommer fler än väntat blir den över 100 %.",
        en: "Fill rate: number who came ÷ number expected, of the gatherings whose number was reported. Where more come than expected it is above 100%.",
    },
    Definition {
        figure: "report_coverage",
        sv: "Rapporterade: sammankomster vars antal deltagare har rapporterats ÷ alla sammankomster. Visar hur mycket deltagare och fyllnadsgrad bygger på.",
        en: "Reported: gatherings whose number of participants was reported ÷ all gatherings. It shows how much participants and fill rate rest on.",
    },
    Definition {
        figure: "rating",
        sv: "Betyg: summan av svaren (1 till 5) ÷ antal svar om periodens sammankomster, med en decimal. Visas bara om minst fem har svarat.",
        en: "Rating: sum of the answers (1 to 5) ÷ number of answers about the period's gatherings, with one decimal. Shown only if at least five answered.",
    },
    Definition {
        figure: "ratings",
        sv: "Antal svar: svar på frågan om periodens sammankomster.",
        en: "Number of answers: answers to the question about the period's gatherings.",
    },
    Definition {
        figure: "utilisation",
        sv: "Nyttjandegrad för en lokal: (tid inom öppettiderna då någon av lokalens ytor var upptagen av en sammankomst, med för- och efterarbete) ÷ (öppettid utan stängningar). För huset: samma sak yta för yta, så att Aulan räknar båda sina halvor en gång. I en pågående period räknas tiden fram till nu.",
        en: "Utilisation of a room: (time within opening hours in which any of the room's spaces was taken by a gathering, set-up and clean-up included) ÷ (opening hours without closures). Of the house: the same space by space, so that Aulan counts both its halves once. In a period that still runs, time counts up to now.",
    },
    Definition {
        figure: "visit_coverage",
        sv: "Täckning: öppna klocktimmar med minst en räknad ankomst ÷ husets öppna klocktimmar, utan stängningar och fram till nu. Visar hur stor del av tiden räkningen täcker.",
        en: "Coverage: open clock hours with at least one counted arrival ÷ the house's open clock hours, without closures and up to now. It shows how much of the time the counting covers.",
    },
    Definition {
        figure: "booked_hours",
        sv: "Bokade timmar: förfluten tid för sammankomsterna och för de bokningar som ingen kom till.",
        en: "Booked hours: elapsed time of the gatherings and of the bookings to which nobody came.",
    },
    Definition {
        figure: "used_hours",
        sv: "Använda timmar: den del av de bokade timmarna då någon har sagt att folk var där: incheckad, rapporterade deltagare eller räknade besök. Använd andel: använda ÷ bokade timmar.",
        en: "Used hours: the part of the booked hours of which somebody said that people were there: checked in, participants reported or visits counted. Used share: used ÷ booked hours.",
    },
    Definition {
        figure: "peak",
        sv: "Flest i huset: det högsta antalet räknade in minus räknade ut under en dag enligt lokal tid. Där utgående inte räknas är det dagens alla ankomster.",
        en: "Most in the house: the highest number of counted in minus counted out in a day by local time. Where leaving is not counted it is all of the day's arrivals.",
    },
    Definition {
        figure: "first_time_organisations",
        sv: "Nya organisationer: organisationer vars första sammankomst i huset ligger i perioden.",
        en: "First-time organisations: organisations whose first gathering in the house lies in the period.",
    },
    Definition {
        figure: "cancellation_lead_hours",
        sv: "Framförhållning vid avbokning: medeltal timmar från avbokning till planerad start, för de avbokningar vars tidpunkt är känd. Avbokade samma dygn: andelen med mindre än 24 timmar kvar.",
        en: "Notice of cancellations: mean hours from cancelling to planned start, of the cancellations whose time is known. Within the last day: the share with less than 24 hours left.",
    },
    Definition {
        figure: "approval_hours",
        sv: "Svarstid: medeltal timmar från förfrågan till ja eller nej, för bokningar som börjar i perioden. Besvarade inom ett dygn: andelen inom 24 timmar.",
        en: "Time to answer: mean hours from request to yes or no, of bookings that start in the period. Answered within a day: the share within 24 hours.",
    },
    Definition {
        figure: "unmet_requests",
        sv: "Förfrågningar utan plats: tider som en organisation bad om i perioden men som var upptagna, och som den inte heller fick senare. Samma organisation, lokal och starttid räknas en gång.",
        en: "Requests that found no room: times that an organisation asked for in the period but that were taken, and that it did not get later either. The same organisation, room and start count once.",
    },
    Definition {
        figure: "nearly_full",
        sv: "Nästan fulla: sammankomster dit minst nio tiondelar av lokalens platser kom ÷ sammankomster vars antal har rapporterats.",
        en: "Nearly full: gatherings to which at least nine tenths of the room's places came ÷ gatherings whose number was reported.",
    },
    Definition {
        figure: "goals",
        sv: "Mål: utfallet är årets antal av det som målet gäller, räknat som måttet med samma namn.",
        en: "Goals: the outcome is the year's number of what the goal is about, counted as the figure of the same name.",
    },
    Definition {
        figure: "by_hour",
        sv: "Veckans timmar: en sammankomst räknas i varje timme som den berör, dess tid i den timme där den ligger, och ett besök i den timme då det kom, enligt den vars tal gäller. Lokal tid.",
        en: "Hours of the week: a gathering counts in every hour that it touches, its time in the hour in which it lies, and a visit in the hour of arrival, by whoever's count holds. Local time.",
    },
];

#[cfg(test)]
mod tests {
    use sha2::Digest;

    use super::*;

    /// Of all definitions by version: whoever changes one raises the version and adds its line.
    const SEALS: &[&str] = &["38108e0598e6d22d", "ab2d3dd4d4eaa78a"];

    #[test]
    fn the_version_says_which_definitions_hold() {
        let all: String = DEFINITIONS.iter().map(|d| format!("{}\n{}\n{}\n", d.figure, d.sv, d.en)).collect();
        let seal: String = sha2::Sha256::digest(all).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(i32::try_from(SEALS.len()), Ok(DEFINITIONS_VERSION));
        assert_eq!(SEALS.last(), Some(&seal.as_str()), "a definition changed: raise DEFINITIONS_VERSION and add this seal");
    }

    #[test]
    fn every_definition_is_there_once_in_both_languages() {
        let mut names: Vec<_> = DEFINITIONS.iter().map(|d| d.figure).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), DEFINITIONS.len());
        assert!(DEFINITIONS.iter().all(|d| d.sv.ends_with('.') && d.en.ends_with('.')));
    }
}
