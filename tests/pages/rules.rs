//! What holds on every page, whatever it says.

use std::collections::BTreeSet;

use super::gallery::{Rendered, every_page};
use super::html::{Tag, ids, tags};

fn on_every_page(rule: impl Fn(&Rendered, &[Tag]) -> Result<(), String>) {
    let broken: Vec<String> = every_page()
        .iter()
        .filter_map(|page| {
            let fault = rule(page, &tags(&page.html)).err()?;
            Some(format!("{}/{}: {fault}", page.locale.as_str(), page.name))
        })
        .collect();
    assert!(broken.is_empty(), "{broken:#?}");
}

fn check(holds: bool, fault: &str) -> Result<(), String> {
    if holds { Ok(()) } else { Err(fault.to_owned()) }
}

#[test]
fn ids_are_unique_and_the_marker_is_the_main_element() {
    on_every_page(|page, tags| {
        let all = ids(&page.html);
        check(all.len() == all.iter().collect::<BTreeSet<_>>().len(), "an id stands twice")?;
        let mains: Vec<_> = tags.iter().filter(|tag| tag.name == "main").collect();
        check(
            mains.len() == 1 && mains[0].get("id") == Some(page.marker),
            "the marker is not on the one main",
        )
    });
}

#[test]
fn each_page_has_its_language_one_heading_a_title_and_its_landmarks() {
    on_every_page(|page, tags| {
        let count = |name: &str| tags.iter().filter(|tag| tag.name == name).count();
        check(tags[0].name == "html" && tags[0].get("lang") == Some(page.locale.as_str()), "lang")?;
        check(count("h1") == 1, "not one h1")?;
        check(count("header") == 1 && count("footer") == 1, "a landmark is missing")?;
        let title = page.html.split_once("<title>").and_then(|(_, rest)| rest.split_once("</title>"));
        let (title, _) = title.ok_or("no title")?;
        let (what, whose) = title.split_once(" · ").ok_or("the title does not say whose page it is")?;
        check(!what.trim().is_empty() && !whose.trim().is_empty(), "half a title")
    });
}

#[test]
fn nothing_runs_or_styles_inline() {
    on_every_page(|page, tags| {
        check(!page.html.contains("<style"), "a style element")?;
        for tag in tags {
            for name in tag.attribute_names() {
                check(name != "style" && !name.starts_with("on"), name)?;
            }
            check(tag.name != "script" || tag.get("src").is_some(), "an inline script")?;
            for attribute in ["href", "src", "action", "formaction"] {
                let address = tag.get(attribute).unwrap_or("/");
                let ours = address.starts_with('/') && !address.starts_with("//");
                check(ours || address.starts_with("https://"), address)?;
            }
        }
        let script = page.html.matches("<script").count();
        let asks = page.html.contains("id=\"passkey-form\"");
        let signs_in =
            ["page-totp", "page-recovery-code", "page-email-code", "page-link"].contains(&page.marker);
        let offers = signs_in && page.html.contains("name=\"device\"");
        let makes = page.marker == "page-passkey-new";
        check(
            script == usize::from(page.name == "form-post" || asks || offers || makes),
            "a script where none is needed",
        )
    });
}

#[test]
fn every_field_has_a_label_and_every_description_exists() {
    on_every_page(|page, tags| {
        let ids = ids(&page.html);
        let labels: Vec<_> =
            tags.iter().filter(|tag| tag.name == "label").filter_map(|tag| tag.get("for")).collect();
        for tag in tags.iter().filter(|tag| tag.name == "input" && tag.get("type") != Some("hidden")) {
            let id = tag.get("id").ok_or("a field without an id")?;
            check(labels.contains(&id), &format!("{id} has no label"))?;
            check(tag.get("autocomplete").is_some(), &format!("{id} tells password managers nothing"))?;
            check(
                tag.get("autocapitalize") == Some("none") && tag.get("spellcheck") == Some("false")
                    || tag.get("readonly").is_some(),
                &format!("{id} would be corrected by a phone"),
            )?;
        }
        for tag in tags {
            for attribute in ["aria-describedby", "aria-labelledby", "for"] {
                for id in tag.get(attribute).unwrap_or_default().split_whitespace() {
                    check(ids.iter().any(|known| known == id), &format!("{attribute} names {id}"))?;
                }
            }
            if tag.get("aria-invalid").is_some() {
                check(tag.get("aria-describedby").is_some(), "a fault without words")?;
            }
            check(tag.name != "img" || tag.get("alt").is_some(), "an image without alt")?;
        }
        Ok(())
    });
}

#[test]
fn p071_every_form_of_ours_posts_with_its_token_and_to_us() {
    on_every_page(|_, tags| {
        for form in tags.iter().filter(|tag| tag.name == "form") {
            check(form.get("method") == Some("post"), "a form that is not post")?;
        }
        let forms =
            tags.iter().filter(|tag| tag.name == "form" && tag.get("id") != Some("form-post")).count();
        let tokens = tags.iter().filter(|tag| tag.get("name") == Some("csrf")).count();
        check(forms == tokens, "a form without csrf, or two")?;
        let buttons = tags.iter().filter(|tag| tag.name == "button");
        check(buttons.clone().all(|tag| tag.get("type") == Some("submit")), "a button that does nothing")?;
        check(buttons.clone().all(|tag| tag.get("id").is_some()), "a button without an id")
    });
}

#[test]
fn one_field_has_the_focus_and_a_faulty_one_before_others() {
    on_every_page(|_, tags| {
        let focused: Vec<_> = tags.iter().filter(|tag| tag.get("autofocus").is_some()).collect();
        let fields = tags.iter().filter(|tag| tag.name == "input" && tag.get("required").is_some()).count();
        let faulty = tags.iter().find(|tag| tag.get("aria-invalid").is_some());
        let wanted = usize::from(fields > 0 || faulty.is_some());
        check(focused.len() == wanted, "not one field with the focus")?;
        check(faulty.is_none_or(|tag| tag.get("autofocus").is_some()), "the focus is not on the fault")
    });
}

#[test]
fn links_that_leave_tell_nothing_and_cannot_reach_back() {
    on_every_page(|_, tags| {
        for link in tags.iter().filter(|tag| tag.get("href").is_some_and(|href| href.starts_with("https:"))) {
            check(link.get("rel") == Some("noopener noreferrer"), "rel")?;
        }
        Ok(())
    });
}

#[test]
fn what_people_and_clients_call_themselves_is_only_text() {
    on_every_page(|page, _| check(!page.html.contains("<script>"), "a name became markup"));
}

#[test]
fn an_error_is_announced_in_the_title_and_beside_its_field() {
    on_every_page(|page, tags| {
        let faults = tags.iter().filter(|tag| tag.get("aria-invalid").is_some()).count();
        let alerts = tags.iter().filter(|tag| tag.get("role") == Some("alert")).count();
        check(faults == alerts, "faults and alerts differ in number")?;
        let says_so = page.html.contains("<title>Error: ") || page.html.contains("<title>Fehler: ");
        check(says_so == (faults > 0), "the title does not tell")
    });
}
