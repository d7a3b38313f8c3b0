//! The browser of the conformance suite: it does what the block `browser` of `docs/conformance/suite.json` tells it, by
//! the ids of our pages, so that the file is known to work.

use serde_json::Value;

use crate::harness::html::tags;
use crate::harness::jar::{Jar, Page};

/// The issuer that stands in the file.
const ISSUER: &str = "https://id.example.com";
/// Where the suite takes answers.
const CALLBACK: &str = "https://localhost.emobix.co.uk:8443/test/a/symbolon/callback";

/// What the suite's browser is told, for one of its modules.
pub(super) struct Automation {
    entries: Vec<Value>,
    issuer: String,
    password: String,
}

/// Where a visit ended.
pub(super) struct Visit {
    /// The last page, or the redirect that leads away from us.
    pub(super) page: Page,
    /// The tasks that had something to do, in order.
    pub(super) done: Vec<String>,
    /// The markers of the pages that a picture was taken of.
    pub(super) pictures: Vec<String>,
}

impl Automation {
    /// The commands for this module: its own, or those for all.
    pub(super) fn of(configuration: &Value, module: &str, (issuer, password): (&str, &str)) -> Self {
        let own = &configuration["override"][module]["browser"];
        let browser = if own.is_array() { own } else { &configuration["browser"] };
        Self {
            entries: browser.as_array().expect("a list of entries").clone(),
            issuer: issuer.to_owned(),
            password: password.to_owned(),
        }
    }

    /// Goes to a path of ours and does every task whose address fits.
    pub(super) async fn visit(&self, jar: &Jar, path: &str) -> Visit {
        let first = jar.open(path).await;
        self.go_on(jar, &format!("{}{path}", self.issuer), first).await
    }

    /// Does the tasks for the address that was gone to, on the page that came of it.
    pub(super) async fn go_on(&self, jar: &Jar, address: &str, first: Page) -> Visit {
        let entry = self.entries.iter().find(|entry| self.fits(&entry["match"], address));
        let entry = entry.unwrap_or_else(|| panic!("the suite's browser has no tasks for {address}"));
        let mut visit = Visit { page: first, done: Vec::new(), pictures: Vec::new() };
        for task in entry["tasks"].as_array().expect("tasks") {
            let at = self.address(&visit.page);
            if !self.fits(&task["match"], &at) {
                assert_eq!(task["optional"], true, "{} is due, but the browser is at {at}", task["task"]);
                continue;
            }
            visit.done.push(task["task"].as_str().expect("a name").to_owned());
            for command in task["commands"].as_array().into_iter().flatten() {
                self.command(jar, &mut visit, command).await;
            }
        }
        visit
    }

    async fn command(&self, jar: &Jar, visit: &mut Visit, command: &Value) {
        let words: Vec<&str> = (0..6).map(|at| command[at].as_str().unwrap_or_default()).collect();
        let optional = words.iter().skip(3).any(|word| *word == "optional");
        match words[..3] {
            // The page of the suite itself, which only the suite has.
            ["wait", "id", "submission_complete"] => {
                assert!(self.address(&visit.page).starts_with(CALLBACK), "{:#?}", visit.page);
            }
            // A pattern of the start of an address, without anything special but its mark of the start.
            ["wait", "match", pattern] => {
                let start = pattern.strip_prefix('^').expect("an address from its start");
                assert!(self.address(&visit.page).starts_with(start), "{pattern}: {:#?}", visit.page);
            }
            ["wait", "id", id] => {
                assert!(visit.page.has(id), "no {id} on {}", visit.page.body);
                let text = visit.page.text_of(id).unwrap_or_default();
                assert!(words[4] == ".*" || text.contains(words[4]), "{} does not say {}", id, words[4]);
                visit.pictures.extend(visit.page.marker());
            }
            ["wait", "css", "main"] => visit.pictures.extend(visit.page.marker()),
            ["text", "id", id] => {
                let value =
                    command[3].as_str().expect("a text").replace("CONFORMANCE_PASSWORD", &self.password);
                visit.page.body = typed(&visit.page.body, id, &value);
            }
            ["click", "id", id] if visit.page.has(id) => visit.page = press(jar, &visit.page, id).await,
            ["click", "id", id] => assert!(optional, "no {id} on {}", visit.page.body),
            _ => panic!("the suite has no command {command}"),
        }
    }

    /// The address that the browser shows. A form-post page moves on by itself.
    fn address(&self, page: &Page) -> String {
        match (page.location(), page.marker().as_deref()) {
            (Some(place), _) => place,
            (None, Some("page-form-post")) => page.form().action,
            (None, _) => format!("{}{}", self.issuer, page.path),
        }
    }

    /// `*` stands for anything; everything else for itself.
    fn fits(&self, pattern: &Value, address: &str) -> bool {
        let pattern = pattern.as_str().expect("a pattern").replace(ISSUER, &self.issuer);
        let mut parts = pattern.split('*');
        let Some(mut rest) = address.strip_prefix(parts.next().unwrap_or_default()) else { return false };
        let parts: Vec<&str> = parts.collect();
        for part in &parts {
            let Some((_, after)) = rest.split_once(part) else { return false };
            rest = after;
        }
        parts.last().map_or(rest.is_empty(), |last| last.is_empty() || rest.is_empty())
    }
}

/// The page with this text typed into the field with this id.
fn typed(html: &str, id: &str, value: &str) -> String {
    let (before, after) =
        html.split_once(&format!("id=\"{id}\"")).unwrap_or_else(|| panic!("no {id} on {html}"));
    let (tag, rest) = after.split_once('>').expect("a tag ends");
    let (tag, _) = tag.split_once(" value=\"").unwrap_or((tag, ""));
    // The harness sends hidden fields; what was typed becomes one.
    let tag = tag.replace("type=\"text\"", "type=\"hidden\"").replace("type=\"password\"", "type=\"hidden\"");
    format!("{before}id=\"{id}\"{tag} value=\"{value}\">{rest}")
}

/// Presses the button with this id: a plain form post, without scripts.
async fn press(jar: &Jar, page: &Page, id: &str) -> Page {
    let all = tags(&page.body);
    let button = all.iter().find(|tag| tag.get("id") == Some(id)).expect("the button");
    assert_eq!((button.name.as_str(), button.get("type")), ("button", Some("submit")), "{id}");
    let sent = button.get("name").zip(button.get("value"));
    jar.submit(page, sent.as_slice()).await
}
