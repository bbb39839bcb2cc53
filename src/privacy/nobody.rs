//! The columns that are about nobody.

/// By table: keys, instants, numbers and words that say nothing about a person by themselves. What of the same rows is about one
/// stands in `tables.rs`; a column that is in neither fails a test, so that whoever adds it decides.
pub const NOBODY: &[(&str, &str)] = &[
    ("api_tokens", "id scope revoked_at"),
    ("attendance_questions", "booking_id number token_hash asked_at"),
    ("audit_log", "id noun_id request_id seal"),
    ("audit_seals", "number sealed_at last_at entries hash pruned_at digest"),
    (
        "bookings",
        "id import_uid room_id organisation_id category setup_minutes cleanup_minutes expected_participants actual_participants layout \
         display series_id version created_at updated_at reminded_of lapses_at checked_in_at cancelled_at decided_at",
    ),
    ("calendar_keys", "id organisation_id"),
    ("closed_months", "figures definitions_version bookings visits hash closed_at"),
    ("closure_rooms", "closure_id room_id"),
    ("closures", "id ends_at whole_house version created_at repeat_id"),
    ("credentials", "updated_at"),
    ("devices", "id kind token_hash pairing_hash pairing_until code created_at revoked_at"),
    ("door_counters", "id name door device_id token_hash created_at revoked_at last_at last_in last_out reset_at"),
    ("door_counts", "id counter_id from_at to_at count_in count_out"),
    ("evaluation_links", "code booking_id created_at"),
    ("evaluations", "id booking_id rating created_at import_key"),
    ("expected_visitors", "id booking_id announced_at arrived_at visit_id"),
    ("faults", "id room_id status resolved_at closure_id version"),
    ("floor_plans", "room_id version media_type width height alternative_text image created_at"),
    ("goals", "id year name figure category target created_at"),
    ("half_days", "id day closes note version"),
    (
        "house_settings",
        "id approval_hours cutoff_weekday cutoff_minute prime_weekdays prime_from prime_to version waitlist_hold_hours no_show_minutes \
         ask_participants house_max_persons named_visits visit_sources second_factor_required controller privacy_contact retention",
    ),
    ("idempotency_keys", "request_hash created_at"),
    (
        "letters",
        "id message_id kind language secret status attempts next_attempt_at leased_until lease booking_id request_id good_until forgotten_at",
    ),
    ("loans", "id item_key organisation_id booking_id lent_at due_at returned_at"),
    ("membership_invitations", "id organisation_id"),
    ("memberships", "organisation_id version"),
    ("name_erasures", "id ran_at erased kept"),
    ("named_visits", "id visit_id arrived_at left_at"),
    ("occupancies", "id space_id starts_at ends_at booking_id closure_id waitlist_id"),
    ("one_time_links", "expires_at"),
    ("opening_hours", "id room_id weekday opens closes"),
    ("organisations", "id kind tenant protected status version created_at updated_at"),
    ("own_opening_hours", "room_id"),
    ("passkey_challenges", "id"),
    ("passkeys", "id"),
    ("people", "version updated_at erased_at"),
    ("quotas", "id organisation_id kind hours_per_week hours_per_month prime_hours_per_week bookings_ahead version"),
    ("refresh_tokens", "session_id created_at used_at"),
    ("report_letters", "sent_at"),
    ("roll_calls", "id client_id drill started_at finished_at list_from recorded_at"),
    ("room_catalogue", "id version"),
    ("room_spaces", "room_id space_id"),
    (
        "rooms",
        "id slug name kind capacity max_persons floor description layouts equipment wheelchair_accessible hearing_loop needs_approval \
         active grid_minutes min_minutes max_minutes days_ahead cancel_minutes_before setup_minutes cleanup_minutes version created_at \
         updated_at",
    ),
    ("series", "id organisation_id room_id rule starts ends version updated_at"),
    ("series_dates", "series_id day booking_id moved reason details"),
    ("sessions", "id revoked_at"),
    ("shift_notes", "id written_at done_at"),
    ("sign_in_attempts", "failures last_at"),
    ("sign_in_links", "expires_at"),
    ("spaces", "id slug"),
    ("staff_notes", "booking_id version updated_at"),
    ("unmet_requests", "id asked_at room_id organisation_id starts_at ends_at"),
    ("visits", "id recorded_at kind purpose organisation_id booking_id corrects late_entry client_id import_key device_id"),
    (
        "waitlist",
        "id room_id organisation_id category expected_participants layout display offer_starts_at offer_ends_at held_until booking_id \
         version created_at updated_at",
    ),
];
