//! The pages in a real browser: Debian's Chromium, driven by `WebDriver`.

mod accessibility;
mod guests;
mod invitations;
mod journey;
mod layout;
mod moving_on;
mod passkeys;
mod sign_in;
mod site;
pub(crate) mod window;
