login-title = Anmelden
login-lead = Verwenden Sie Ihr Konto bei { $tenant }.
asked-for-another = Sie sind angemeldet, aber die Anwendung hat nach einem anderen Konto gefragt. Machen Sie mit diesem weiter oder brechen Sie ab.
username-label = E-Mail-Adresse
username-problem = Geben Sie Ihre E-Mail-Adresse ein, zum Beispiel name@firma.de.
organisation-label = Organisation
organisation-hint = Der Kurzname Ihrer Organisation. Ihre Administration kann ihn nennen.
organisation-optional = Bleibt das Feld leer, gilt Ihre E-Mail-Adresse.
organisation-problem = Geben Sie den Kurznamen Ihrer Organisation ein: Kleinbuchstaben, Ziffern und Bindestriche.
password-title = Passwort eingeben
password-label = Passwort
password-submit = Anmelden
password-back = Ändern
password-back-long = (E-Mail-Adresse)
password-missing = Geben Sie Ihr Passwort ein.
password-wrong = E-Mail-Adresse oder Passwort stimmt nicht. Prüfen Sie beides und versuchen Sie es noch einmal.
password-too-many = Zu viele Versuche. Warten Sie { $minutes ->
    [one] eine Minute
   *[other] { $minutes } Minuten
 } und versuchen Sie es noch einmal.
password-no-second-factor = Ihre Organisation verlangt einen zweiten Faktor, und Ihr Konto hat noch keinen. Bitten Sie eine Administratorin oder einen Administrator um einen Link zum Einrichten.
factor-title = Bestätigen Sie, dass Sie es sind
factor-lead = Noch ein Schritt für { $person }. Wählen Sie, wie:
factor-none = Es gibt keinen anderen Weg, den Ihre Organisation erlaubt. Bitten Sie Ihre Administration um Hilfe.
factor-password = Passwort
factor-passkey = Passkey
factor-totp = Code aus einer Authenticator-App
factor-recovery-code = Wiederherstellungscode
factor-magic-link = Link per E-Mail
factor-email-code = Code per E-Mail
factor-connection = Anmeldung Ihrer Organisation
accounts-title = Konto wählen
accounts-other = Anderes Konto verwenden
