//! Every page in every state: nothing sticks out, every target is large enough, the policy blocks nothing of ours.

use symbolon::views::text::Locale;

use super::site::Site;
use super::window::{DESKTOP, Look, PHONE, Window, with_window};
use crate::pages::gallery::every_page;

/// Gives what is wrong with the layout of the page that is shown (WCAG 2.2 §1.4.10 reflow; targets by docs/pages.md).
pub(super) const FAULTS: &str = r#"
    const faults = [];
    const root = document.documentElement;
    if (root.scrollWidth > root.clientWidth) faults.push(`scrolls sideways: ${root.scrollWidth} > ${root.clientWidth}`);
    for (const element of document.querySelectorAll("button, a, select, textarea, input:not([type=hidden]):not([readonly])")) {
        // What a browser without passkeys does not show.
        if (element.closest(".passkey") && !element.checkVisibility()) continue;
        const box = element.getBoundingClientRect();
        if (box.height < 44 || box.width < 44) faults.push(`${element.id} is ${box.width} x ${box.height}`);
    }
    for (const element of document.querySelectorAll("body *:not(.unseen)")) {
        const box = element.getBoundingClientRect();
        if (element.hidden && element.checkVisibility()) faults.push(`${element.id} is hidden and seen`);
        if (box.left < -0.5 || box.right > root.clientWidth + 0.5) faults.push(`${element.tagName} ${element.id} sticks out`);
    }
    return faults;
"#;

/// Gives how far things moved while the page loaded (Layout Instability).
const MOVED: &str = r#"
    const done = arguments[arguments.length - 1];
    let sum = 0;
    new PerformanceObserver(list => { for (const entry of list.getEntries()) sum += entry.value; })
        .observe({type: "layout-shift", buffered: true});
    setTimeout(() => done(sum), 60);
"#;

/// A site with every page in every state, and their paths.
pub(super) fn gallery() -> (Site, Vec<String>) {
    let site = Site::open();
    let mut paths = Vec::new();
    for page in every_page().into_iter().filter(|page| page.name != "form-post") {
        let path = format!("/{}/{}", page.locale.as_str(), page.name);
        site.put(&path, page.html);
        if !paths.contains(&path) {
            paths.push(path);
        }
    }
    (site, paths)
}

async fn faults(window: &Window, address: &str) -> Vec<String> {
    window.open(address).await;
    let found = window.evaluate(FAULTS).await;
    let mut found: Vec<String> = serde_json::from_value(found).expect("a list");
    found.extend(window.complaints().await);
    found
}

#[tokio::test]
async fn no_page_sticks_out_of_a_phone_or_has_small_targets() {
    let (site, paths) = gallery();
    with_window(PHONE, |window| async move {
        let mut broken = Vec::new();
        for width in [320, 390, 1280] {
            window.look(Look { width, ..PHONE }).await;
            for path in &paths {
                let found = faults(&window, &site.address(path)).await;
                if !found.is_empty() {
                    broken.push(format!("{path} at {width}: {found:?}"));
                }
            }
        }
        assert!(broken.is_empty(), "{broken:#?}");
    })
    .await;
}

#[tokio::test]
async fn the_dark_scheme_is_dark_and_nothing_moves_while_a_page_loads() {
    let (site, paths) = gallery();
    let english = format!("/{}/", Locale::ENGLISH.as_str());
    with_window(DESKTOP, |window| async move {
        for dark in [false, true] {
            window.look(Look { dark, ..DESKTOP }).await;
            for path in paths.iter().filter(|path| path.starts_with(&english)) {
                window.open(&site.address(path)).await;
                let brightness =
                    "return getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)";
                let channels: Vec<u32> =
                    serde_json::from_value(window.evaluate(brightness).await).expect("a colour");
                assert_eq!(channels.iter().all(|channel| *channel < 64), dark, "{path}: {channels:?}");
                // What moves by its own making moves at each load; a busy machine may once paint half of a page.
                let mut moved = window.evaluate_later(MOVED).await.as_f64().expect("a number");
                for _ in 0..2 {
                    if moved > 0.0 {
                        window.open(&site.address(path)).await;
                        moved = window.evaluate_later(MOVED).await.as_f64().expect("a number");
                    }
                }
                assert!(moved.abs() < f64::EPSILON, "{path} moved by {moved}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn the_keyboard_reaches_everything_in_order_and_sees_where_it_is() {
    let (site, _) = gallery();
    with_window(DESKTOP, |window| async move {
        let orders = [
            ("identifier", "username login-submit login-cancel passkey-submit from-home signup-offer client-policy client-tos"),
            ("password", "password login-submit login-link login-reset login-cancel passkey-submit client-policy client-tos"),
            ("accounts", "account-1 account-2 account-3 account-other login-cancel client-policy client-tos"),
            ("consent", "consent-allow consent-deny client-policy client-tos"),
            ("logout-confirm", "logout-confirm logout-cancel"),
            ("setup", "email password setup-submit"),
        ];
        for (page, order) in orders {
            window.open_for_keys(&site.address(&format!("/en/{page}"))).await;
            for expected in order.split(' ') {
                if window.focus().await != expected {
                    window.press_tab().await;
                }
                assert_eq!(window.focus().await, expected, "on {page}");
                let outline = "const style = getComputedStyle(document.activeElement);\
                               return style.outlineStyle === 'solid' && parseFloat(style.outlineWidth) >= 2";
                assert_eq!(window.evaluate(outline).await, true, "{expected} shows no focus on {page}");
            }
        }
        window.open_for_keys(&site.address("/en/password")).await;
        window.press_shift_tab().await;
        assert_eq!(window.focus().await, "login-back", "the way back stands before the password");
    })
    .await;
}
