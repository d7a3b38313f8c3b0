logout-title = Abmelden?
logout-lead = Um Ihre Anwendungen in diesem Browser zu verwenden, müssen Sie sich danach neu anmelden.
logout-confirm = Abmelden
logout-cancel = Angemeldet bleiben
logged-out-title = Sie sind abgemeldet
logged-out-lead = Sie können dieses Fenster schließen. An einem gemeinsam genutzten Computer schließen Sie auch den Browser.
logged-out-others = In diesem Browser noch angemeldet
