"""A browser without a screen: cookies, redirects and plain form posts, enough for the sign-in pages."""

from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import requests

STEPS = [("page-login", "login-submit"), ("page-password", "login-submit"), ("page-consent", "consent-allow")]


class Forms(HTMLParser):
    """Collects every form of a page with its fields, and every id."""

    def __init__(self, html):
        super().__init__()
        self.ids, self.forms = set(), []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if "id" in attrs:
            self.ids.add(attrs["id"])
        if tag == "form":
            self.forms.append({"action": attrs.get("action", ""), "fields": []})
        elif tag in ("input", "button") and self.forms:
            self.forms[-1]["fields"].append((tag, attrs))

    def press(self, button_id, values):
        """What a press of this button sends: the address and the fields."""
        for form in self.forms:
            if not any(attrs.get("id") == button_id for _, attrs in form["fields"]):
                continue
            body = []
            for tag, attrs in form["fields"]:
                name, field_id = attrs.get("name"), attrs.get("id")
                is_button = tag == "button" or attrs.get("type") == "submit"
                if name and (not is_button or field_id == button_id):
                    body.append((name, values.get(field_id, attrs.get("value") or "")))
            return form["action"], body
        raise RuntimeError(f"no form with the button {button_id} on this page")


class Browser:
    """Keeps its cookies from one walk to the next."""

    def __init__(self):
        self.session = requests.Session()

    def go(self, address, destination, person=None):
        """Walks the pages of the provider until the browser leaves for the destination: the address it goes to there,
        and the form it takes along where the answer comes by form post."""
        at, form = address, None
        for _ in range(20):
            if form is None:
                answer = self.session.get(at, allow_redirects=False, timeout=10)
            else:
                parts = urlsplit(at)
                origin = {"Origin": f"{parts.scheme}://{parts.netloc}"}
                answer = self.session.post(at, data=form, headers=origin, allow_redirects=False, timeout=10)
            form = None
            if "Location" in answer.headers:
                at = urljoin(at, answer.headers["Location"])
                if at.startswith(destination):
                    return at, None
                continue
            page = Forms(answer.text)
            if "page-form-post" in page.ids:
                action, fields = page.press("form-post-submit", {})
                assert action == destination, "the answer goes elsewhere"
                return action, dict(fields)
            step = next((button for marker, button in STEPS if marker in page.ids), None)
            if step is None:
                raise RuntimeError(f"stranded with status {answer.status_code} at {urlsplit(at).path}")
            action, form = page.press(step, person or {})
            at = urljoin(at, action)
        raise RuntimeError("went in circles")
