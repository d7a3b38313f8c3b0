//! A headless browser window of a given size, scheme and will to run scripts.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use tempfile::TempDir;
use thirtyfour::common::command::{Command as DriverCommand, ExtensionCommand};
use thirtyfour::session::handle::SessionHandle;
use thirtyfour::{By, ChromiumLikeCapabilities, DesiredCapabilities, LoggingPrefsLogLevel, WebDriver};
use tokio::task::LocalSet;

use crate::harness::wait::until;

/// What a window is like.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Look {
    /// Width of the page in CSS pixels; the height follows.
    pub(crate) width: u32,
    /// Whether the person prefers a dark scheme.
    pub(crate) dark: bool,
    /// Whether scripts of pages run.
    pub(crate) script: bool,
}

/// How long a page may take to be shown on a busy machine.
const ARRIVED: Duration = Duration::from_secs(20);

/// A desktop window, light, with scripts.
pub(crate) const DESKTOP: Look = Look { width: 1280, dark: false, script: true };

/// A phone, light, with scripts.
pub(crate) const PHONE: Look = Look { width: 390, dark: false, script: true };

/// An open window.
#[derive(Clone)]
pub(crate) struct Window {
    session: Arc<SessionHandle>,
}

/// A command of the extension by which tests have authenticators.
#[derive(Debug)]
struct WebAuthn {
    path: &'static str,
    body: serde_json::Value,
}

impl ExtensionCommand for WebAuthn {
    fn parameters_json(&self) -> Option<serde_json::Value> {
        Some(self.body.clone())
    }

    fn method(&self) -> Method {
        Method::POST
    }

    fn endpoint(&self) -> Arc<str> {
        self.path.into()
    }
}

/// Opens a window, lets the test use it, and closes it whatever happens.
pub(crate) async fn with_window<F, Fut>(look: Look, test: F)
where
    F: FnOnce(Window) -> Fut,
    Fut: Future<Output = ()> + 'static,
{
    let driver_process = DriverProcess::start();
    let driver = WebDriver::new(driver_process.address(), capabilities()).await.expect("a browser");
    let window = Window { session: Arc::clone(driver.handle()) };
    window.look(look).await;
    let test = async { tokio::task::spawn_local(test(window)).await };
    let outcome = LocalSet::new().run_until(test).await;
    driver.quit().await.expect("the browser closes");
    driver_process.end().await;
    if let Err(panicked) = outcome {
        std::panic::resume_unwind(panicked.into_panic());
    }
}

impl Window {
    /// Changes what the window is like.
    pub(crate) async fn look(&self, look: Look) {
        let height = if look.width < 600 { 844 } else { 900 };
        let size = json!({"width": look.width, "height": height, "deviceScaleFactor": 1, "mobile": look.width < 600});
        let scheme = if look.dark { "dark" } else { "light" };
        let media = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        self.devtools("Emulation.setDeviceMetricsOverride", size).await;
        self.devtools("Emulation.setEmulatedMedia", media).await;
        self.devtools("Emulation.setScriptExecutionDisabled", json!({"value": !look.script})).await;
    }

    /// Gives the browser an authenticator that lives in the machine and verifies its owner (WebAuthn Level 3 §11.2).
    pub(crate) async fn plug_in_authenticator(&self) {
        let command = WebAuthn {
            path: "/webauthn/authenticator",
            body: json!({
                "protocol": "ctap2", "transport": "internal", "hasResidentKey": true,
                "hasUserVerification": true, "isUserVerified": true, "isUserConsenting": true,
            }),
        };
        let command = DriverCommand::ExtensionCommand(Box::new(command));
        self.session.cmd(command).await.expect("an authenticator");
    }

    async fn devtools(&self, method: &str, parameters: serde_json::Value) {
        let devtools = thirtyfour::cdp::Cdp::new(Arc::clone(&self.session));
        devtools.send_raw(method, parameters).await.expect(method);
    }

    /// Opens an address.
    pub(crate) async fn open(&self, address: &str) {
        self.session.goto(address).await.expect(address);
    }

    /// Opens a page for the keyboard: the field that asks for the focus has it only when the page was painted.
    pub(crate) async fn open_for_keys(&self, address: &str) {
        self.open(address).await;
        let given = "const asks = document.querySelector('[autofocus]');\
                     return !asks || document.activeElement === asks";
        until(ARRIVED, "the focus is given", async || self.evaluate(given).await == true).await;
    }

    /// From the next page on, the browser suggests no passkeys in fields.
    pub(crate) async fn suggest_nothing(&self) {
        let source = "delete window.PublicKeyCredential.isConditionalMediationAvailable;";
        self.devtools("Page.addScriptToEvaluateOnNewDocument", json!({"source": source})).await;
    }

    /// Throws every cookie away.
    pub(crate) async fn forget_cookies(&self) {
        self.devtools("Network.clearBrowserCookies", json!({})).await;
    }

    /// Where the window is.
    pub(crate) async fn address(&self) -> String {
        self.session.current_url().await.expect("an address").to_string()
    }

    /// The marker of the page that is shown.
    pub(crate) async fn marker(&self) -> String {
        let main = self.session.find(By::Tag("main")).await.expect("a main element");
        main.id().await.expect("an answer").expect("a marker")
    }

    /// The id of the element that has the focus; empty where it has none.
    pub(crate) async fn focus(&self) -> String {
        self.evaluate("return document.activeElement.id").await.as_str().unwrap_or_default().to_owned()
    }

    /// Types text into whatever has the focus, key by key.
    pub(crate) async fn press(&self, text: &str) {
        for character in text.chars().map(String::from) {
            let down = json!({"type": "keyDown", "key": character, "text": character});
            self.devtools("Input.dispatchKeyEvent", down).await;
            self.devtools("Input.dispatchKeyEvent", json!({"type": "keyUp", "key": character})).await;
        }
    }

    /// Presses Enter.
    pub(crate) async fn press_enter(&self) {
        self.press_named(("Enter", 13), Some("\r"), 0).await;
    }

    /// Goes on to the next field.
    pub(crate) async fn press_tab(&self) {
        self.press_named(("Tab", 9), None, 0).await;
    }

    /// Goes back to the field before.
    pub(crate) async fn press_shift_tab(&self) {
        self.press_named(("Tab", 9), None, 8).await;
    }

    /// Presses a key once. Not by the actions of `WebDriver`: chromedriver repeats one that a new page interrupts.
    async fn press_named(&self, (key, number): (&str, u8), text: Option<&str>, modifiers: u8) {
        let event = |kind: &str| {
            json!({
                "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": number, "modifiers": modifiers,
            })
        };
        let mut down = event(if text.is_some() { "keyDown" } else { "rawKeyDown" });
        if let Some(text) = text {
            down["text"] = text.into();
        }
        self.devtools("Input.dispatchKeyEvent", down).await;
        self.devtools("Input.dispatchKeyEvent", event("keyUp")).await;
    }

    /// Presses the element with this id.
    pub(crate) async fn click(&self, id: &str) {
        self.session.find(By::Id(id)).await.expect(id).click().await.expect(id);
    }

    /// The text of the element with this id, or `None` where there is none.
    pub(crate) async fn text(&self, id: &str) -> Option<String> {
        let element = self.session.find(By::Id(id)).await.ok()?;
        element.text().await.ok()
    }

    /// Runs a function body in the page and gives what it returns. This works also where the page's own scripts do not.
    pub(crate) async fn evaluate(&self, body: &str) -> serde_json::Value {
        self.session.execute(body, Vec::new()).await.expect("a script").json().clone()
    }

    /// The same for a body that gives its result to the function in its last argument.
    pub(crate) async fn evaluate_later(&self, body: &str) -> serde_json::Value {
        self.session.execute_async(body, Vec::new()).await.expect("a script").json().clone()
    }

    /// Waits until the page with this marker is shown.
    pub(crate) async fn arrive_at(&self, marker: &str) {
        until(ARRIVED, marker, async || {
            let Ok(main) = self.session.find(By::Tag("main")).await else { return false };
            main.id().await.ok().flatten().as_deref() == Some(marker)
        })
        .await;
    }

    /// Waits until there is an element with this id.
    pub(crate) async fn arrive_at_id(&self, id: &str) {
        until(ARRIVED, id, async || self.session.find(By::Id(id)).await.is_ok()).await;
    }

    /// Empties a field and gives it the focus.
    pub(crate) async fn clear(&self, id: &str) {
        let field = self.session.find(By::Id(id)).await.expect(id);
        field.clear().await.expect(id);
        field.focus().await.expect(id);
    }

    /// What the browser complained about since the last call: blocked content, missing files, scripts that failed.
    pub(crate) async fn complaints(&self) -> Vec<String> {
        let log = self.session.browser_log().await.expect("the browser's log");
        log.into_iter().map(|entry| entry.message).collect()
    }

    /// Keeps a picture of the window in `target/pictures/`, for people to look at.
    pub(crate) async fn picture(&self, name: &str) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/pictures");
        std::fs::create_dir_all(&folder).expect("a folder");
        let file: PathBuf = folder.join(name).with_extension("png");
        self.session.screenshot(&file).await.expect("a picture");
    }
}

fn capabilities() -> thirtyfour::ChromeCapabilities {
    let mut wishes = DesiredCapabilities::chrome();
    let arguments = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--lang=en",
    ];
    for argument in arguments {
        wishes.add_arg(argument).expect("an argument");
    }
    wishes.set_browser_log_level(LoggingPrefsLogLevel::Warning).expect("a log level");
    wishes
}

/// A chromedriver on a port of its own, with a home of its own for what it and its browser keep; ends with this value.
struct DriverProcess {
    process: Child,
    port: u16,
    home: TempDir,
}

impl DriverProcess {
    /// Starts one. It takes a free port of IPv4 and then the same of IPv6, and ends where another process has that:
    /// then another is started, a few times at most.
    fn start() -> Self {
        (0..5).find_map(|_| Self::try_start()).expect("chromedriver names its port")
    }

    fn try_start() -> Option<Self> {
        let home = TempDir::new().expect("a temporary folder");
        let process = Command::new("chromedriver")
            .arg("--port=0")
            .envs(["HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "TMPDIR"].map(|name| (name, home.path())))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver must be installed: apt-get install chromium chromium-driver");
        let mut started = Self { process, port: 0, home };
        let output = started.process.stdout.take().expect("its output");
        started.port = BufReader::new(output).lines().map_while(Result::ok).find_map(|line| {
            line.split_once("successfully on port ")?.1.trim_end_matches('.').parse().ok()
        })?;
        Some(started)
    }

    fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Ends it, and takes its home away as soon as the browser's last helper has stopped writing there.
    async fn end(self) {
        let home = self.home.path().to_owned();
        drop(self);
        until(ARRIVED, "the browser's home is empty", async || {
            !home.exists() || std::fs::remove_dir_all(&home).is_ok()
        })
        .await;
    }
}

impl Drop for DriverProcess {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}
