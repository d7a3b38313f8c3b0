account-profile = Profil
account-email = E-Mail
email-title = E-Mail-Adresse
email-now = Damit melden Sie sich an und bekommen Nachrichten
email-pending = Ihre neue Adresse soll sein
email-pending-hint = wartet, bis Sie den Link öffnen, der dorthin ging
email-verify = Link zum Bestätigen senden
email-withdraw = Meine Adresse behalten
email-change = Adresse ändern
email-change-lead = An die neue Adresse geht ein Link. Ihr Konto behält die alte, bis Sie ihn hier öffnen.
email-new = Neue E-Mail-Adresse
email-change-submit = Link senden
email-notice-sent = Ein Link an Ihre Adresse ist unterwegs. Öffnen Sie ihn in diesem Browser innerhalb von { $minutes ->
    [one] einer Minute
   *[other] { $minutes } Minuten
 }.
email-notice-asked = Ein Link an die neue Adresse ist unterwegs, wenn sie verwendet werden darf. Öffnen Sie ihn in diesem Browser innerhalb von { $minutes ->
    [one] einer Minute
   *[other] { $minutes } Minuten
 }.
email-notice-withdrawn = Ihre Adresse bleibt. Der Link, der gesendet wurde, gilt nicht mehr.
email-notice-verified = Ihre Adresse ist bestätigt.
email-notice-changed = Ihr Konto hat die neue Adresse. Melden Sie sich von jetzt an damit an.
email-problem-same = Das ist schon Ihre Adresse.
email-problem-break-glass = Das ist das Konto für Notfälle: Seine Adresse ändert nur der Betreiber.
email-problem-outside = Verwenden Sie eine Adresse Ihrer Organisation.
email-confirm-title = Diese Adresse bestätigen
email-confirm-submit = Das ist meine
email-elsewhere = Melden Sie sich zuerst an.
email-elsewhere-advice = Dieser Link gilt nur in einem Browser, in dem Sie in dem Konto angemeldet sind, für das er bestimmt ist. Melden Sie sich an und öffnen Sie den Link in der Nachricht noch einmal. Wenn Sie von keinem solchen Konto wissen, beachten Sie die Nachricht nicht.
account-sessions = Geräte
profile-lead = So heißen und erscheinen Sie hier und in den Anwendungen, die Ihr Profil sehen dürfen.
profile-saved = Ihr Profil ist gespeichert.
profile-name = Vollständiger Name
profile-given-name = Vorname
profile-family-name = Nachname
profile-nickname = Rufname
profile-picture = Adresse eines Bildes von Ihnen
profile-picture-hint = Eine Webadresse wie https://people.example/ada.jpg. Anwendungen laden das Bild von dort.
profile-website = Ihre Webseite
profile-zoneinfo = Zeitzone
profile-zoneinfo-hint = Als Region und Stadt, zum Beispiel Europe/Berlin.
profile-locale = Sprache
profile-locale-none = Wie mein Browser es wünscht
profile-locale-hint = Die Sprache dieser Seiten und der E-Mails, die Sie bekommen.
profile-label-problem = Verwenden Sie 1 bis 200 Zeichen in einer Zeile, ohne unsichtbare.
profile-link-problem = Geben Sie eine Webadresse ein, zum Beispiel https://people.example/ada.
profile-locale-problem = Wählen Sie eine dieser Sprachen.
profile-zoneinfo-problem = Geben Sie eine Region und eine Stadt ein, zum Beispiel Europe/Berlin.
profile-save = Speichern
device-unknown = Unbekanntes Gerät
sessions-lead = Hier sind Sie angemeldet. Wenn Sie eines dieser Geräte nicht kennen, melden Sie es ab und ändern Sie Ihr Passwort.
sessions-device = Gerät
sessions-since = Angemeldet
sessions-seen = Zuletzt gesehen
sessions-here = Dieses Gerät
sessions-no-address = Adresse nicht bekannt
sessions-end = Abmelden
sessions-end-others = Überall sonst abmelden
sessions-hint = Ein Gerät, das Sie hier abmelden, verliert auch den Zugriff seiner Anwendungen. Die Adresse ist die, von der aus das Gerät zuletzt gesehen wurde.
sessions-ended = Das Gerät ist abgemeldet.
sessions-others-ended = Alle anderen Geräte sind abgemeldet.
own-password-title = Neues Passwort
own-password-lead = Alle anderen Geräte werden abgemeldet, wenn Sie Ihr Passwort ändern.
own-password-label = Neues Passwort
own-password-save = Neues Passwort speichern
own-password-changed = Ihr Passwort ist geändert. Alle anderen Geräte sind abgemeldet.
own-password-no-use = gilt nicht
own-password-refused = Ihre Organisation meldet niemanden mit Passwort an. Verwenden Sie einen anderen Weg.
account-applications = Anwendungen
account-tokens = Zugriffstoken
account-history = Verlauf
applications-lead = Diese Anwendungen dürfen in Ihrem Namen handeln.
applications-none = Keine Anwendung darf in Ihrem Namen handeln.
applications-allowed = Von Ihnen erlaubt
applications-own = Eine Anwendung Ihrer Organisation: niemand wird gefragt
applications-used = zuletzt Zugriff verlangt
applications-withdraw = Zugriff entziehen
applications-withdrawn = Die Anwendung hat keinen Zugriff mehr.
applications-hint = Entziehen Sie den Zugriff, ist die Anwendung nach wenigen Minuten ausgesperrt. Kommt sie wieder, werden Sie wieder gefragt, außer es ist eine Ihrer Organisation.
account-organisations = Organisationen
organisations-lead = Wo Sie mit diesem Konto Gast sind.
organisations-none = Sie sind nirgends Gast. Wer Sie einlädt, sendet einen Link; öffnen Sie ihn, während Sie hier angemeldet sind.
organisations-since = Gast seit
organisations-go = Dorthin wechseln
organisations-leave = Verlassen
organisations-hint = Verlassen Sie eine Organisation, enden Ihre Sitzungen dort sofort. Zurück kommen Sie mit einer neuen Einladung.
organisations-left = Sie sind dort nicht mehr Gast.
tokens-lead = Mit einem Zugriffstoken handelt ein Programm in Ihrem Namen, ohne Ihr Passwort. Geben Sie jedem Programm ein eigenes.
tokens-none = Sie haben keine Zugriffstoken.
tokens-for = Für { $api }
tokens-made = Erstellt
tokens-ends = endet
tokens-used = zuletzt benutzt
tokens-never = nie benutzt
tokens-revoke = Widerrufen
tokens-revoked = Das Token ist widerrufen. Es öffnet nichts mehr.
tokens-add = Token erstellen
tokens-back = Alle Zugriffstoken
token-new-title = Zugriffstoken erstellen
token-new-lead = Wer das Token hat, kann tun, was Sie hier wählen, bis es endet oder Sie es widerrufen.
token-name = Name
token-name-hint = Wofür es ist, zum Beispiel „Sicherung der Notizen“.
token-name-problem = Geben Sie einen Namen mit 1 bis 200 Zeichen in einer Zeile ein, ohne Geheimnisse.
token-choices = Es darf
token-choice-problem = Wählen Sie mindestens eines.
token-too-many = Sie haben so viele Token, wie man haben darf. Widerrufen Sie eines, das Sie nicht mehr verwenden.
token-life = Endet nach
token-days = { $days ->
    [one] einem Tag
   *[other] { $days } Tagen
 }
token-make = Token erstellen
token-made-title = Ihr neues Zugriffstoken
token-made-lead = Dies ist das Token { $name }. Es wird nur dieses eine Mal angezeigt: Bewahren Sie es dort auf, wo Ihr Programm es findet und sonst niemand.
token-kept = Ich habe das Token aufbewahrt
history-lead = Was mit Ihrem Konto geschehen ist. Wenn Sie etwas davon nicht kennen, ändern Sie Ihr Passwort und melden Sie sich überall sonst ab.
history-none = Nichts ist aufgezeichnet.
history-when = Wann
history-what = Was geschehen ist
history-where = Von wo
history-nobody = Jemand, der nicht angemeldet war
history-others = Ihre Organisation oder das System
history-hint = Dies stammt aus den Aufzeichnungen Ihrer Organisation; sie bestimmt, wie lange sie aufbewahrt werden. Die Zeiten sind in UTC.
history-older = Früher
history-latest = Neueste
history-sign-in = Angemeldet
history-sign-in-refused = Anmeldung abgelehnt
history-factor-proved = Erster Schritt einer Anmeldung
history-sign-out = Abgemeldet
history-session-ended = Ein Gerät wurde abgemeldet
history-locked = Konto nach zu vielen Versuchen gesperrt
history-consent = Einer Anwendung Zugriff gegeben
history-consent-refused = Einer Anwendung Zugriff verweigert
history-consent-withdrawn = Einer Anwendung Zugriff entzogen
history-token-made = Zugriffstoken erstellt
history-token-revoked = Zugriffstoken widerrufen
history-password = Passwort geändert
history-factor-added = Weg zum Anmelden hinzugefügt
history-factor-removed = Weg zum Anmelden entfernt
history-codes = Wiederherstellungscodes erstellt
history-email-changed = E-Mail-Adresse geändert
history-email-verified = E-Mail-Adresse bestätigt
history-profile = Profil oder Rechte geändert
history-account = Konto geändert
passkeys-needed = Ihre Organisation verlangt einen zweiten Weg zum Anmelden, und ohne diesen Passkey hätten Sie keinen. Richten Sie zuerst einen anderen ein.
passkey-added-twice = Das Formular wurde zweimal gesendet. Wenn Sie Ihre Wiederherstellungscodes nicht gesehen haben, erstellen Sie neue.
history-exported = Daten des Kontos ausgegeben
mail-account-deleted-title = Ihr Konto bei { $tenant } ist gelöscht
mail-account-deleted-lead = Ihr Konto bei { $tenant } ist gelöscht, und alle seine Geräte und Token sind abgemeldet. { $count ->
    [one] Einen Tag
   *[other] { $count } Tage
 } lang kann eine Administratorin oder ein Administrator es zurückholen.
mail-account-deleted-advice = Wenn Sie das nicht waren, wenden Sie sich sofort an Ihre Administration.
account-data = Ihre Daten
data-take = Ihre Daten mitnehmen
data-take-lead = Sie erhalten eine Datei mit Ihrem Profil, Ihren Wegen zum Anmelden, Geräten, Anwendungen, Token und Ihrem Verlauf. Passwörter, Schlüssel und Codes enthält sie nicht.
data-download = Meine Daten herunterladen
data-delete = Ihr Konto löschen
data-delete-lead = Sie werden überall abgemeldet, und nichts an dem Konto gilt mehr. { $days ->
    [one] Einen Tag
   *[other] { $days } Tage
 } lang kann die Administration Ihrer Organisation es zurückholen.
data-break-glass = Das ist das Konto für Notfälle Ihrer Organisation: Es bleibt, bis der Betreiber ihm das nimmt.
data-guest = Sie sind hier Gast. Verlassen können Sie diese Organisation auf der Seite „Organisationen“ Ihres eigenen Kontos.
data-last-owner = Ihre Organisation gehört nur Ihnen: Ihr Konto bleibt, bis sie noch jemandem gehört.
data-confirm = Geben Sie zur Bestätigung die E-Mail-Adresse dieses Kontos ein
data-confirm-problem = Das ist nicht die E-Mail-Adresse dieses Kontos.
data-delete-account = Mein Konto löschen
data-deleted = Ihr Konto ist gelöscht
data-deleted-lead = { $days ->
    [one] Einen Tag
   *[other] { $days } Tage
 } lang kann die Administration Ihrer Organisation es zurückholen.
sessions-devices-title = Gemerkte Geräte
sessions-devices = { $count ->
    [one] Ein Gerät wird bei der Anmeldung nach keinem zweiten Faktor gefragt.
   *[other] { $count } Geräte werden bei der Anmeldung nach keinem zweiten Faktor gefragt.
 }
sessions-devices-forget = Alle Geräte vergessen
sessions-devices-forgotten = Alle Geräte sind vergessen. Die nächste Anmeldung fragt wieder nach Ihrem zweiten Faktor.
history-device-remembered = Gerät gemerkt
history-devices-forgotten = Geräte vergessen
