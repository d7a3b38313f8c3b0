mail-sent-by = Automatisch gesendet von { $deployment }.
mail-when = Zeitpunkt
mail-address = Von der Adresse
mail-device = Mit
mail-life-minutes = Der Link oder Code gilt einmal, { $count ->
    [one] eine Minute
   *[other] { $count } Minuten
 } lang.
mail-life-hours = Der Link gilt einmal, { $count ->
    [one] eine Stunde
   *[other] { $count } Stunden
 } lang.
mail-life-days = Der Link gilt einmal, { $count ->
    [one] einen Tag
   *[other] { $count } Tage
 } lang.
mail-link-hint = Wenn die Schaltfläche nicht funktioniert, kopieren Sie diese Adresse in Ihren Browser:
mail-unasked = Wenn Sie das nicht angefordert haben, ignorieren Sie diese E-Mail: Ohne den Link geschieht nichts.
mail-sign-in-title = Anmelden bei { $tenant }
mail-sign-in-lead = Öffnen Sie diesen Link, um sich bei { $tenant } anzumelden.
mail-sign-in-button = Anmelden
mail-verify-title = Bestätigen Sie Ihre E-Mail-Adresse
mail-verify-lead = Bestätigen Sie, dass dies die Adresse Ihres Kontos bei { $tenant } ist.
mail-verify-button = Adresse bestätigen
mail-change-title = Bestätigen Sie Ihre neue E-Mail-Adresse
mail-change-lead = Ihr Konto bei { $tenant } soll künftig diese Adresse haben. Bestätigen Sie, dass sie Ihnen gehört; bis dahin behält das Konto die alte.
mail-change-button = Neue Adresse bestätigen
mail-reset-title = Neues Passwort festlegen
mail-reset-lead = Jemand möchte ein neues Passwort für Ihr Konto bei { $tenant } festlegen. Öffnen Sie diesen Link, um eines zu wählen.
mail-reset-button = Neues Passwort festlegen
mail-factor-link-title = Richten Sie einen zweiten Nachweis ein
mail-factor-link-lead = { $tenant } verlangt bei der Anmeldung einen zweiten Nachweis. Jemand aus der Verwaltung hat Ihnen diesen Link geschickt: Öffnen Sie ihn, melden Sie sich wie gewohnt an und richten Sie eine Authenticator-App oder einen Passkey ein.
mail-factor-link-button = Jetzt einrichten
mail-code-title = Ihr Code für { $tenant }
mail-code-lead = Geben Sie diesen Code auf der Seite ein, auf der Sie sich bei { $tenant } anmelden:
mail-code-secret = Nennen Sie ihn niemandem, auch nicht Personen, die sich als { $tenant } ausgeben.
mail-code-unasked = Wenn Sie sich gerade nicht anmelden, kennt jemand anderes einen Teil Ihrer Zugangsdaten: Ändern Sie Ihr Passwort.
mail-invitation-title = Einladung zu { $tenant }
mail-invitation-lead = { $inviter } lädt Sie ein, { $tenant } beizutreten.
mail-invitation-lead-nobody = Sie sind eingeladen, { $tenant } beizutreten.
mail-invitation-button = Einladung annehmen
mail-invitation-unasked = Wenn Sie sie nicht erwarten, ignorieren Sie diese E-Mail: Es geschieht nichts, solange Sie nicht annehmen.
mail-not-you = Wenn Sie das nicht waren, melden Sie sich an, beenden Sie die Sitzungen, die Sie nicht kennen, ändern Sie Ihr Passwort und verständigen Sie Ihre Administration.
mail-account-exists-title = Sie haben schon ein Konto bei { $tenant }
mail-account-exists-lead = Jemand wollte sich bei { $tenant } mit dieser Adresse registrieren. Sie hat dort schon ein Konto.
mail-account-exists-advice = Wenn Sie es waren, melden Sie sich mit dieser Adresse an; auf der Seite für das Passwort lässt sich ein neues setzen. Wenn nicht, brauchen Sie nichts zu tun: Niemand ist hineingekommen.
mail-email-change-asked-title = Ihr Konto soll eine andere E-Mail-Adresse bekommen
mail-email-change-asked-lead = Jemand, der in Ihrem Konto bei { $tenant } angemeldet ist, möchte dessen E-Mail-Adresse ändern. Es behält diese, bis die neue bestätigt ist.
mail-email-changed-title = Die E-Mail-Adresse Ihres Kontos wurde geändert
mail-email-changed-lead = Ihr Konto bei { $tenant } hat jetzt eine andere E-Mail-Adresse. Diese hier erhält keine E-Mails mehr dazu.
mail-new-device-title = Neue Anmeldung bei Ihrem Konto bei { $tenant }
mail-new-device-lead = Jemand hat sich mit einem bisher unbekannten Browser bei Ihrem Konto bei { $tenant } angemeldet.
mail-factor-added-title = Für Ihr Konto gibt es eine neue Art der Anmeldung
mail-factor-added-lead = Ihrem Konto bei { $tenant } hinzugefügt: { $factor }.
mail-factor-removed-title = Eine Art der Anmeldung wurde von Ihrem Konto entfernt
mail-factor-removed-lead = Von Ihrem Konto bei { $tenant } entfernt: { $factor }.
mail-factor-password = ein Passwort
mail-factor-passkey = ein Passkey
mail-factor-totp = eine Authenticator-App
mail-factor-recovery-code = Wiederherstellungscodes
mail-factor-magic-link = Links per E-Mail
mail-factor-email-code = Codes per E-Mail
mail-factor-connection = ein Konto bei einem anderen Anbieter
mail-factor-home = die eigene Organisation
mail-password-changed-title = Ihr Passwort wurde geändert
mail-password-changed-lead = Für Ihr Konto bei { $tenant } gilt jetzt ein anderes Passwort.
mail-token-made-title = Ein persönliches Zugriffstoken wurde erstellt
mail-token-made-lead = Für Ihr Konto bei { $tenant } wurde ein persönliches Zugriffstoken erstellt: { $name }. Wer es hat, handelt in Ihrem Namen.
mail-recovery-used-title = Ein Wiederherstellungscode wurde verwendet
mail-recovery-used-lead = { $count ->
    [0] Jemand hat sich mit einem Wiederherstellungscode bei Ihrem Konto bei { $tenant } angemeldet. Es war der letzte: Erstellen Sie neue.
    [one] Jemand hat sich mit einem Wiederherstellungscode bei Ihrem Konto bei { $tenant } angemeldet. Einer ist noch übrig: Erstellen Sie neue.
   *[other] Jemand hat sich mit einem Wiederherstellungscode bei Ihrem Konto bei { $tenant } angemeldet. Es sind noch { $count } übrig.
 }
mail-account-locked-title = Ihr Konto bei { $tenant } ist vorübergehend gesperrt
mail-account-locked-lead = Nach zu vielen Fehlversuchen nimmt Ihr Konto { $count ->
    [one] eine Minute
   *[other] { $count } Minuten
 } lang weder Passwort noch Code an. Ein Passkey funktioniert weiterhin.
mail-account-locked-advice = Wenn nicht Sie es versucht haben, rät jemand. Hineingekommen ist niemand; Sie brauchen nichts zu tun. Ihre Administration kann die Sperre früher aufheben.
mail-break-glass-title = Das Notfallkonto von { $tenant } wurde verwendet
mail-break-glass-lead = { $person } hat sich bei { $tenant } mit dem Notfallkonto angemeldet, an den Regeln vorbei, die für alle anderen gelten.
mail-break-glass-advice = Wenn Ihnen kein Notfall bekannt ist, fragen Sie jetzt nach und lassen Sie das Konto sperren.
