### Every word that is shown or mailed in this language. The file is named after its language tag (RFC 5646); that there is a file
### is all it takes.

# What its speakers call it.
language-name = Deutsch

## Every page

title-problem = Fehler:
continue = Weiter
cancel = Abbrechen
client-policy = Datenschutz
client-tos = Nutzungsbedingungen
new-tab = (öffnet in einem neuen Tab)
guest = Gast

## Signing in

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
password-forgotten = Passwort vergessen?
password-link = Link per E-Mail schicken
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
factor-home = Die eigene Organisation
accounts-title = Konto wählen
accounts-other = Anderes Konto verwenden
passkey-submit = Mit einem Passkey anmelden
passkey-failed = Ihr Gerät hat nicht geantwortet, oder Sie haben abgebrochen. Versuchen Sie es noch einmal, oder fahren Sie ohne fort.
passkey-wrong = Der Passkey hat hier nicht funktioniert. Versuchen Sie es noch einmal, oder melden Sie sich anders an.
passkey-title = Passkey verwenden
passkey-lead = Bestätigen Sie mit Ihrem Gerät, dass Sie { $person } sind.
passkey-unable = Dieser Browser kann hier keine Passkeys verwenden. Wählen Sie einen anderen Weg.
factor-other = Ein anderer Weg
passkeys-title = Ihre Passkeys
passkeys-none = Sie haben noch keine Passkeys. Damit melden Sie sich mit Fingerabdruck, Gesicht oder Geräte-PIN an, ohne Passwort.
passkeys-renamed = Der Passkey hat seinen neuen Namen.
passkeys-removed = Der Passkey ist entfernt. Er meldet Sie nicht mehr an.
passkeys-last = Dieser Passkey ist Ihr einziger Weg, sich anzumelden. Fügen Sie zuerst einen anderen hinzu, oder legen Sie ein Passwort fest.
passkeys-back = Alle Passkeys
passkey-name = Name
passkey-name-problem = Geben Sie einen Namen mit 1 bis 60 Zeichen ein.
passkey-added-on = Hinzugefügt am { $day }.
passkey-used-on = Zuletzt verwendet am { $day }.
passkey-never-used = Noch nie verwendet.
passkey-rename = Namen speichern
passkey-remove = Entfernen
passkey-add = Passkey hinzufügen
passkey-new-title = Passkey hinzufügen
passkey-new-lead = Ihr Gerät erstellt einen Passkey und bewahrt ihn auf. Sie bestätigen mit Fingerabdruck, Gesicht oder der PIN des Geräts.
passkey-known = Dieses Gerät hat schon einen Passkey für Ihr Konto.
passkey-not-made = Der Passkey konnte nicht hinzugefügt werden. Versuchen Sie es noch einmal.
passkey-no-way = Dieser Browser kann hier keine Passkeys erstellen. Versuchen Sie es mit einem anderen Browser oder Gerät.
passkey-enough = Es können keine weiteren Passkeys hinzugefügt werden. Entfernen Sie einen, den Sie nicht mehr verwenden.
passkey-added-title = Passkey hinzugefügt
passkey-added-lead = Mit { $name } können Sie sich ab jetzt anmelden.
passkey-codes = Für den Tag, an dem Sie Ihr Gerät verlieren: Das sind Ihre Wiederherstellungscodes. Jeder gilt einmal, und sie werden nur jetzt gezeigt. Drucken Sie sie aus, oder bewahren Sie sie sicher auf.
offer-title = Nächstes Mal schneller anmelden
offer-lead = Mit einem Passkey melden Sie sich mit Fingerabdruck, Gesicht oder der PIN dieses Geräts an. Niemand kann ihn erraten, und keine gefälschte Seite kann ihn stehlen.
offer-later = Jetzt nicht
guest-refused = Diese Organisation lässt Sie jetzt nicht als Gast herein: Sie haben dort keinen zweiten Weg zur Anmeldung, oder ihre Regeln erlauben es nicht. Wenden Sie sich an ihre Administration.
from-home = Ich bin Gast: bei meiner Organisation anmelden

## Codes as a second factor

code-missing = Geben Sie den Code ein.
code-other = Auf andere Weise anmelden
totp-code-title = Code aus der App eingeben
totp-code-lead = Öffnen Sie Ihre Authenticator-App und geben Sie die sechs Ziffern ein, die sie anzeigt.
totp-code-label = Code
totp-code-wrong = Der Code stimmt nicht oder wurde schon benutzt. Warten Sie auf den nächsten und versuchen Sie es noch einmal.
recovery-code-title = Wiederherstellungscode eingeben
recovery-code-lead = Verwenden Sie einen der Codes, die Sie aufbewahrt haben. Jeder gilt einmal. Richten Sie danach einen neuen Weg zum Anmelden ein.
recovery-code-label = Wiederherstellungscode
recovery-code-wrong = Der Code stimmt nicht oder wurde schon benutzt. Prüfen Sie ihn oder verwenden Sie einen anderen.
email-code-ask = Code per E-Mail anfordern
email-code-title = Code aus der E-Mail eingeben
email-code-lead = Wir senden einen Code an Ihre E-Mail-Adresse. Geben Sie ihn hier ein, in diesem Browser.
email-code-sent = Ein Code ist auf dem Weg an Ihre E-Mail-Adresse. Er gilt einmal, und zwar { $minutes ->
    [one] eine Minute
   *[other] { $minutes } Minuten
 } lang.
email-code-label = Code
email-code-send = Code senden
email-code-again = Neuen Code senden
email-code-wrong = Der Code stimmt nicht, ist abgelaufen oder wurde schon benutzt. Nur der neueste gilt: Prüfen Sie ihn oder fordern Sie einen neuen an.
code-mailed-enough = Im Augenblick kann kein weiterer Code gesendet werden. Verwenden Sie den neuesten oder versuchen Sie es in einigen Minuten noch einmal.
code-remember = Auf diesem Gerät { $days ->
    [one] einen Tag
   *[other] { $days } Tage
 } lang nicht nach einem zweiten Faktor fragen

## Links by mail

link-ask-title = Per E-Mail anmelden
link-ask-lead = Wir schicken einen Link an diese Adresse. Er meldet Sie ohne Passwort an, nur in diesem Browser.
reset-ask-title = Passwort vergessen?
reset-ask-lead = Wir schicken einen Link an diese Adresse, mit dem Sie ein neues Passwort festlegen.
link-send = Link schicken
link-send-again = Noch einen schicken
link-back = Mit Passwort anmelden
link-sent-title = Sehen Sie in Ihr Postfach
link-sent = Wenn es zu dieser Adresse ein Konto gibt, das sich so anmelden darf, ist eine E-Mail mit einem Link unterwegs. Öffnen Sie ihn in diesem Browser innerhalb von { $minutes ->
    [one] einer Minute
   *[other] { $minutes } Minuten
 }.
reset-sent = Wenn es zu dieser Adresse ein Konto gibt, das ein Passwort haben darf, ist eine E-Mail mit einem Link unterwegs. Öffnen Sie ihn innerhalb von { $minutes ->
    [one] einer Minute
   *[other] { $minutes } Minuten
 }.
link-title = Anmelden
link-submit = Anmelden
link-elsewhere-title = Öffnen Sie den Link anderswo
link-elsewhere = Dieser Link gilt nur in dem Browser, in dem er angefordert wurde.
link-elsewhere-advice = Öffnen Sie ihn dort, oder kopieren Sie seine Adresse dorthin. Wenn Sie ihn nicht angefordert haben, hat jemand anderes Ihre Adresse eingegeben: Solange Sie ihn nicht für andere öffnen, geschieht nichts.
link-anew = In diesem Browser anmelden
factor-link-title = Zweiten Nachweis einrichten
factor-link-lead = Melden Sie sich wie gewohnt in diesem Browser an. Danach richten Sie eine Authenticator-App oder einen Passkey ein, nach dem Sie von da an gefragt werden. Wenn Sie das nicht erwartet haben, schließen Sie die Seite und sagen Sie Ihrer Verwaltung Bescheid.
factor-link-submit = Weiter zur Anmeldung
reset-title = Neues Passwort festlegen
reset-lead = Alle Sitzungen Ihres Kontos enden, auf jedem Gerät.
reset-password-label = Neues Passwort
reset-submit = Passwort festlegen
reset-done-title = Das Passwort ist festgelegt
reset-done-lead = Melden Sie sich jetzt damit an. Wenn Sie einen zweiten Faktor verwenden, wird er wie bisher verlangt.
reset-done-tokens = Diese persönlichen Zugriffstoken haben mit dem alten Passwort geendet. Erstellen Sie neue, wo Sie sie noch brauchen:

## Consent

consent-title = Zugriff erlauben
consent-heading = { $client } bittet um Zugriff auf Ihr Konto
consent-asks = Wenn Sie zustimmen, darf die Anwendung
consent-use = { $api } in Ihrem Namen nutzen
consent-returns = Nach Ihrer Antwort kehren Sie zu { $host } zurück.
consent-allow = Erlauben
consent-deny = Ablehnen
scope-openid = Sie beim Anmelden erkennen
scope-profile = Ihren Namen und Ihr Profil sehen
scope-email = Ihre E-Mail-Adresse sehen
scope-address = Ihre Postanschrift sehen
scope-phone = Ihre Telefonnummer sehen
scope-offline-access = Diesen Zugriff auch in Ihrer Abwesenheit behalten
scope-people-read = Die Personen Ihrer Organisation sehen
scope-people-write = Personen Ihrer Organisation anlegen, ändern, sperren und löschen sowie ihnen Rollen geben
scope-invitations-read = Sehen, wer in Ihre Organisation eingeladen wurde
scope-invitations-write = Personen in Ihre Organisation einladen und Einladungen zurückziehen
scope-groups-read = Die Gruppen Ihrer Organisation sehen
scope-groups-write = Die Gruppen Ihrer Organisation und deren Mitglieder ändern
scope-policy-read = Die Anmelderegeln Ihrer Organisation sehen
scope-policy-write = Die Anmelderegeln Ihrer Organisation ändern
scope-sessions-read = Sehen, wo Personen Ihrer Organisation angemeldet sind
scope-sessions-write = Personen Ihrer Organisation abmelden
scope-account-read = Sehen, wo Sie angemeldet sind und welche Zugriffstoken Sie haben
scope-account-write = Sie an anderen Stellen abmelden und Ihre Zugriffstoken widerrufen

## Signing out

logout-title = Abmelden?
logout-lead = Um Ihre Anwendungen in diesem Browser zu verwenden, müssen Sie sich danach neu anmelden.
logout-confirm = Abmelden
logout-cancel = Angemeldet bleiben
logged-out-title = Sie sind abgemeldet
logged-out-lead = Sie können dieses Fenster schließen. An einem gemeinsam genutzten Computer schließen Sie auch den Browser.
logged-out-others = In diesem Browser noch angemeldet

## Errors

error-bad-request = Diese Anfrage lässt sich nicht beantworten
error-bad-request-advice = Die Anwendung, von der Sie kommen, hat einen Fehler gemacht. Gehen Sie zurück und versuchen Sie es noch einmal. Geschieht es wieder, geben Sie deren Support die Angaben unten.
error-expired = Diese Anmeldung ist beendet
error-expired-advice = Sie hat zu lange gedauert oder war schon abgeschlossen. Gehen Sie zur Anwendung zurück und beginnen Sie neu.
error-forgery = Dieses Formular gilt nicht mehr
error-forgery-advice = Gehen Sie zur Anwendung zurück und beginnen Sie neu. Cookies müssen für diese Seite erlaubt sein.
error-dead-link = Dieser Link funktioniert nicht
error-dead-link-advice = Er wurde schon benutzt oder ist zu alt. Bitten Sie um einen neuen.
error-not-found = Diese Seite gibt es nicht
error-not-found-advice = Prüfen Sie die Adresse oder beginnen Sie in der Anwendung, die Sie verwenden möchten.
error-forbidden = Sie haben keinen Zugriff
error-forbidden-advice = Ihr Konto darf dies nicht verwenden. Die Administration Ihrer Organisation kann das ändern.
error-too-many = Zu viele Versuche
error-too-many-advice = Warten Sie einige Minuten und versuchen Sie es dann noch einmal.
error-unavailable = Gerade nicht verfügbar
error-unavailable-advice = Warten Sie einen Moment und versuchen Sie es dann noch einmal.
error-internal = Bei uns ist etwas schiefgegangen
error-internal-advice = Versuchen Sie es noch einmal. Geschieht es wieder, geben Sie Ihrer Administration die Angaben unten.
error-home = Zur Startseite
error-details = Angaben für den Support
error-code = Code
error-description = Beschreibung
error-request = Anfrage

## Setting a deployment up

setup-title = Erstes Inhaberkonto anlegen
setup-lead = Dieses Konto verwaltet die ganze Installation. Der Link, der Sie hierher geführt hat, gilt nur einmal.
setup-email-problem = Geben Sie eine E-Mail-Adresse ein, zum Beispiel name@firma.de.
setup-password-hint = Mindestens { $characters } Zeichen. Ein Satz aus mehreren Wörtern ist leicht zu merken und schwer zu erraten.
setup-password-short = Das Passwort ist zu kurz. Verwenden Sie mindestens { $characters } Zeichen.
setup-password-long = Das Passwort ist zu lang. Verwenden Sie ein kürzeres.
setup-password-weak = Dieses Passwort ist leicht zu erraten. Wählen Sie ein anderes, zum Beispiel einen Satz aus mehreren Wörtern.
setup-submit = Konto anlegen
setup-done-title = Das Konto ist bereit
setup-done-lead = { $email } ist das erste Inhaberkonto.
setup-done-next = Der Link ist verbraucht. Geben Sie beim Anmelden „platform“ als Organisation ein.

## Invitations

invitation-title = { $tenant } beitreten
invitation-lead = { $inviter } lädt Sie ein. Wählen Sie Ihren Namen und wie Sie sich anmelden möchten.
invitation-lead-nobody = Wählen Sie Ihren Namen und wie Sie sich anmelden möchten.
invitation-account = Ihr Konto:
invitation-roles = Ihre Rolle:
invitation-name = Ihr Name
invitation-name-problem = Geben Sie Ihren Namen in einer Zeile ein, höchstens 200 Zeichen.
invitation-passkey = Einen Passkey statt eines Passworts verwenden
invitation-done = Es gibt jetzt ein Konto für { $email }. Melden Sie sich an, um fortzufahren.
invitation-guest = Als Gast beitreten
invitation-guest-lead = Sie sind mit dieser Adresse bei einer anderen Organisation angemeldet. Als Gast behalten Sie dieses Konto, und { $tenant } sieht dessen Namen und Adresse.
invitation-own = Oder hier ein eigenes Konto anlegen
invitation-guest-hint = Haben Sie mit dieser Adresse ein Konto bei einer anderen Organisation? Melden Sie sich zuerst dort an und öffnen Sie dann den Link der Einladung noch einmal, um als Gast beizutreten.
enrol-title = Einen zweiten Weg zur Anmeldung einrichten
enrol-lead = { $tenant } verlangt zwei Wege. Ihr Passwort ist gesetzt; fügen Sie jetzt einen weiteren hinzu.
enrol-totp = Eine App auf Ihrem Telefon zeigt alle 30 Sekunden einen neuen sechsstelligen Code.
enrol-none = Hier lässt sich keiner einrichten. Wenden Sie sich an die Administration Ihrer Organisation.
enrolled-title = Bewahren Sie Ihre Wiederherstellungscodes auf
signup-title = Konto anlegen
signup-lead = Wer eine Adresse der Organisation hat, kann selbst ein Konto anlegen. Wir senden einen Link an diese Adresse.
signup-organisation-problem = Geben Sie den Kurznamen Ihrer Organisation ein, zum Beispiel acme.
signup-email-problem = Geben Sie eine E-Mail-Adresse ein, zum Beispiel name@firma.de.
signup-submit = Link senden
signup-sent-title = Sehen Sie in Ihr Postfach
signup-sent-lead = Wenn { $email } ein Konto haben darf und noch keines hat, ist ein Link unterwegs.
signup-sent-life = Der Link gilt { $minutes } Minuten.
signup-sent-nothing = Keine E-Mail? Sehen Sie in den Ordner für unerwünschte E-Mails, oder wenden Sie sich an die Administration Ihrer Organisation.
signup-offer = Konto anlegen
console-invitations = Einladungen
invitations-none = Es wurde noch niemand eingeladen. Wer annimmt, hat ein Konto mit der Rolle, die Sie wählen.
invitations-sent = Die Einladungen sind unterwegs.
invitations-resent = Die Einladung ist erneut unterwegs. Der bisherige Link gilt nicht mehr.
invitations-withdrawn = Die Einladung ist zurückgezogen. Ihr Link gilt nicht mehr.
invitation-open = offen
invitation-expired = abgelaufen
invitation-accepted = angenommen
invitation-withdrawn = zurückgezogen
invitation-until = Bis
invitation-resend = Erneut senden
invitation-withdraw = Zurückziehen
invite-submit = Einladen
invite-many = Viele einladen
invite-many-label = Adressen
invite-many-hint = In jeder Zeile eine Adresse, für Mitglieder; oder CSV mit einer Kopfzeile aus email, roles, groups und locale. Alle werden eingeladen oder niemand; höchstens 500.
invite-many-submit = Alle einladen
invite-line = Zeile { $line }:
invite-taken = Es gibt bereits ein Konto mit dieser Adresse.
invite-closed = Die Anmelderegeln Ihrer Organisation lassen niemanden zu, der neu ist.
invite-answered = Die Einladung ist nicht mehr offen.
invite-mailed-enough = An diese Adresse gingen zuletzt so viele E-Mails, dass sie jetzt keine weitere erhält. Versuchen Sie es später erneut.
invite-twice = Diese Adresse steht zweimal da.
invite-unknown = Diese Rolle, Gruppe oder Sprache gibt es nicht.
invite-unreadable = Diese Zeile ist nicht lesbar.

## The first page

home-title = Anmeldedienst
home-lead = Hier melden sich Menschen bei den Anwendungen ihrer Organisation an.
home-start = Öffnen Sie die Anwendung, die Sie verwenden möchten; sie führt Sie hierher, wenn sie wissen muss, wer Sie sind.
home-sign-in = Anmelden
home-accounts = Konten in diesem Browser
home-account = Ihr Konto
home-add = Mit einem anderen Konto anmelden
home-sign-out = Abmelden
home-console = Verwaltung

## Between the application and us

form-post-title = Einen Moment
form-post-lead = Sie kehren zu { $client } zurück. Geschieht nichts, drücken Sie die Schaltfläche.

## The account: what every page of it has

account-area = Ihr Konto
account-choose = Konto wählen
account-factors = Wege zum Anmelden
factors-way = Weg
factors-since = Eingerichtet
factors-last = Zuletzt benutzt
factors-change = Ändern
factors-never = nie
factors-not-set-up = nicht eingerichtet
factors-set-up = Einrichten
factors-manage = Verwalten
factors-back = Alle Wege zum Anmelden
factors-hint = Vor einer Änderung weisen Sie sich noch einmal aus, wenn Sie das nicht gerade getan haben.
factors-totp-added = Die Authenticator-App ist eingerichtet. Von jetzt an wird ihr Code beim Anmelden verlangt.
factors-totp-removed = Die Authenticator-App ist entfernt. Ihre Codes gelten nicht mehr.
factors-recovered = Sie haben sich mit einem Wiederherstellungscode angemeldet; er ist verbraucht. Richten Sie einen neuen Weg zum Anmelden ein oder erstellen Sie neue Codes.
totp-name = Authenticator-App
totp-lead = Eine App auf Ihrem Telefon zeigt alle 30 Sekunden einen neuen Code mit sechs Ziffern. Er wird beim Anmelden nach dem Passwort verlangt.
totp-begin = QR-Code anzeigen
totp-again = Mit einem neuen QR-Code beginnen
totp-scan = Scannen Sie dieses Bild mit Ihrer Authenticator-App und geben Sie dann den Code ein, den die App anzeigt.
totp-qr = QR-Code mit dem Schlüssel für Ihre Authenticator-App
totp-type = Keine Kamera? Geben Sie diesen Schlüssel in die App ein:
totp-once = Der Schlüssel wird nur dieses eine Mal angezeigt. Niemand kann ihn später nachsehen.
totp-waiting = Geben Sie den Code ein, den die App anzeigt. Haben Sie das Bild nicht gescannt, beginnen Sie von vorn.
totp-code = Code aus der App
totp-confirm = Bestätigen
totp-active = Ihre Authenticator-App ist eingerichtet seit
totp-remove = Authenticator-App entfernen
totp-remove-title = Authenticator-App entfernen?
totp-remove-lead = Ihre Codes gelten dann nicht mehr, und Sie melden sich ohne sie an.
totp-needed = Ihre Organisation verlangt einen zweiten Weg zum Anmelden, und dies ist der einzige, den Sie haben. Richten Sie zuerst einen anderen ein.
codes-name = Wiederherstellungscodes
codes-lead = Mit einem Wiederherstellungscode kommen Sie hinein, wenn Sie Ihr Telefon oder Ihren Schlüssel verloren haben. Jeder Code gilt einmal.
codes-left = { $count ->
    [one] noch ein Code
   *[other] noch { $count } Codes
 }
codes-none = keine Codes
codes-replace = Neue Codes ersetzen alle früheren.
codes-make = Neue Codes erstellen
codes-fresh = Dies sind Ihre Wiederherstellungscodes. Sie werden nur dieses eine Mal angezeigt: Drucken Sie sie aus oder bewahren Sie sie an einem sicheren Ort auf.
codes-keep = Jeder Code gilt einmal. Wer einen davon und Ihr Passwort hat, kann sich als Sie anmelden.
codes-file = Als Datei speichern
codes-done = Ich habe die Codes aufbewahrt
codes-file-title = Wiederherstellungscodes für { $account }

## The account: its pages

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

## The console

console-area = Verwaltung
console-people = Personen
people-search = Adresse beginnt mit
people-status = Zustand
people-any-status = alle außer gelöschten
people-role = Rolle
people-any-role = beliebig
people-find = Suchen
people-none = Hier ist noch niemand.
people-none-found = Niemand passt dazu. Suchen Sie nach dem Anfang einer E-Mail-Adresse, oder lassen Sie ein Feld aus.
people-person = Person
people-roles = Rollen
people-first = Zurück zum Anfang
people-next = Nächste Seite
people-back = Alle Personen
state-active = aktiv
state-suspended = gesperrt
state-deleted = gelöscht
role-owner = Inhaber
role-admin = Administrator
role-security = Sicherheit
role-auditor = Prüfer
role-member = Mitglied
role-readonly = Nur lesen
person-email = E-Mail-Adresse
person-email-verified = bestätigt
person-email-unverified = nicht bestätigt
person-groups = Gruppen
person-created = Konto angelegt
person-suspend = Konto sperren
person-resume = Konto wieder zulassen
person-unlock = Fehlversuche vergessen
person-own-roles = Rollen des Kontos selbst
person-save-roles = Rollen speichern
person-no-factors = Diese Person hat noch keinen Weg, sich anzumelden.
person-sessions = Angemeldet
person-no-sessions = Diese Person ist nirgends angemeldet.
person-device = Browser
person-unknown-device = unbekannt
person-session-began = Seit
person-session-last = Zuletzt gesehen
person-end-session = Beenden
person-end-sessions = Alle Sitzungen und Tokens beenden
person-suspended = Das Konto ist gesperrt. Seine Sitzungen und Tokens sind beendet.
person-resumed = Das Konto kann wieder verwendet werden.
person-unlocked = Die Fehlversuche sind vergessen, eine Sperre ist aufgehoben.
person-session-ended = Die Sitzung ist beendet.
person-sessions-ended = Alle Sitzungen und Tokens sind beendet.
person-roles-changed = Die Rollen sind geändert.
person-above = Das ginge über das hinaus, was Ihre eigenen Rollen erlauben. Fragen Sie einen Inhaber.
person-own-account = Das tut niemand mit dem eigenen Konto. Fragen Sie einen anderen Inhaber.
person-break-glass = Das ist das Konto für Notfälle. Nur die Deklaration ändert es.
person-last-owner = Die Organisation bliebe ohne aktiven Inhaber zurück. Ernennen Sie zuerst einen anderen.
person-changed = Jemand hat das Konto inzwischen geändert. Sehen Sie es sich noch einmal an, und entscheiden Sie dann.
person-reset-factor = Entfernen
person-factor-link = Link zum Einrichten eines zweiten Faktors mailen
person-reset-mail = Link für ein neues Passwort mailen
person-factor-reset = Es ist entfernt. Sitzungen und Token der Person haben geendet, und sie erfährt es per E-Mail.
person-token = Token
person-token-ends = Endet
person-revoke-token = Widerrufen
person-token-revoked = Das Token ist widerrufen.
person-factor-link-sent = Ein Link ist unterwegs in das Postfach der Person. Er gilt einmal.
person-reset-sent = Ein Link für ein neues Passwort ist unterwegs in das Postfach der Person. Bis sie ihn benutzt, ändert sich nichts.
person-has-factor = Diese Person hat schon einen zweiten Faktor. Entfernen Sie ihn zuerst.
person-no-password = Die Anmelderichtlinie hat für diese Person keine Passwörter.
person-mailed-enough = An diese Adresse gingen zuletzt so viele E-Mails, dass sie jetzt keine bekommt. Versuchen Sie es später noch einmal.
console-policy = Anmelderichtlinie
policy-lead = Diese Regeln gelten für alle in Ihrer Organisation, bei jeder Anmeldung und jeder Benutzung einer Sitzung. Probieren Sie eine Änderung aus, bevor Sie sie speichern.
policy-saved = Die Richtlinie ist gespeichert und gilt ab jetzt.
policy-faults = Nichts wurde gespeichert: In einigen Feldern steht etwas, das nicht gilt.
policy-changed = Jemand hat die Richtlinie inzwischen geändert. Öffnen Sie diese Seite neu und entscheiden Sie dann.
policy-locks-out-owners = Nichts wurde gespeichert: Mit dieser Richtlinie könnte sich niemand mit der Rolle Eigentümer mehr anmelden.
policy-locks-out-caller = Nichts wurde gespeichert: Mit dieser Richtlinie könnten Sie die Organisation nicht mehr so verwalten wie jetzt. Wenn Sie das wollen, bestätigen Sie es unten und speichern Sie noch einmal.
policy-accept = Ich will das, auch wenn es mich aussperrt
policy-tried = Was das in den letzten 30 Tagen geändert hätte
policy-sign-ins = Betrachtete Anmeldungen:
policy-locked-out = { $count ->
    [0] Niemand wäre ausgesperrt worden.
    [one] Eine Person wäre ausgesperrt worden.
   *[other] { $count } Personen wären ausgesperrt worden.
 }
policy-effect = Wirkung
policy-is-locked-out = ausgesperrt
policy-is-affected = betroffen
policy-refused = Abgelehnt
policy-second = Ein Faktor mehr
policy-rules = Regeln
policy-joining = Beitreten
policy-registration = Wer ein Konto bekommen darf
policy-registration-invite = Wer eingeladen ist
policy-registration-domain = Auch, wer eine Adresse dieser Domains hat
policy-registration-closed = Niemand Neues
policy-registration-hint = Was der Betreiber deklariert, gilt daneben.
policy-domains = Domains für die Registrierung
policy-domains-hint = Eine je Zeile, zum Beispiel acme.example. Eine Domain unterhalb einer anderen ist eine eigene Domain.
policy-methods = Wege zur Anmeldung
policy-methods-hint = Was nicht angekreuzt ist, zählt nicht. Passwort, Passkey oder Link per E-Mail muss dabei sein.
policy-method-password = Passwort
policy-method-passkey = Passkey
policy-method-totp = Authenticator-App
policy-method-magic-link = Link per E-Mail
policy-method-email-code = Code per E-Mail
policy-mfa = Zwei Faktoren
policy-mfa-hint = Ein Passkey zählt als zwei. Wer einen Authenticator hat, wird in jedem Fall danach gefragt.
policy-everybody = Alle
policy-outside = Wer außerhalb der vertrauten Netze ist
policy-grace = Erst ab
policy-grace-hint = Bis dahin kommt, wer keinen zweiten Faktor hat, ohne hinein und wird zum Einrichten geführt. Zum Beispiel 2027-01-31T00:00:00Z; leer für sofort.
policy-networks = Netze
policy-networks-hint = Eines je Zeile, zum Beispiel 203.0.113.0/24. Ein leeres Feld ist keine Regel; ohne vertraute Netze wird keinem vertraut.
policy-sign-in = Wo man sich anmelden darf
policy-administration = Wo man verwalten darf
policy-trusted = Vertraute Netze
policy-times = Passwörter, Sitzungen und Token
policy-length = Wenigste Zeichen eines neuen Passworts (12 bis 64)
policy-idle = Eine Sitzung endet unbenutzt nach
policy-absolute = Eine Sitzung endet in jedem Fall nach
policy-time-hint = Zum Beispiel 30m, 8h oder 7d. Leer für die übliche Zeit.
policy-access = Ein Zugriffstoken lebt höchstens
policy-access-hint = 1m bis 1h. Leer überlässt es der Anwendung.
policy-devices = Tage, die ein Gerät gemerkt werden darf
policy-devices-hint = 1 bis 30. Dort wird, wer das wünscht, nicht wieder nach einem zweiten Faktor gefragt; nie in dieser Konsole und nie bei Änderungen am Konto. Leer für nie.
policy-guests = Gäste
policy-guests-hint = Personen mit einem Konto einer anderen Organisation, die eine Einladung angenommen haben. Adresse und Profil bleiben bei ihrer Organisation, die das Konto jederzeit wegnehmen kann.
policy-guests-allowed = Gäste kommen herein
policy-home-factors = Was sie bei ihrer Organisation nachgewiesen haben, zählt hier; sonst richtet jeder hier einen zweiten Faktor ein
policy-try = Ausprobieren
policy-save = Speichern
policy-reads = Speichern dürfen die Richtlinie Eigentümer und wer für Sicherheit zuständig ist.
policy-fault-registration = Beitreten über die Domain braucht mindestens eine Domain.
policy-fault-domains = Domains für die Registrierung: Jede muss eine Domain wie acme.example sein und einmal dastehen.
policy-fault-methods = Wege zur Anmeldung: Passwort, Passkey oder Link per E-Mail muss dabei sein.
policy-fault-grace = Zwei Faktoren, erst ab: Es muss eine Zeit wie 2027-01-31T00:00:00Z sein.
policy-fault-sign-in = Wo man sich anmelden darf: Jedes muss ein Netz wie 203.0.113.0/24 sein und einmal dastehen.
policy-fault-administration = Wo man verwalten darf: Jedes muss ein Netz wie 203.0.113.0/24 sein und einmal dastehen.
policy-fault-trusted = Vertraute Netze: Jedes muss ein Netz wie 203.0.113.0/24 sein und einmal dastehen.
policy-fault-length = Ein neues Passwort muss eine Zahl von Zeichen von 12 bis 64 haben.
policy-fault-session = Sitzungen: Zeiten wie 30m, 8h oder 7d, und unbenutzt nicht länger als in jedem Fall.
policy-fault-access = Zugriffstoken: eine Zeit von 1m bis 1h.
policy-fault-devices = Gemerkte Geräte: eine Zahl von Tagen von 1 bis 30, oder nichts.

## Mails

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
