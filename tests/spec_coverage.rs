//! Which attack of `docs/attacks.md` and which section of a specification is held by which test.
//!
//! A test belongs to an attack row when its name begins with the row's id (`p010_...`) or its doc comment names it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use crate::harness::sources::{root, rust_files};

/// The file of the attack list.
const LIST: &str = "docs/attacks.md";

/// The rows whose features exist: each must have a test. Ranges, both ends included.
const HELD: &[(u16, u16)] = &[
    (1, 27),
    (29, 29),
    (35, 41),
    (44, 49),
    (62, 62),
    (69, 77),
    (98, 99),
    (102, 105),
    (123, 123),
    (126, 126),
    (129, 138),
    (147, 149),
    (151, 151),
    (153, 153),
];

/// Specification sections, each with tests that would fail if the product stopped keeping it.
const SECTIONS: &[(&str, &[&str])] = &[
    (
        "OIDC Core §5.1",
        &["the_standard_scopes_name_every_standard_claim", "people_have_every_standard_claim"],
    ),
    ("OIDC Core §5.4", &["a_scope_gives_its_claims_and_no_others"]),
    (
        "OIDC Core §5.5",
        &["the_example_of_oidc_core_5_5_is_read", "malformed_deep_and_large_requests_are_refused"],
    ),
    ("OIDC Core §3.1.2.1 prompt", &["none_stands_alone"]),
    ("OIDC Core §3.1.3.6", &["at_hash_is_that_of_the_specification"]),
    (
        "OIDC Discovery §3",
        &[
            "the_document_announces_what_the_specifications_demand",
            "oidcc_discovery_endpoint_verification_holds",
            "every_address_of_an_https_issuer_is_https",
        ],
    ),
    (
        "OIDC RP-Initiated Logout §2",
        &[
            "oidcc_rp_initiated_logout_no_id_token_hint_asks",
            "an_expired_hint_still_says_who_leaves_also_after_its_key_was_rotated",
        ],
    ),
    (
        "OIDC RP-Initiated Logout §3",
        &[
            "oidcc_rp_initiated_logout_leads_back_with_the_state_alone",
            "oidcc_rp_initiated_logout_no_state_echoes_none",
            "oidcc_rp_initiated_logout_bad_post_logout_redirect_uri_asks",
        ],
    ),
    (
        "OAuth 2.0 Form Post Response Mode §4",
        &[
            "an_answer_by_form_post_goes_on_by_itself",
            "an_answer_by_form_post_has_a_button_where_scripts_do_not_run",
        ],
    ),
    (
        "RFC 6749 §2.3",
        &["p026_one_method_is_read_and_two_are_refused", "the_secret_is_decoded_as_a_form_value"],
    ),
    (
        "RFC 6749 §3.1",
        &["repeated_broken_and_oversized_parameters_are_refused", "a_repeated_name_is_never_read"],
    ),
    (
        "RFC 6749 §3.1.2.3",
        &["p001_an_exact_match_is_the_only_match", "p001_near_copies_of_a_registered_uri_never_match"],
    ),
    ("RFC 6749 §3.3", &["order_and_repetition_carry_no_meaning", "names_outside_the_grammar_are_refused"]),
    (
        "RFC 6750 §3",
        &["a_challenge_says_what_rfc_6750_asks_for", "p020_odd_authorization_headers_are_refused"],
    ),
    ("RFC 9162 §2.1.1", &["the_running_root_is_the_root_by_definition"]),
    ("RFC 7515 appendix A", &["the_examples_of_rfc_7515_verify"]),
    (
        "RFC 7515 §4.1.11",
        &[
            "a_critical_header_is_refused",
            "headers_that_we_do_not_honour_and_claims_that_are_none_refuse_the_token",
        ],
    ),
    (
        "RFC 7517 §5",
        &[
            "a_set_passes_over_foreign_keys_and_needs_one_usable",
            "keys_that_cannot_verify_rs256_are_passed_over",
        ],
    ),
    (
        "RFC 7519 §4.1",
        &[
            "p023_times_that_are_wrong_missing_text_or_huge_are_refused",
            "p023_an_audience_is_text_or_a_list_of_texts",
        ],
    ),
    (
        "RFC 7523 §3",
        &[
            "every_announced_algorithm_proves_a_client_by_registered_keys",
            "p027_an_assertion_is_for_us_alone",
            "an_assertion_is_used_once",
            "an_assertion_of_a_refused_request_is_used_up_too",
        ],
    ),
    (
        "RFC 7636 §4",
        &["the_example_of_rfc_7636_appendix_b_holds", "a_challenge_is_met_by_its_verifier_alone"],
    ),
    ("RFC 7638 §3", &["the_thumbprint_is_that_of_rfc_7638"]),
    ("RFC 8037 appendix A.3", &["the_thumbprint_is_that_of_rfc_8037_appendix_a_3"]),
    (
        "RFC 8252 §7.3",
        &[
            "p002_only_the_port_of_a_literal_loopback_address_of_a_native_client_may_differ",
            "p002_a_loopback_match_leads_to_the_same_host_and_path",
        ],
    ),
    (
        "RFC 8707 §2",
        &["a_resource_is_absolute_and_has_no_fragment", "fewer_resources_take_their_scopes_along"],
    ),
    (
        "RFC 8725 §3.1",
        &["p021_unsigned_symmetric_and_cut_tokens_are_refused", "p021_no_algorithm_but_rs256_is_taken"],
    ),
    (
        "RFC 8725 §3.10",
        &["p022_key_hints_of_the_token_are_never_followed", "p022_hints_to_other_keys_are_never_followed"],
    ),
    ("RFC 8725 §3.11", &["a_token_of_one_kind_does_not_pass_for_another"]),
    ("RFC 9068 §2", &["the_documented_shape_is_read_and_written_back_unchanged"]),
    (
        "RFC 9068 §4",
        &["only_the_access_token_type_passes_in_any_case_and_long_form", "p023_a_missing_claim_fails"],
    ),
];

/// A test function and the attack rows it belongs to.
struct Test {
    name: String,
    rows: BTreeSet<String>,
}

/// The attack rows named in a text: `P010`, or `p010` where it stands at the beginning of a test's name.
fn rows_in(text: &str) -> BTreeSet<String> {
    text.split(|letter: char| !letter.is_ascii_alphanumeric())
        .filter(|word| word.len() == 4 && word.starts_with(['P', 'p']))
        .filter(|word| word[1..].chars().all(|letter| letter.is_ascii_digit()))
        .map(str::to_uppercase)
        .collect()
}

/// The tests of one file: functions under an attribute that ends in `test]` or begins as `#[tokio::test(`.
fn tests_of(text: &str) -> Vec<Test> {
    let (mut tests, mut docs, mut is_test) = (Vec::new(), String::new(), false);
    for line in text.lines().map(str::trim) {
        if let Some(doc) = line.strip_prefix("///") {
            docs.push_str(doc);
        } else if line.starts_with("#[") {
            is_test |= line.ends_with("test]") || line.contains("::test(") || line.contains("test]");
        } else if let Some((before, after)) = line.split_once("fn ").filter(|_| is_test) {
            if before.is_empty() || before == "async " || before == "pub " {
                let name: String =
                    after.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect();
                let mut rows = rows_in(&docs);
                rows.extend(rows_in(&name));
                tests.push(Test { name, rows });
            }
            (docs, is_test) = (String::new(), false);
        } else {
            (docs, is_test) = (String::new(), false);
        }
    }
    tests
}

fn all_tests() -> Vec<Test> {
    let read = |path: PathBuf| fs::read_to_string(path).expect("a readable file");
    ["src", "tests"].into_iter().flat_map(rust_files).flat_map(|path| tests_of(&read(path))).collect()
}

/// The attack list with its last column written anew from the tests.
fn list_with_tests(list: &str, tests: &[Test]) -> String {
    let mut by_row: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for test in tests {
        for row in &test.rows {
            by_row.entry(row).or_default().insert(&test.name);
        }
    }
    let mut out = String::new();
    for line in list.lines() {
        let id = line
            .strip_prefix("| P")
            .and_then(|rest| rest.split(' ').next())
            .map(|digits| format!("P{digits}"));
        let cells = line.strip_suffix('|').and_then(|inner| inner.rsplit_once('|')).map(|(cells, _)| cells);
        match (id, cells) {
            (Some(id), Some(cells)) => {
                let names = by_row
                    .get(id.as_str())
                    .map(|names| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "));
                writeln!(out, "{cells}| {} |", names.unwrap_or_default()).expect("writing to a string");
            }
            _ => writeln!(out, "{line}").expect("writing to a string"),
        }
    }
    out
}

/// The names in the last column of a row.
fn named_in(line: &str) -> Vec<&str> {
    let last = line.strip_suffix('|').and_then(|inner| inner.rsplit_once('|')).map_or("", |(_, last)| last);
    last.split(',').map(|name| name.trim().trim_matches('`')).filter(|name| !name.is_empty()).collect()
}

#[test]
fn the_attack_list_names_tests_that_exist() {
    let list = fs::read_to_string(root().join(LIST)).expect("the attack list");
    let tests = all_tests();
    let known: BTreeSet<&str> = tests.iter().map(|test| test.name.as_str()).collect();
    let rows = list.lines().filter(|line| line.starts_with("| P"));
    let dangling: Vec<&str> = rows.flat_map(named_in).filter(|name| !known.contains(name)).collect();
    let fresh = Path::new(env!("CARGO_TARGET_TMPDIR")).join("attacks.md");
    let right = list_with_tests(&list, &tests);
    fs::write(&fresh, &right).expect("a writable target folder");
    assert!(dangling.is_empty(), "{LIST} names {dangling:?}; the right list: cp {} {LIST}", fresh.display());
    assert!(list == right, "{LIST} is not what the tests say; the right list: cp {} {LIST}", fresh.display());
}

#[test]
fn every_row_whose_feature_exists_has_a_test() {
    let list = fs::read_to_string(root().join(LIST)).expect("the attack list");
    let tests = all_tests();
    let tested: BTreeSet<&str> = tests.iter().flat_map(|test| test.rows.iter().map(String::as_str)).collect();
    for number in HELD.iter().flat_map(|(first, last)| *first..=*last) {
        let row = format!("P{number:03}");
        assert!(list.contains(&format!("| {row} |")), "{row} is not in {LIST}");
        assert!(tested.contains(row.as_str()), "{row} has no test");
    }
}

#[test]
fn each_listed_section_has_tests_that_exist() {
    let names: BTreeSet<String> = all_tests().into_iter().map(|test| test.name).collect();
    let dangling: Vec<String> = SECTIONS
        .iter()
        .flat_map(|(section, tests)| tests.iter().map(move |test| (section, test)))
        .filter(|(_, test)| !names.contains(**test))
        .map(|(section, test)| format!("{section}: {test}"))
        .collect();
    assert!(dangling.is_empty(), "no such test: {dangling:#?}");
    assert!(SECTIONS.iter().all(|(_, tests)| !tests.is_empty()), "a section without a test");
}

#[test]
fn a_test_belongs_to_the_rows_in_its_name_and_its_comment() {
    let text =
        "/// P013: the family dies.\n#[tokio::test]\nasync fn p010_code_twice() {\n}\nfn p011_no_test() {}";
    let tests = tests_of(text);
    assert_eq!(tests.len(), 1);
    assert_eq!(tests[0].rows, BTreeSet::from(["P010".to_owned(), "P013".to_owned()]));
}

#[test]
fn the_last_column_is_replaced_and_nothing_else() {
    let tests = tests_of("#[test]\nfn p001_exact() {\n}");
    let empty = "| P001 | a | b | c | d | e |  |\n";
    let filled = "| P001 | a | b | c | d | e | `p001_exact` |\n";
    assert_eq!(list_with_tests(empty, &tests), filled);
    assert_eq!(list_with_tests(filled, &tests), filled);
    assert_eq!(list_with_tests(filled, &[]), empty);
}
