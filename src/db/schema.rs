//! The tables as diesel knows them; the same on both engines (a test compares them with both databases).
#![allow(missing_docs)]

diesel::table! {
    use crate::db::DbUuid;
    use diesel::sql_types::*;

    people (id) {
        id -> DbUuid,
        email -> Text,
        email_key -> Text,
        name -> Text,
        name_key -> Text,
        role -> Text,
        language -> Text,
        disabled_at -> Nullable<Timestamp>,
        reminders -> Bool,
        arrival_letters -> Bool,
        report_letters -> Bool,
        version -> Integer,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        totp_salt -> Nullable<Text>,
        totp_since -> Nullable<Timestamp>,
        totp_step -> BigInt,
        erased_at -> Nullable<Timestamp>,
        asked_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    use crate::db::DbUuid;
    use diesel::sql_types::*;

    openid_identities (person_id) {
        person_id -> DbUuid,
        identity_hash -> Text,
        linked_at -> Timestamp,
    }
}

diesel::table! {
    use crate::db::DbUuid;
    use diesel::sql_types::*;

    api_tokens (id) {
        id -> DbUuid,
        person_id -> DbUuid,
        name -> Text,
        scope -> Text,
        token_hash -> Text,
        created_at -> Timestamp,
        expires_at -> Timestamp,
        revoked_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    use crate::db::DbUuid;
    use diesel::sql_types::*;

    recovery_codes (code_hash) {
        code_hash -> Text,
        person_id -> DbUuid,
        used_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    use crate::db::DbUuid;
    use diesel::sql_types::*;

    passkeys (id) {
        id -> DbUuid,
        person_id -> DbUuid,
        name -> Text,
        credential_key -> Text,
        credential -> Text,
        created_at -> Timestamp,
        last_used_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    use crate::db::DbUuid;
    use diesel::sql_types::*;

    passkey_challenges (id) {
        id -> DbUuid,
        person_id -> Nullable<DbUuid>,
        holder_hash -> Text,
        network_hash -> Nullable<Text>,
        state -> Text,
        created_at -> Timestamp,
        expires_at -> Timestamp,
    }
}

diesel::table! {
    use crate::db::DbUuid;
    use diesel::sql_types::*;

    credentials (person_id) {
        person_id -> DbUuid,
        password_hash -> Text,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    use crate::db::DbUuid;
    use diesel::sql_types::*;

    sessions (id) {
        id -> DbUuid,
        person_id -> DbUuid,
        created_at -> Timestamp,
        last_used_at -> Timestamp,
        expires_at -> Timestamp,
        revoked_at -> Nullable<Timestamp>,
        device -> Text,
        by_link -> Bool,
        second_factor -> Bool,
    }
}

diesel::table! {
    use crate::db::DbUuid;
    use diesel::sql_types::*;

    refresh_tokens (token_hash) {
        token_hash -> Text,
        session_id -> DbUuid,
        created_at -> Timestamp,
        used_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    use crate::db::DbUuid;
    use diesel::sql_types::*;

    one_time_links (token_hash) {
        token_hash -> Text,
        person_id -> Nullable<DbUuid>,
        created_at -> Timestamp,
        expires_at -> Timestamp,
        used_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    use crate::db::DbUuid;
    use diesel::sql_types::*;

    organisations (id) {
        id -> DbUuid,
        name -> Text,
        name_key -> Text,
        kind -> Text,
        org_number -> Nullable<Text>,
        email -> Nullable<Text>,
        phone -> Nullable<Text>,
        tenant -> Bool,
        protected -> Bool,
        status -> Text,
        version -> Integer,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    use crate::db::DbUuid;
    use diesel::sql_types::*;

    memberships (organisation_id, person_id) {
        organisation_id -> DbUuid,
        person_id -> DbUuid,
        organisation_admin -> Bool,
        version -> Integer,
        created_at -> Timestamp,
    }
}

diesel::table! {
    use crate::db::DbUuid;
    use diesel::sql_types::*;

    membership_invitations (id) {
        id -> DbUuid,
        organisation_id -> DbUuid,
        person_id -> Nullable<DbUuid>,
        email -> Text,
        email_key -> Text,
        name -> Text,
        name_key -> Text,
        organisation_admin -> Bool,
        link_hash -> Nullable<Text>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    room_catalogue (id) {
        id -> Integer,
        version -> Text,
    }
}

diesel::table! {
    use crate::db::DbUuid;
    use diesel::sql_types::*;

    spaces (id) {
        id -> DbUuid,
        slug -> Text,
    }
}

diesel::table! {
    use crate::db::DbUuid;
    use diesel::sql_types::*;

    rooms (id) {
        id -> DbUuid,
        slug -> Text,
        name -> Text,
        kind -> Text,
        capacity -> Integer,
        max_persons -> Integer,
        floor -> Integer,
        description -> Text,
        layouts -> Text,
        equipment -> Text,
        wheelchair_accessible -> Bool,
        hearing_loop -> Bool,
        needs_approval -> Bool,
        active -> Bool,
        grid_minutes -> Integer,
        min_minutes -> Integer,
        max_minutes -> Integer,
        days_ahead -> Integer,
        cancel_minutes_before -> Integer,
        setup_minutes -> Integer,
        cleanup_minutes -> Integer,
        version -> Integer,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    use crate::db::DbUuid;
    use diesel::sql_types::*;

    room_spaces (room_id, space_id) {
        room_id -> DbUuid,
        space_id -> DbUuid,
    }
}

diesel::table! {
    use crate::db::DbUuid;
    use diesel::sql_types::*;

    opening_hours (id) {
        id -> DbUuid,
        room_id -> Nullable<DbUuid>,
        weekday -> Integer,
        opens -> Integer,
        closes -> Integer,
    }
}

diesel::table! {
    use crate::db::DbUuid;
    use diesel::sql_types::*;

    own_opening_hours (room_id) {
        room_id -> DbUuid,
    }
}

diesel::table! {
    use crate::db::DbUuid;
    use diesel::sql_types::*;

    floor_plans (room_id) {
        room_id -> DbUuid,
        version -> Integer,
        media_type -> Text,
        width -> Integer,
        height -> Integer,
        alternative_text -> Text,
        image -> Binary,
        created_at -> Timestamp,
    }
}

diesel::table! {
    use crate::db::DbUuid;
    use diesel::sql_types::*;

    closures (id) {
        id -> DbUuid,
        starts_at -> Timestamp,
        ends_at -> Timestamp,
        reason -> Text,
        whole_house -> Bool,
        created_by -> Nullable<DbUuid>,
        version -> Integer,
        created_at -> Timestamp,
        repeat_id -> Nullable<DbUuid>,
    }
}

diesel::table! {
    use crate::db::DbUuid;
    use diesel::sql_types::*;

    half_days (id) {
        id -> DbUuid,
        day -> Text,
        closes -> Integer,
        note -> Text,
        version -> Integer,
    }
}

diesel::table! {
    use crate::db::DbUuid;
    use diesel::sql_types::*;

    closure_rooms (closure_id, room_id) {
        closure_id -> DbUuid,
        room_id -> DbUuid,
    }
}

diesel::table! {
    use crate::db::DbUuid;
    use diesel::sql_types::*;

    bookings (id) {
        id -> DbUuid,
        reference -> Text,
        import_uid -> Nullable<Text>,
        room_id -> DbUuid,
        organisation_id -> DbUuid,
        title -> Text,
        title_key -> Text,
        description -> Text,
        category -> Text,
        status -> Text,
        starts_at -> Timestamp,
        ends_at -> Timestamp,
        setup_minutes -> Integer,
        cleanup_minutes -> Integer,
        expected_participants -> Integer,
        actual_participants -> Nullable<Integer>,
        layout -> Nullable<Text>,
        display -> Text,
        contact_phone -> Nullable<Text>,
        series_id -> Nullable<DbUuid>,
        decision_reason -> Nullable<Text>,
        cancel_reason -> Nullable<Text>,
        created_by -> Nullable<DbUuid>,
        version -> Integer,
        created_at -> Timestamp,
        updated_at -> Timestamp,
        reminded_of -> Nullable<Timestamp>,
        lapses_at -> Nullable<Timestamp>,
        checked_in_at -> Nullable<Timestamp>,
        cancelled_at -> Nullable<Timestamp>,
        decided_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    use crate::db::DbUuid;
    use diesel::sql_types::*;

    series (id) {
        id -> DbUuid,
        organisation_id -> DbUuid,
        room_id -> DbUuid,
        title -> Text,
        rule -> Nullable<Text>,
        starts -> Integer,
        ends -> Integer,
        created_by -> Nullable<DbUuid>,
        version -> Integer,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    use crate::db::DbUuid;
    use diesel::sql_types::*;

    series_dates (series_id, day) {
        series_id -> DbUuid,
        day -> Text,
        booking_id -> Nullable<DbUuid>,
        moved -> Bool,
        reason -> Nullable<Text>,
        details -> Nullable<Text>,
    }
}

diesel::table! {
    use crate::db::DbUuid;
    use diesel::sql_types::*;

    occupancies (id) {
        id -> DbUuid,
        space_id -> DbUuid,
        starts_at -> Timestamp,
        ends_at -> Timestamp,
        booking_id -> Nullable<DbUuid>,
        closure_id -> Nullable<DbUuid>,
        waitlist_id -> Nullable<DbUuid>,
    }
}

diesel::table! {
    use crate::db::DbUuid;
    use diesel::sql_types::*;

    letters (id) {
        id -> DbUuid,
        message_id -> Text,
        kind -> Text,
        to_address -> Text,
        to_key -> Text,
        to_name -> Text,
        language -> Text,
        subject -> Text,
        search_key -> Text,
        body_text -> Text,
        body_html -> Text,
        secret -> Bool,
        status -> Text,
        attempts -> Integer,
        next_attempt_at -> Nullable<Timestamp>,
        leased_until -> Nullable<Timestamp>,
        lease -> Nullable<DbUuid>,
        last_error -> Nullable<Text>,
        booking_id -> Nullable<DbUuid>,
        person_id -> Nullable<DbUuid>,
        created_at -> Timestamp,
        sent_at -> Nullable<Timestamp>,
        calendar -> Nullable<Text>,
        request_id -> Nullable<Text>,
        good_until -> Nullable<Timestamp>,
        forgotten_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    use crate::db::DbUuid;
    use diesel::sql_types::*;

    visits (id) {
        id -> DbUuid,
        at -> Timestamp,
        recorded_at -> Timestamp,
        kind -> Text,
        headcount -> Integer,
        purpose -> Text,
        organisation_id -> Nullable<DbUuid>,
        booking_id -> Nullable<DbUuid>,
        corrects -> Nullable<DbUuid>,
        reason -> Nullable<Text>,
        late_entry -> Bool,
        recorded_by -> Nullable<DbUuid>,
        client_id -> Nullable<DbUuid>,
        import_key -> Nullable<Text>,
        device_id -> Nullable<DbUuid>,
    }
}

diesel::table! {
    use crate::db::DbUuid;
    use diesel::sql_types::*;

    closed_months (month) {
        month -> Text,
        figures -> Text,
        definitions_version -> Integer,
        bookings -> Integer,
        visits -> Integer,
        hash -> Text,
        closed_by -> Nullable<DbUuid>,
        closed_at -> Timestamp,
    }
}

diesel::table! {
    use crate::db::DbUuid;
    use diesel::sql_types::*;

    expected_visitors (id) {
        id -> DbUuid,
        booking_id -> DbUuid,
        headcount -> Integer,
        expected_at -> Timestamp,
        note -> Text,
        announced_by -> Nullable<DbUuid>,
        announced_at -> Timestamp,
        arrived_at -> Nullable<Timestamp>,
        visit_id -> Nullable<DbUuid>,
    }
}

diesel::table! {
    use crate::db::DbUuid;
    use diesel::sql_types::*;

    faults (id) {
        id -> DbUuid,
        room_id -> DbUuid,
        description -> Text,
        status -> Text,
        reported_by -> Nullable<DbUuid>,
        reported_at -> Timestamp,
        resolved_by -> Nullable<DbUuid>,
        resolved_at -> Nullable<Timestamp>,
        closure_id -> Nullable<DbUuid>,
        version -> Integer,
    }
}

diesel::table! {
    use crate::db::DbUuid;
    use diesel::sql_types::*;

    staff_notes (booking_id) {
        booking_id -> DbUuid,
        note -> Text,
        override_reason -> Nullable<Text>,
        booked_by -> Nullable<DbUuid>,
        version -> Integer,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    use crate::db::DbUuid;
    use diesel::sql_types::*;

    attendance_questions (booking_id, number) {
        booking_id -> DbUuid,
        number -> Integer,
        token_hash -> Nullable<Text>,
        asked_at -> Timestamp,
    }
}

diesel::table! {
    use crate::db::DbUuid;
    use diesel::sql_types::*;

    evaluation_links (code) {
        code -> Text,
        booking_id -> DbUuid,
        created_at -> Timestamp,
    }
}

diesel::table! {
    use crate::db::DbUuid;
    use diesel::sql_types::*;

    evaluations (id) {
        id -> DbUuid,
        booking_id -> DbUuid,
        rating -> Integer,
        comment -> Text,
        created_at -> Timestamp,
        import_key -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    idempotency_keys (scope, key) {
        scope -> Text,
        key -> Text,
        request_hash -> Text,
        answer -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;

    sign_in_attempts (key) {
        key -> Text,
        failures -> Integer,
        last_at -> Timestamp,
    }
}

diesel::table! {
    use crate::db::DbUuid;
    use diesel::sql_types::*;

    sign_in_links (token_hash) {
        token_hash -> Text,
        person_id -> DbUuid,
        browser_hash -> Text,
        asker_hash -> Text,
        created_at -> Timestamp,
        expires_at -> Timestamp,
        used_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    use crate::db::DbUuid;
    use diesel::sql_types::*;

    audit_log (id) {
        id -> DbUuid,
        at -> Timestamp,
        actor_id -> Nullable<DbUuid>,
        action -> Text,
        noun -> Text,
        noun_id -> Nullable<Text>,
        before -> Nullable<Text>,
        after -> Nullable<Text>,
        text_key -> Text,
        request_id -> Nullable<Text>,
        seal -> Nullable<BigInt>,
    }
}

diesel::table! {
    use crate::db::DbUuid;
    use diesel::sql_types::*;
    audit_seals (number) {
        number -> BigInt,
        sealed_at -> Timestamp,
        last_at -> Timestamp,
        entries -> BigInt,
        hash -> Text,
        pruned_at -> Nullable<Timestamp>,
        digest -> Text,
    }
}

diesel::table! {
    use crate::db::DbUuid;
    use diesel::sql_types::*;

    calendar_keys (id) {
        id -> DbUuid,
        person_id -> Nullable<DbUuid>,
        organisation_id -> Nullable<DbUuid>,
        key_hash -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    use crate::db::DbUuid;
    use diesel::sql_types::*;

    quotas (id) {
        id -> DbUuid,
        organisation_id -> Nullable<DbUuid>,
        kind -> Nullable<Text>,
        hours_per_week -> Nullable<Integer>,
        hours_per_month -> Nullable<Integer>,
        prime_hours_per_week -> Nullable<Integer>,
        bookings_ahead -> Nullable<Integer>,
        version -> Integer,
    }
}

diesel::table! {
    house_settings (id) {
        id -> Integer,
        approval_hours -> Nullable<Integer>,
        cutoff_weekday -> Nullable<Integer>,
        cutoff_minute -> Nullable<Integer>,
        prime_weekdays -> Integer,
        prime_from -> Integer,
        prime_to -> Integer,
        version -> Integer,
        waitlist_hold_hours -> Integer,
        no_show_minutes -> Nullable<Integer>,
        ask_participants -> Bool,
        house_max_persons -> Nullable<Integer>,
        named_visits -> Bool,
        visit_sources -> Text,
        second_factor_required -> Bool,
        controller -> Text,
        privacy_contact -> Text,
        retention -> Text,
    }
}

diesel::table! {
    use crate::db::DbUuid;
    use diesel::sql_types::*;

    waitlist (id) {
        id -> DbUuid,
        room_id -> DbUuid,
        organisation_id -> DbUuid,
        title -> Text,
        description -> Text,
        category -> Text,
        expected_participants -> Integer,
        layout -> Nullable<Text>,
        display -> Nullable<Text>,
        contact_phone -> Nullable<Text>,
        starts_at -> Timestamp,
        ends_at -> Timestamp,
        status -> Text,
        offer_starts_at -> Nullable<Timestamp>,
        offer_ends_at -> Nullable<Timestamp>,
        held_until -> Nullable<Timestamp>,
        booking_id -> Nullable<DbUuid>,
        created_by -> Nullable<DbUuid>,
        version -> Integer,
        created_at -> Timestamp,
        updated_at -> Timestamp,
    }
}

diesel::table! {
    use crate::db::DbUuid;
    use diesel::sql_types::*;

    named_visits (id) {
        id -> DbUuid,
        visit_id -> Nullable<DbUuid>,
        name -> Text,
        host -> Text,
        arrived_at -> Timestamp,
        left_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    use crate::db::DbUuid;
    use diesel::sql_types::*;

    name_erasures (id) {
        id -> DbUuid,
        ran_at -> Timestamp,
        erased -> Integer,
        kept -> Integer,
    }
}

diesel::table! {
    use crate::db::DbUuid;
    use diesel::sql_types::*;

    roll_calls (id) {
        id -> DbUuid,
        client_id -> DbUuid,
        drill -> Bool,
        started_at -> Timestamp,
        finished_at -> Timestamp,
        list_from -> Timestamp,
        lines -> Text,
        note -> Text,
        held_by -> Nullable<DbUuid>,
        recorded_at -> Timestamp,
    }
}

diesel::table! {
    use crate::db::DbUuid;
    use diesel::sql_types::*;

    devices (id) {
        id -> DbUuid,
        kind -> Text,
        name -> Text,
        token_hash -> Nullable<Text>,
        pairing_hash -> Nullable<Text>,
        pairing_until -> Nullable<Timestamp>,
        code -> Nullable<Text>,
        created_by -> Nullable<DbUuid>,
        created_at -> Timestamp,
        revoked_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    use crate::db::DbUuid;
    use diesel::sql_types::*;

    unmet_requests (id) {
        id -> DbUuid,
        asked_at -> Timestamp,
        room_id -> DbUuid,
        organisation_id -> DbUuid,
        starts_at -> Timestamp,
        ends_at -> Timestamp,
    }
}

diesel::table! {
    use crate::db::DbUuid;
    use diesel::sql_types::*;

    goals (id) {
        id -> DbUuid,
        year -> Integer,
        name -> Text,
        figure -> Text,
        category -> Nullable<Text>,
        target -> Integer,
        created_at -> Timestamp,
    }
}

diesel::table! {
    use crate::db::DbUuid;
    use diesel::sql_types::*;

    report_letters (period, person_id, about) {
        period -> Text,
        person_id -> DbUuid,
        about -> Text,
        sent_at -> Timestamp,
    }
}

diesel::table! {
    use crate::db::DbUuid;
    use diesel::sql_types::*;

    shift_notes (id) {
        id -> DbUuid,
        text -> Text,
        written_by -> Nullable<DbUuid>,
        written_at -> Timestamp,
        done_by -> Nullable<DbUuid>,
        done_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    use crate::db::DbUuid;
    use diesel::sql_types::*;

    loans (id) {
        id -> DbUuid,
        item -> Text,
        item_key -> Text,
        organisation_id -> DbUuid,
        booking_id -> Nullable<DbUuid>,
        borrower -> Text,
        lent_by -> Nullable<DbUuid>,
        lent_at -> Timestamp,
        due_at -> Timestamp,
        returned_by -> Nullable<DbUuid>,
        returned_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    use crate::db::DbUuid;
    use diesel::sql_types::*;

    door_counters (id) {
        id -> DbUuid,
        name -> Text,
        door -> Text,
        device_id -> Text,
        token_hash -> Text,
        created_at -> Timestamp,
        revoked_at -> Nullable<Timestamp>,
        last_at -> Nullable<Timestamp>,
        last_in -> Nullable<Integer>,
        last_out -> Nullable<Integer>,
        reset_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    use crate::db::DbUuid;
    use diesel::sql_types::*;

    door_counts (id) {
        id -> DbUuid,
        counter_id -> DbUuid,
        from_at -> Timestamp,
        to_at -> Timestamp,
        count_in -> Integer,
        count_out -> Integer,
    }
}

diesel::joinable!(door_counts -> door_counters (counter_id));
diesel::joinable!(shift_notes -> people (written_by));
diesel::joinable!(loans -> organisations (organisation_id));
diesel::joinable!(report_letters -> people (person_id));
diesel::joinable!(calendar_keys -> people (person_id));
diesel::joinable!(calendar_keys -> organisations (organisation_id));
diesel::joinable!(credentials -> people (person_id));
diesel::joinable!(sessions -> people (person_id));
diesel::joinable!(refresh_tokens -> sessions (session_id));
diesel::joinable!(one_time_links -> people (person_id));
diesel::joinable!(memberships -> organisations (organisation_id));
diesel::joinable!(memberships -> people (person_id));
diesel::joinable!(membership_invitations -> organisations (organisation_id));
diesel::joinable!(membership_invitations -> people (person_id));
diesel::joinable!(room_spaces -> rooms (room_id));
diesel::joinable!(room_spaces -> spaces (space_id));
diesel::joinable!(opening_hours -> rooms (room_id));
diesel::joinable!(own_opening_hours -> rooms (room_id));
diesel::joinable!(closures -> people (created_by));
diesel::joinable!(closure_rooms -> closures (closure_id));
diesel::joinable!(closure_rooms -> rooms (room_id));
diesel::joinable!(bookings -> rooms (room_id));
diesel::joinable!(bookings -> organisations (organisation_id));
diesel::joinable!(bookings -> people (created_by));
diesel::joinable!(series -> rooms (room_id));
diesel::joinable!(series -> organisations (organisation_id));
diesel::joinable!(series -> people (created_by));
diesel::joinable!(series_dates -> series (series_id));
diesel::joinable!(series_dates -> bookings (booking_id));
diesel::joinable!(occupancies -> spaces (space_id));
diesel::joinable!(occupancies -> bookings (booking_id));
diesel::joinable!(occupancies -> closures (closure_id));
diesel::joinable!(occupancies -> waitlist (waitlist_id));
diesel::joinable!(waitlist -> rooms (room_id));
diesel::joinable!(waitlist -> organisations (organisation_id));
diesel::joinable!(waitlist -> people (created_by));
diesel::joinable!(letters -> bookings (booking_id));
diesel::joinable!(letters -> people (person_id));
diesel::joinable!(visits -> organisations (organisation_id));
diesel::joinable!(visits -> bookings (booking_id));
diesel::joinable!(visits -> people (recorded_by));
diesel::joinable!(visits -> devices (device_id));
diesel::joinable!(devices -> people (created_by));
diesel::joinable!(attendance_questions -> bookings (booking_id));
diesel::joinable!(closed_months -> people (closed_by));
diesel::joinable!(expected_visitors -> bookings (booking_id));
diesel::joinable!(faults -> rooms (room_id));
diesel::joinable!(named_visits -> visits (visit_id));
diesel::joinable!(roll_calls -> people (held_by));
diesel::joinable!(staff_notes -> people (booked_by));
diesel::joinable!(evaluation_links -> bookings (booking_id));
diesel::joinable!(evaluations -> bookings (booking_id));
diesel::joinable!(audit_log -> people (actor_id));
diesel::joinable!(api_tokens -> people (person_id));
diesel::joinable!(openid_identities -> people (person_id));
diesel::joinable!(recovery_codes -> people (person_id));
diesel::joinable!(passkeys -> people (person_id));
diesel::joinable!(passkey_challenges -> people (person_id));
diesel::joinable!(sign_in_links -> people (person_id));
diesel::joinable!(audit_log -> audit_seals (seal));

diesel::allow_tables_to_appear_in_same_query!(
    calendar_keys,
    people,
    credentials,
    sessions,
    refresh_tokens,
    one_time_links,
    organisations,
    memberships,
    membership_invitations,
    spaces,
    rooms,
    room_spaces,
    opening_hours,
    own_opening_hours,
    floor_plans,
    closures,
    closure_rooms,
    half_days,
    bookings,
    series,
    series_dates,
    occupancies,
    letters,
    visits,
    attendance_questions,
    staff_notes,
    faults,
    expected_visitors,
    named_visits,
    name_erasures,
    roll_calls,
    devices,
    unmet_requests,
    goals,
    report_letters,
    shift_notes,
    loans,
    door_counters,
    door_counts,
    closed_months,
    evaluation_links,
    evaluations,
    idempotency_keys,
    audit_log,
    audit_seals,
    sign_in_attempts,
    sign_in_links,
    recovery_codes,
    passkeys,
    passkey_challenges,
    api_tokens,
    openid_identities,
    quotas,
    waitlist,
);
